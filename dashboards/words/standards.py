"""A standard in words: its short label, and whether a figure meets it, read from the verdict."""

from collections.abc import Mapping
from typing import Any

from dashboards.words.numbers import number

Row = Mapping[str, Any]
MET = {"met": "met", "not_met": "not met"}


def standard_label(metric: Row) -> str | None:
    """ "Statutory duty: 100%": the label up to its dash, and the value; None for a measure without a standard."""
    if metric["standard_value"] is None:
        return None
    name = (metric["standard_label"] or "Standard").split(" - ")[0]
    return f"{name[0].upper()}{name[1:]}: {number(metric['standard_value'], metric['unit'], 0)}"


def standard_sentence(area: str, metric: Row, judged: Row | None) -> str:
    """The whole standard, and whether it was met: `judged` is the row of store.comparisons with comparator standard."""
    value = number(metric["standard_value"], metric["unit"], 0)
    label = str(metric["standard_label"] or "Standard").replace(" - ", ": ")
    said = f"{label[0].upper()}{label[1:]} ({value})."
    if judged is None:
        return said
    met = MET.get(judged["verdict_code"])
    return f"{said} {area}, {judged['period']}: {met or 'not judged, as no figure is shown'}."
