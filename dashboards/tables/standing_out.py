"""What stands out of one measure over all areas: who differs, who changed, who meets the standard, how good it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any
from urllib.parse import urlencode

import polars as pl

from dashboards.charts.funnel import NOUNS
from dashboards.words.evidence import age
from dashboards.words.headlines import plural
from dashboards.words.numbers import day
from dashboards.words.standards import standard_label

Row = Mapping[str, Any]
MOST_NAMED = 15
WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    "england": {"higher than England": ("higher", "much_higher"), "lower than England": ("lower", "much_lower")},
    "previous": {"up": ("rising",), "down": ("falling",)},
    "trend": {"rising": ("rising",), "falling": ("falling",)},
}
OPENINGS = {
    "england": "Beside England, by more than {noun}s usually differ",
    "previous": "Changed since the period before by more than chance",
    "trend": "Moving one way over five to ten periods",
}


def standing_out(metric: Row, verdicts: pl.DataFrame, level: str, quality: Sequence[Row], today: date) -> str:
    """HTML list read from queries.changes.verdicts_everywhere; `quality` is the row of evidence_of_areas, if any."""
    noun = NOUNS[level]
    items = [_moved(comparator, verdicts, noun) for comparator in OPENINGS]
    items.append(_standard(metric, verdicts, noun))
    items += [_quality(row, noun, today) for row in quality]
    listed = "".join(f"<li>{each}</li>" for each in items if each)
    return (
        f"<ul>{listed}</ul><p>{noun.capitalize()}s stand by name. A difference or a change is a question to ask, not "
        f'an answer. <a href="changes?{escape(urlencode({"metric": metric["metric_id"]}))}">Every change tested</a> · '
        '<a href="evidence">Quality of the evidence</a> · <a href="agreements">Figures given twice</a></p>'
    )


def _moved(comparator: str, verdicts: pl.DataFrame, noun: str) -> str:
    rows = verdicts.filter(pl.col("comparator") == comparator, pl.col("verdict_code") != "not_compared")
    opening = OPENINGS[comparator].format(noun=noun)
    if rows.is_empty():
        return f"{opening}: no {noun} can be tested."
    told = []
    for words, codes in WAYS[comparator].items():
        names = rows.filter(pl.col("verdict_code").is_in(codes))["short_name"].to_list()
        told.append(f"{len(names)} {words}{_named(names)}")
    return f"{opening}: {'; '.join(told)}; of {plural(rows.height, noun)} tested."


def _named(names: Sequence[str]) -> str:
    return f" ({escape(', '.join(names))})" if 0 < len(names) <= MOST_NAMED else ""


def _standard(metric: Row, verdicts: pl.DataFrame, noun: str) -> str:
    label = standard_label(metric)
    rows = verdicts.filter(pl.col("comparator") == "standard", pl.col("verdict_code") != "not_compared")
    if label is None or rows.is_empty():
        return ""
    names = rows.filter(verdict_code="met")["short_name"].to_list()
    return f"{escape(label)}: met by {len(names)} of {plural(rows.height, noun)}{_named(names)}."


def _quality(row: Row, noun: str, today: date) -> str:
    held = f"{row['areas_held'] or 0:,} of {plural(row['areas_possible'] or 0, noun)} have the newest figure"
    if row["newest_period_end"]:
        ended = row["newest_period_end"]
        held += f"; it is of a period that ended {day(ended)}, {age(ended, today)} ago"
    return f"Evidence: {held}; next release: {escape(row['next_release'] or 'not announced here')}."
