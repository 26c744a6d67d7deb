"""A number split by characteristics: who the children are, with England's shares beside."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.tables.figure_cell import figure_text
from dashboards.tables.plain import plain_table
from dashboards.words.breakdowns import breakdown_label, listed_at, value_label
from dashboards.words.evidence import share

Row = Mapping[str, Any]


def profile_rows(metric: Row, rows: pl.DataFrame, breakdown: str) -> pl.DataFrame:
    """Text rows of topic_rows.profile for one characteristic, in the order of the contract."""
    own = rows.filter(pl.col("breakdown_1") == breakdown).to_dicts()
    return pl.DataFrame(
        [
            {
                breakdown_label(breakdown): value_label(breakdown, row["value_1"]),
                "Number": figure_text(row, metric),
                "Share": None if row["share"] is None else share(row["share"]),
                "Share in England": None if row["country_share"] is None else share(row["country_share"]),
            }
            for row in sorted(own, key=lambda row: listed_at(breakdown, row["value_1"]))
        ]
    )


def profile_table(area: Row, metric: Row, rows: pl.DataFrame, breakdown: str) -> str:
    """The same as HTML."""
    period = rows.filter(pl.col("breakdown_1") == breakdown)["period"][0]
    caption = f"{metric['label']} by {breakdown_label(breakdown).lower()}, {period}: {area['name']}"
    numbers = frozenset({"Number", "Share", "Share in England"})
    return plain_table(profile_rows(metric, rows, breakdown), caption, numbers)
