"""What became of every row of a file: refused, behind figures, or out of scope; and where a reader finds it.

Sheets of one workbook share a table: a row is numbered by its sheet and its row there until this is done.
"""

from dataclasses import replace

import polars as pl

from pipelines.published.problems import Problem
from pipelines.published.reading import Reading
from pipelines.published.text_table import ROW, SHEET_ROWS, TextTable

NO_METRIC = "no metric is mapped for rows of this kind"


def settle(reading: Reading, table: TextTable, used: list[pl.Series], file: str) -> None:
    """Give every row of `table` one fate, in this order: refused, behind a figure, out of scope for the first reason.

    `used` are the rows behind figures. A row that stands for several (a pivoted one, an area over joined sheets) has
    one fate with them.
    """
    reading.refused_rows = set(_every(reading, table, pl.Series(ROW, sorted(reading.refused_rows), dtype=pl.Int64)))
    behind = set(_every(reading, table, pl.concat([pl.Series(ROW, [], dtype=pl.Int64), *used]).unique()))
    gone = reading.refused_rows | behind
    scope: dict[str, pl.Series] = {}
    for reason, rows in reading.scope.items():
        own = [row for row in _every(reading, table, rows.unique(maintain_order=True)) if row not in gone]
        gone |= set(own)
        if own:
            scope[reason] = pl.Series(ROW, own, dtype=pl.Int64)
    every = _every(reading, table, table.frame[ROW].unique(maintain_order=True))
    rest = [row for row in every if row not in gone]
    if rest:
        earlier = scope.get(NO_METRIC, pl.Series(ROW, [], dtype=pl.Int64))
        scope[NO_METRIC] = pl.concat([earlier, pl.Series(ROW, rest, dtype=pl.Int64)])
    reading.scope = scope
    if len(table.sheets) > 1:
        reading.problems = [in_sheet(problem, table) for problem in reading.problems]
        reading.figures = [_in_sheet(figures, table) for figures in reading.figures]


def in_sheet(problem: Problem, table: TextTable) -> Problem:
    """The problem under the name of its sheet and its row there."""
    if problem.row is None:
        return problem
    sheet = table.sheets[problem.row // SHEET_ROWS]
    return replace(problem, file=f"{problem.file}, sheet {sheet}", row=problem.row % SHEET_ROWS)


def _in_sheet(figures: pl.DataFrame, table: TextTable) -> pl.DataFrame:
    sheet = pl.lit(pl.Series(table.sheets)).gather(pl.col("source_row") // SHEET_ROWS)
    return figures.with_columns(
        source_column=sheet + "!" + pl.col("source_column"), source_row=pl.col("source_row") % SHEET_ROWS
    )


def _every(reading: Reading, table: TextTable, rows: pl.Series) -> list[int]:
    """Rows with all those they stand for: first rows of the table, then rows as they stood in the sheets."""
    for stands_for in (reading.stands_for, table.stands_for):
        if stands_for is not None:
            others = stands_for.filter(pl.col(ROW).is_in(rows.implode()))["origin"]
            rows = pl.concat([rows, others]).unique(maintain_order=True)
    found: list[int] = rows.to_list()
    return found
