"""Tables of other shapes → a row per area and time, a column per measure: period headers, long tables."""

from dataclasses import replace

import polars as pl

from pipelines.published.mapping import Mapping
from pipelines.published.periods import read_period
from pipelines.published.reading import Reading
from pipelines.published.repeats import drop_repeats
from pipelines.published.text_table import LEVELS_OF_HEADER, ROW, TextTable


def periods_from_header(table: TextTable, mapping: Mapping) -> TextTable:
    """A table whose upper header cell is the period → a row per area and period, the period in column `_header`.

    A row keeps its number in each of its periods. A cell of a column that a period does not have is null.
    """
    if not mapping.time.header:
        return table
    parts: dict[str, dict[str, str]] = {}
    for name in table.frame.columns:
        upper, found, lower = name.partition(LEVELS_OF_HEADER)
        if found and read_period(upper, None, mapping.period):
            parts.setdefault(upper, {})[name] = lower
    within = {name for columns in parts.values() for name in columns}
    common = [name for name in table.frame.columns if name not in within]
    frames = [
        table.frame.select(
            *common,
            pl.lit(upper).alias("_header"),
            *(pl.col(n).alias(lower) for n, lower in columns.items() if lower not in common),
        )
        for upper, columns in parts.items()
    ]
    if not frames:
        return replace(table, frame=table.frame.with_columns(_header=pl.lit("")))
    spelling = {
        lower: table.spelling[name].partition(LEVELS_OF_HEADER)[2] or lower
        for columns in parts.values()
        for name, lower in columns.items()
    }
    return replace(table, frame=pl.concat(frames, how="diagonal"), spelling=table.spelling | spelling)


def pivot(
    frame: pl.DataFrame, mapping: Mapping, measures: list[str], found: dict[str, str], reading: Reading, file: str
) -> tuple[pl.DataFrame, dict[str, str]]:
    """A long table → a column `m:<name>` per mapped value of its names column, the row of each cell in `r:m:<name>`.

    What stands for what is in `reading`. Returns the frame and `found` with each measure that the table holds.
    """
    assert mapping.pivot is not None
    names, values = f"c:{mapping.pivot.names}", f"c:{mapping.pivot.values}"
    wanted = {m.casefold() for m in measures}
    frame = frame.with_columns(pl.col(names).str.to_lowercase())
    for (name,), rows in frame.filter(~pl.col(names).is_in(list(wanted))).group_by(names, maintain_order=True):
        reading.set_aside(f"no metric is mapped for {mapping.pivot.names} {name or '(blank)'}", rows[ROW])
    frame = frame.filter(pl.col(names).is_in(list(wanted)))
    key = [c for c in frame.columns if c not in (ROW, names, values)]
    frame = drop_repeats(frame, [*key, names], [values], reading, file, "area, period and breakdown")
    frame = frame.with_columns(first=pl.col(ROW).min().over(key) if frame.height else pl.col(ROW))
    reading.stands_for = frame.select(pl.col("first").alias(ROW), pl.col(ROW).alias("origin"))
    there = frame[names].unique(maintain_order=True).to_list()
    wide = frame.pivot(on=names, index=["first", *key], values=[values, ROW], maintain_order=True, separator="\0")
    renamed = {f"{values}\0{c}": f"m:{c}" for c in there} | {f"{ROW}\0{c}": f"r:m:{c}" for c in there}
    found = found | {m: m.casefold() for m in measures if m.casefold() in there}
    absent = sorted({m for m in measures if m.casefold() not in there})
    if absent and there:
        reading.warnings.append(f"mapped values of {mapping.pivot.names} that are not in the file: {', '.join(absent)}")
    return wide.rename({"first": ROW, **renamed}), found
