"""One figure as a cell: the value and its interval, or the reason there is none."""

from collections.abc import Mapping
from html import escape
from typing import Any

from dashboards.tables.html import Cell
from dashboards.words.numbers import interval, measured
from dashboards.words.statuses import status_of

Row = Mapping[str, Any]


def figure_text(row: Row, metric: Row) -> str:
    """The value with its unit, or the label of its status: what alt text and plain tables print."""
    if row["status"] == "shown":
        return measured(row["value"], metric)
    return status_of(row["status"] or "not_published").label


def figure_cell(row: Row, metric: Row, with_interval: bool = True) -> Cell:
    """Value and interval; a value that is not shown carries its symbol, its label and the publisher's reason."""
    if row["status"] != "shown":
        return status_cell(row["status"] or "not_published", row.get("status_reason"))
    value = f"<b>{escape(measured(row['value'], metric))}</b>"
    if not with_interval:
        return Cell(value)
    ends = interval(row["lower"], row["upper"], metric["unit"], metric["decimals"])
    return Cell(value + f"<small>{escape(ends) if ends else 'no interval'}</small>")


def status_cell(code: str, reason: str | None = None) -> Cell:
    """Why there is no value: a symbol in a frame of its own pattern, the label, and the reason given."""
    status = status_of(code)
    shown = f'<span class="sym" aria-hidden="true">{status.symbol}</span> {escape(status.label)}'
    why = f"<small>{escape(reason)}</small>" if reason else ""
    return Cell(shown + why, f"st st-{code}")


def interval_reason(metric: Row) -> str:
    """Why a metric has no interval."""
    return str(metric["interval_reason"] or "no interval is computed for this measure")
