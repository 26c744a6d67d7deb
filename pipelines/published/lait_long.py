"""The long file of the local authority interactive tool: a row per indicator, year and area; the value as text."""

import io

import polars as pl

from pipelines.published.figures import KEY, OBSERVATION, decide, source_column_of
from pipelines.published.geography import Areas
from pipelines.published.mapping import Mapping
from pipelines.published.periods import read_period
from pipelines.published.problems import Problem
from pipelines.published.reading import (
    Reading,
    UnknownArea,
    UnknownPeriod,
    correct_the_area,
    parse_numbers,
    resolve_columns,
)
from pipelines.published.repeats import drop_repeats
from pipelines.published.symbols import meanings_with
from pipelines.published.text_table import ROW, TextTable, read_text_table
from pipelines.published.vocabulary import Definition
from pipelines.published.withholding import withhold_indicators

COLUMNS = ["Short Desc", "Years", "LA and Regions", "LA Number", "Values"]
PLACEHOLDER_YEAR = "0"
_ONE_FIGURE = ["Short Desc", "geography_code", "period_start", "period_type"]
_ARTEFACT_DECIMALS = 9  # The file holds 14.150000000000002 where the tool shows 14.15.


def read_lait_table(content: bytes, file: str) -> TextTable:
    """The long file as text, from Parquet or CSV. Never raises."""
    if not content.startswith(b"PAR1"):
        return read_text_table(content, file)
    table = TextTable(pl.DataFrame(schema={ROW: pl.Int64}), {})
    try:
        raw = pl.read_parquet(io.BytesIO(content))
        text = raw.select(pl.all().cast(pl.String, strict=False).fill_null("").str.strip_chars().name.to_lowercase())
    except (pl.exceptions.PolarsError, OSError, ValueError) as fault:
        found = str(fault).splitlines()[0][:120]
        table.faults.append(
            Problem(file, "The Parquet file cannot be read", found, "It may be cut short: fetch the file again.")
        )
        return table
    table.spelling = {name.casefold(): name for name in raw.columns}
    table.read = raw.height
    table.frame = text.with_columns(pl.int_range(2, raw.height + 2, dtype=pl.Int64).alias(ROW))
    return table


def read_lait_long(
    table: TextTable, mapping: Mapping, areas: Areas, definitions: dict[str, Definition], file: str
) -> Reading:
    """Read the long file by its mapping. Never raises for what is in the file."""
    reading = Reading()
    found = resolve_columns(table, mapping, COLUMNS, reading, file)
    if len(found) < len(COLUMNS):
        return reading
    frame = table.frame.select(ROW, *(pl.col(found[name]).alias(name) for name in COLUMNS))
    by_indicator = {metric.indicator: metric for metric in mapping.metrics if metric.indicator}
    mapped = pl.col("Short Desc").is_in(list(by_indicator))
    reading.set_aside("the indicator is not mapped", frame.filter(~mapped)[ROW])
    absent = sorted(set(by_indicator) - set(frame["Short Desc"].unique()))
    if absent:
        reading.warnings.append(f"mapped indicators that are not in the file: {', '.join(absent)}")
    frame = frame.filter(mapped)
    placeholder = pl.col("Years") == PLACEHOLDER_YEAR
    reading.set_aside("the year is the placeholder 0", frame.filter(placeholder)[ROW])
    frame = _place(frame.filter(~placeholder), areas, reading, file)
    frame = _time(frame, mapping, reading, file)
    meanings = meanings_with(dict(mapping.symbols))
    frame = parse_numbers(frame, {"Values": table.spelling.get(found["Values"], "Values")}, meanings, reading, file)
    frame = frame.filter(~pl.col(ROW).is_in(list(reading.refused_rows)))
    frame = withhold_indicators(frame, mapping, meanings, "Values", "Short Desc")
    frame = _gone_areas(frame, areas, reading)
    frame = drop_repeats(frame, _ONE_FIGURE, ["Values"], reading, file, "indicator, year and area")
    parts = frame.partition_by("Short Desc", as_dict=True, maintain_order=True)
    for (indicator,), rows in parts.items():
        metric = by_indicator[indicator]
        observed = _observe(rows, metric.id, mapping, source_column_of(metric, mapping), metric.breakdown)
        reading.figures.append(decide(observed, metric, definitions[metric.id], meanings))
    return reading


def _place(frame: pl.DataFrame, areas: Areas, reading: Reading, file: str) -> pl.DataFrame:
    number = pl.col("LA Number").str.replace(r"\.0+$", "")
    name = pl.col("LA and Regions").str.to_lowercase()
    frame = frame.with_columns(
        geography_code=pl.coalesce(
            number.replace_strict(areas.by_number, default=None, return_dtype=pl.String),
            pl.when(number == "").then(name.replace_strict(areas.by_name, default=None, return_dtype=pl.String)),
        )
    )
    unknown = frame.filter(pl.col("geography_code").is_null())
    for row, code, label in unknown.select(ROW, "LA Number", "LA and Regions").iter_rows():
        hint, said = areas.suggestion(code, label), f"{code!r} ({label})"
        reading.unknown_areas[UnknownArea(said, code, label)] += 1
        reading.refuse(
            Problem(
                file,
                "The area code is not recognised",
                said,
                correct_the_area(hint),
                row,
                "LA Number",
            )
        )
    return frame.filter(pl.col("geography_code").is_not_null())


def _time(frame: pl.DataFrame, mapping: Mapping, reading: Reading, file: str) -> pl.DataFrame:
    kinds = {m.indicator: mapping.period_of(m) for m in mapping.metrics if m.indicator}
    bases = {m.indicator: mapping.basis_of(m) for m in mapping.metrics if m.indicator}
    codes = frame.select("Short Desc", "Years").unique(maintain_order=True).rows()
    read = [(i, y, kinds[i], read_period(y, None, kinds[i])) for i, y in codes]
    reading.latest = max((p.ending for *_, p in read if p), default=None)
    known = pl.DataFrame(
        [(i, y, kind, bases[i], p.start, p.end, p.mark) for i, y, kind, p in read if p],
        schema={
            **dict.fromkeys(["Short Desc", "Years", "period_type", "geography_basis"], pl.String),
            "period_start": pl.Date,
            "period_end": pl.Date,
            "mark": pl.String,
        },
        orient="row",
    )
    joined = frame.join(known, on=["Short Desc", "Years"], how="left", maintain_order="left")
    wrong = joined.filter(pl.col("period_start").is_null())
    for row, indicator, year in wrong.select(ROW, "Short Desc", "Years").iter_rows():
        said = f"{year!r} for {indicator}"
        reading.unknown_periods[UnknownPeriod(said, year)] += 1
        reading.refuse(
            Problem(
                file,
                "The period is not recognised",
                said,
                f"This indicator is by {kinds[indicator].replace('_', ' ')}: correct the cell, or the mapping.",
                row,
                "Years",
            )
        )
    return joined.filter(pl.col("period_start").is_not_null())


def _gone_areas(frame: pl.DataFrame, areas: Areas, reading: Reading) -> pl.DataFrame:
    """The file lists every area for every year: an empty figure of an area that was not there is no figure."""
    spans = pl.DataFrame(
        [(code, first, last) for code, (first, last) in areas.valid.items()],
        schema={"geography_code": pl.String, "first": pl.Date, "last": pl.Date},
        orient="row",
    )
    frame = frame.join(spans, on="geography_code", how="left", maintain_order="left")
    was_there = (pl.col("period_end") >= pl.col("first")) & (
        pl.col("last").is_null() | (pl.col("period_start") <= pl.col("last"))
    )
    nothing = pl.col("n:Values").is_null() & ~was_there
    reading.set_aside("no figure, and the area did not exist in the period", frame.filter(nothing)[ROW])
    return frame.filter(~nothing)


def _observe(
    rows: pl.DataFrame, metric_id: str, mapping: Mapping, source_column: str, breakdown: dict[str, str]
) -> pl.DataFrame:
    (dimension, value) = next(iter(breakdown.items()), ("total", "total"))
    none = pl.lit(None, pl.Float64)
    observed = rows.select(
        pl.lit(metric_id).alias("metric_id"),
        *KEY[1:],
        pl.lit(dimension).alias("breakdown_1"),
        pl.lit(value).alias("value_1"),
        pl.lit("total").alias("breakdown_2"),
        pl.lit("total").alias("value_2"),
        none.alias("numerator"),
        none.alias("denominator"),
        pl.col("n:Values").round(_ARTEFACT_DECIMALS).alias("given"),
        none.alias("published"),
        pl.col("s:Values").alias("symbol"),
        "mark",
        pl.col(ROW).alias("source_row"),
        pl.lit(source_column).alias("source_column"),
    )
    return observed.select(pl.col(name).cast(kind) for name, kind in OBSERVATION.items())
