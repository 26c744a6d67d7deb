"""The period of each row: from its columns, the header, the title, the file's name, or the mapping."""

import re

import polars as pl

from pipelines.published.mapping import Mapping, MetricMapping
from pipelines.published.periods import Period, read_period, read_span
from pipelines.published.problems import Problem
from pipelines.published.reading import Reading, UnknownPeriod
from pipelines.published.text_table import ROW, SHEET_ROWS, TextTable
from pipelines.published.vocabulary import PeriodType

_SAID = ["time", "second"]
_KNOWN = {
    "time": pl.String,
    "second": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "mark": pl.String,
}


def find_periods(frame: pl.DataFrame, mapping: Mapping, table: TextTable, reading: Reading, file: str) -> pl.DataFrame:
    """Rows of known periods, with `period_type`, `period_start`, `period_end`, `mark` and `geography_basis`.

    `time` and `second` keep what the file said.
    """
    frame = _said(frame, mapping, table, file)
    if mapping.time.day:
        reading.set_aside("no date is given", frame.filter(pl.col("time") == "")[ROW])
        frame = frame.filter(pl.col("time") != "")
    read = _read(frame, mapping, mapping.period)
    reading.latest = max((p.ending for p in read.values() if p), default=None)
    joined = frame.join(_known(read), on=_SAID, how="left", maintain_order="left", nulls_equal=True)
    columns = mapping.time.columns()
    for row, time, second in joined.filter(pl.col("period_start").is_null()).select(ROW, *_SAID).iter_rows():
        found = repr(time) if second is None else f"{time!r} {'to' if mapping.time.end else 'as'} {second!r}"
        reading.unknown_periods[UnknownPeriod(found, time, second)] += 1
        reading.refuse(
            Problem(
                file,
                "The period is not recognised",
                found,
                f"This dataset is published by {mapping.period.replace('_', ' ')}: correct the cell, or the mapping.",
                row,
                columns[0] if columns else None,
            )
        )
    return joined.filter(pl.col("period_start").is_not_null()).with_columns(
        period_type=pl.lit(mapping.period), geography_basis=pl.lit(mapping.geography_basis)
    )


def retime(frame: pl.DataFrame, mapping: Mapping, metric: MetricMapping) -> pl.DataFrame:
    """The rows with the periods of a metric of a period type of its own, without those whose time cannot be one."""
    if metric.period in (None, mapping.period):
        return frame
    known = _known(_read(frame, mapping, mapping.period_of(metric)))
    bare = frame.drop("period_start", "period_end", "mark")
    return bare.join(known, on=_SAID, how="inner", maintain_order="left", nulls_equal=True).with_columns(
        period_type=pl.lit(metric.period)
    )


def _said(frame: pl.DataFrame, mapping: Mapping, table: TextTable, file: str) -> pl.DataFrame:
    time, nothing = mapping.time, pl.lit(None, pl.String)
    if time.header:
        return frame.rename({"_header": "time"}).with_columns(second=nothing)
    if time.title:
        found = [_group(re.search(time.title, title, re.IGNORECASE)) for title in table.titles]
        sheets = pl.Series(found or [""], dtype=pl.String)
        return frame.with_columns(time=pl.lit(sheets).gather(pl.col(ROW) // SHEET_ROWS), second=nothing)
    if time.file_name:
        name = file.replace("\\", "/").rsplit("/", 1)[-1]
        return frame.with_columns(time=pl.lit(_group(re.search(time.file_name, name, re.IGNORECASE))), second=nothing)
    if time.fixed:
        return frame.with_columns(time=pl.lit(time.fixed), second=nothing)
    first, *more = (pl.col(f"c:{column}") for column in time.columns())
    return frame.with_columns(time=first, second=more[0] if more else pl.lit(time.identifier_fixed, pl.String))


def _group(match: re.Match[str] | None) -> str:
    return (match[1] or "") if match else ""


def _read(frame: pl.DataFrame, mapping: Mapping, kind: PeriodType) -> dict[tuple[str, str | None], Period | None]:
    said = frame.select(_SAID).unique(maintain_order=True).rows()
    if mapping.time.start:
        return {(first, last): read_span(first, last, kind) for first, last in said}
    return {(time, second): read_period(time, second, kind) for time, second in said}


def _known(read: dict[tuple[str, str | None], Period | None]) -> pl.DataFrame:
    return pl.DataFrame([(*said, p.start, p.end, p.mark) for said, p in read.items() if p], schema=_KNOWN, orient="row")
