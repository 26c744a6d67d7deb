"""Rows that say again what an earlier row says: the same is read once, something else is refused."""

import polars as pl

from pipelines.published.problems import Problem
from pipelines.published.reading import Reading
from pipelines.published.text_table import ROW


def drop_repeats(
    frame: pl.DataFrame, key: list[str], cells: list[str], reading: Reading, file: str, what: str
) -> pl.DataFrame:
    """Rows of which no two have the same `key`. A row given twice is read once, under its first number.

    Two rows that give one key different `cells` are both refused, once each; `what` says in words what the key is.
    """
    double = frame.filter(pl.struct(key).is_duplicated()) if frame.height else frame
    if not double.height:
        return frame
    same = pl.struct(cells).n_unique().over(key) == 1
    double = double.with_columns(first=pl.col(ROW).min().over(key), same=same)
    again = double.filter(pl.col("same") & (pl.col(ROW) != pl.col("first")))[ROW]
    reading.set_aside("the row repeats an earlier one", again)
    differing = double.filter(~pl.col("same"))
    fresh = differing.filter(~pl.col(ROW).is_in(list(reading.refused_rows)))
    for row, first in fresh.select(ROW, "first").iter_rows():
        found = f"the same {what} as {reading.place_of(first)}" if row != first else f"the {what} of a later row"
        reading.refuse(Problem(file, "Two rows give one figure different values", found, "Keep the right one.", row))
    gone = pl.concat([again, differing[ROW]])
    return frame.filter(~pl.col(ROW).is_in(gone.implode()))
