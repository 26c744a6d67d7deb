"""A figure that somebody looked up in a published file and wrote down, and whether it is the one that landed."""

from datetime import date
from typing import NamedTuple

import polars as pl
import pytest


class Figure(NamedTuple):
    """`where`: how to find the cell. `expected`: a value, "a / b" for counts, or the status of a symbol."""

    file: str
    where: str
    metric: str
    area: str
    start: date
    expected: float | str
    split: str = "total"


def check(figures: pl.DataFrame, figure: Figure) -> None:
    """The landed figure of this metric, area, period and breakdown from this file is the one written down."""
    file = figure.file.rsplit("/", 1)[-1].removesuffix(".gz").replace(".zip", ".csv")
    found = figures.filter(
        (pl.col("metric_id") == figure.metric)
        & (pl.col("geography_code") == figure.area)
        & (pl.col("period_start") == figure.start)
        & (pl.col("value_1") == figure.split)
        & (pl.col("value_2") == "total")
        & (pl.col("source_file") == file)
    )
    assert found.height == 1, figure.where
    row = found.row(0, named=True)
    if isinstance(figure.expected, str) and "/" in figure.expected:
        above, below = (float(part) for part in figure.expected.split("/"))
        assert (row["numerator"], row["denominator"], row["status"]) == (above, below, "shown")
        assert row["value"] == pytest.approx(100 * above / below)
    elif isinstance(figure.expected, str):
        assert (row["value"], row["status"]) == (None, figure.expected)
        assert row["status_reason"]
    else:
        assert (row["value"], row["status"]) == (figure.expected, "shown")
