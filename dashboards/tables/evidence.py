"""What is said about the evidence on a metric: a list for one area, a folded one for a row of a table."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

from dashboards.words.evidence import facts, revised

Row = Mapping[str, Any]


def evidence_list(row: Row, level: str, today: date) -> str:
    """HTML definition list of a row of store.evidence."""
    listed = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in facts(row, level, today).items()
    )
    return f"<dl>{listed}</dl>"


def evidence_fold(row: Row | None, level: str, today: date, times: int) -> str:
    """The same, folded away under a line that says how often the figure beside it was revised; empty without a row."""
    if row is None:
        return ""
    listed = "".join(
        f"<small><b>{escape(name)}</b>: {escape(words)}</small>" for name, words in facts(row, level, today).items()
    )
    return f'<details class="evidence"><summary>Evidence, {escape(revised(times))}</summary>{listed}</details>'
