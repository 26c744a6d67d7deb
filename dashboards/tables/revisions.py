"""What later releases changed in an area's figures of one measure."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.tables.figure_cell import figure_text
from dashboards.tables.plain import plain_table
from dashboards.words.numbers import day, difference, on_one_scale

Row = Mapping[str, Any]


def revisions_table(area: Row, metric: Row, revisions: pl.DataFrame) -> str:
    """HTML of queries.evidence.revisions_of: a row a change, with the publisher's reason where it gave one."""
    listed = [
        {
            "Period": row["period"],
            "Was": figure_text({"value": row["value_before"], "status": row["status_before"]}, metric),
            "Became": figure_text(row, metric),
            "Change": _change(row, metric),
            "On": day(row["revised_on"].date()),
            "By": row["publication_title"] or row["source"],
            "Reason": row["revision_note"] or "no reason given with the release",
        }
        for row in revisions.iter_rows(named=True)
    ]
    caption = f"{metric['label']}, {area['name']}: figures that a later release or correction changed"
    return plain_table(pl.DataFrame(listed), caption, frozenset({"Was", "Became"}))


def _change(row: Row, metric: Row) -> str:
    if row["change"] == "counts_only":
        return "only the counts behind it"
    if row["difference"] is None or not on_one_scale(metric):
        return {"now_shown": "now shown", "no_longer_shown": "no longer shown"}.get(row["change"], "value changed")
    sign = "+" if row["difference"] > 0 else "−"
    return f"{sign}{difference(row['difference'], metric['unit'], metric['decimals'])}"
