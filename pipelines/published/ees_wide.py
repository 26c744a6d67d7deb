"""EES open-data files: a row per time, area and characteristic; a column per measure."""

import polars as pl

from pipelines.published.figures import decide
from pipelines.published.geography import ENGLAND, Areas
from pipelines.published.mapping import Definition, Mapping, load_breakdowns
from pipelines.published.observing import CONTEXT, Lent, observe, rows_behind
from pipelines.published.periods import read_period
from pipelines.published.problems import Problem
from pipelines.published.reading import Reading, correct_the_area, parse_numbers, resolve_columns
from pipelines.published.symbols import meanings_with
from pipelines.published.text_table import ROW, TextTable

_TIME = ["time_period", "time_identifier"]
_LEVELS = {"national": "country", "regional": "region", "local authority": "la"}
_NO_AREA = ("x", "z")
_PLACE = ["geographic_level", "country_code", "region_code", "region_name", "new_la_code", "la_name"]
_CHARACTERISTIC = ["breakdown_topic", "breakdown"]


def read_ees_wide(
    table: TextTable, mapping: Mapping, areas: Areas, definitions: dict[str, Definition], lent: Lent, file: str
) -> Reading:
    """Read one file by its mapping. Never raises for what is in the file: faults and refused rows are in the Reading.

    `lent` holds the figures that some metrics borrow their denominator from, by (dataset, metric).
    """
    reading = Reading()
    context = [*_TIME, *_PLACE, *(_CHARACTERISTIC if mapping.topics or mapping.totals else [])]
    measures = [column for metric in mapping.metrics for column in metric.columns()]
    found = resolve_columns(table, mapping, [*context, *measures], reading, file)
    if any(name not in found for name in context):
        return reading
    # Only what is mapped: a file may hold columns of any name, also names that are used below.
    kept = sorted({found[m] for m in measures if m in found})
    frame = table.frame.select(ROW, *(pl.col(found[n]).alias(n) for n in context), *kept)
    frame = _place(_time(frame, mapping, reading, file), areas, reading, file)
    frame = _characteristic(frame, mapping, reading)
    frame = _drop_repeats(frame, found, measures, reading, file)
    meanings = meanings_with(dict(mapping.symbols))
    frame, wrong = parse_numbers(frame, {m: found[m] for m in measures if m in found}, meanings, table, file)
    for problem in wrong:
        reading.refuse(problem)
    frame = _withhold(frame, mapping, found, meanings)
    if reading.refused_rows:
        frame = frame.filter(~pl.col(ROW).is_in(list(reading.refused_rows)))
    incomplete = bool(reading.refused_rows or table.refused)
    used = [pl.Series(ROW, [], dtype=pl.Int64)]
    for metric in mapping.metrics:
        if all(column in found for column in metric.columns()):
            observed = observe(frame, metric, mapping, found, lent, incomplete)
            figures = decide(observed, metric, definitions[metric.id], meanings)
            reading.figures.append(figures)
            used.append(rows_behind(frame, metric, figures))
    behind = pl.concat(used).unique()
    reading.set_aside(
        "no metric is mapped for rows of this kind", frame.filter(~pl.col(ROW).is_in(behind.implode()))[ROW]
    )
    return reading


def _time(frame: pl.DataFrame, mapping: Mapping, reading: Reading, file: str) -> pl.DataFrame:
    codes = frame.select(_TIME).unique(maintain_order=True).rows()
    read = {code: read_period(code[0], code[1], mapping.period) for code in codes}
    reading.latest = max((p.ending for p in read.values() if p), default=None)
    known = pl.DataFrame(
        [(*code, p.start, p.end, p.mark) for code, p in read.items() if p],
        schema={
            "time_period": pl.String,
            "time_identifier": pl.String,
            "period_start": pl.Date,
            "period_end": pl.Date,
            "mark": pl.String,
        },
        orient="row",
    )
    joined = frame.join(known, on=_TIME, how="left", maintain_order="left")
    for row, time, identifier in joined.filter(pl.col("period_start").is_null()).select(ROW, *_TIME).iter_rows():
        reading.refuse(
            Problem(
                file,
                "The period is not recognised",
                f"{time!r} as {identifier!r}",
                f"This dataset is published by {mapping.period.replace('_', ' ')}: correct the cell, or the mapping.",
                row,
                "time_period",
            )
        )
    return joined.filter(pl.col("period_start").is_not_null()).with_columns(
        period_type=pl.lit(mapping.period), geography_basis=pl.lit(mapping.geography_basis)
    )


def _place(frame: pl.DataFrame, areas: Areas, reading: Reading, file: str) -> pl.DataFrame:
    level = pl.col("geographic_level").str.to_lowercase()
    for name, rows in frame.filter(~level.is_in(list(_LEVELS))).group_by("geographic_level", maintain_order=True):
        reading.set_aside(f"geographic level {name[0] or '(blank)'} is not used", rows[ROW])
    frame = frame.filter(level.is_in(list(_LEVELS))).with_columns(
        code=pl.when(level == "national")
        .then("country_code")
        .when(level == "regional")
        .then("region_code")
        .otherwise("new_la_code"),
        name=pl.when(level == "national")
        .then(pl.lit("England"))
        .when(level == "regional")
        .then("region_name")
        .otherwise("la_name"),
    )
    frame = frame.with_columns(
        geography_code=pl.col("code").replace_strict(areas.by_code, default=None, return_dtype=pl.String)
    )
    # EES files a child whose area is unknown, or outside England, under the code x or z.
    nowhere = pl.col("code").str.to_lowercase().is_in(list(_NO_AREA))
    for name, rows in frame.filter(nowhere).group_by("name", maintain_order=True):
        reading.set_aside(f"the publisher gives no area ({name[0] or 'blank'})", rows[ROW])
    frame = frame.filter(~nowhere)
    wanted = {"national": "national", "regional": "region", "local authority": "la"}
    actual = pl.col("code").replace_strict(areas.levels, default=None, return_dtype=pl.String)
    sub_region = (level == "regional") & (actual == "sub_region")
    frame = frame.with_columns(right_level=(actual == level.replace_strict(wanted, default="")) | sub_region)
    wrong = frame.filter(pl.col("geography_code").is_null() | ~pl.col("right_level").fill_null(False))
    for row, stated, code, name in wrong.select(ROW, "geographic_level", "code", "name").iter_rows():
        hint = areas.suggestion(code, name) if code != ENGLAND else ""
        reading.refuse(
            Problem(
                file,
                "The area code is not recognised",
                f"{code!r} ({name}) at level {stated}",
                correct_the_area(hint),
                row,
                {"national": "country_code", "regional": "region_code"}.get(stated.casefold(), "new_la_code"),
            )
        )
    return frame.filter(pl.col("geography_code").is_not_null() & pl.col("right_level").fill_null(False))


def _characteristic(frame: pl.DataFrame, mapping: Mapping, reading: Reading) -> pl.DataFrame:
    if "breakdown_topic" not in frame.columns:
        return frame.with_columns(breakdown_1=pl.lit("total"), value_1=pl.lit("total"))
    totals = {topic.casefold() for topic in mapping.totals}
    topics = {topic.casefold(): code for topic, code in mapping.topics.items()}
    read: list[tuple[str, str, str | None, str | None]] = []
    for topic, label in frame.select(_CHARACTERISTIC).unique(maintain_order=True).rows():
        breakdown = topics.get(topic.casefold())
        if topic.casefold() in totals:
            read.append((topic, label, "total", "total"))
        elif breakdown is not None:
            read.append((topic, label, breakdown, load_breakdowns()[breakdown].codes().get(label.casefold())))
        else:
            read.append((topic, label, None, None))
    schema = dict.fromkeys([*_CHARACTERISTIC, "breakdown_1", "value_1"], pl.String)
    joined = frame.join(
        pl.DataFrame(read, schema=schema, orient="row"), on=_CHARACTERISTIC, how="left", maintain_order="left"
    )
    unknown = joined.filter(pl.col("value_1").is_null())
    for (topic, label), rows in unknown.group_by(_CHARACTERISTIC, maintain_order=True):
        reading.set_aside(f"breakdown {topic!r} with value {label!r} is not in breakdowns.yaml", rows[ROW])
        reading.warnings.append(f"new breakdown value left out: {topic}: {label} ({rows.height:,} rows)")
    return joined.filter(pl.col("value_1").is_not_null())


def _drop_repeats(
    frame: pl.DataFrame, found: dict[str, str], measures: list[str], reading: Reading, file: str
) -> pl.DataFrame:
    """A row given twice is read once; two rows that give one figure two values are both refused."""
    key = [*CONTEXT]
    double = frame.filter(pl.struct(key).is_duplicated())
    if not double.height:
        return frame
    cells = sorted({found[m] for m in measures if m in found})
    first = pl.col(ROW).min().over(key)
    same = pl.struct(cells).n_unique().over(key) == 1
    double = double.with_columns(first=first, same=same)
    reading.set_aside(
        "the row repeats an earlier one", double.filter(pl.col("same") & (pl.col(ROW) != pl.col("first")))[ROW]
    )
    for row, other in double.filter(~pl.col("same")).select(ROW, "first").iter_rows():
        reading.refuse(
            Problem(
                file,
                "Two rows give one figure different values",
                f"the same area, period and breakdown as row {other}"
                if row != other
                else "an area, period and breakdown that a later row gives again",
                "Keep the right one.",
                row,
            )
        )
    gone = double.filter(~pl.col("same") | (pl.col(ROW) != pl.col("first")))[ROW]
    return frame.filter(~pl.col(ROW).is_in(gone.implode()))


def _withhold(
    frame: pl.DataFrame, mapping: Mapping, found: dict[str, str], meanings: dict[str, tuple[str, str]]
) -> pl.DataFrame:
    for n, fault in enumerate(mapping.withheld):
        mark = f"\0withheld {n}"
        meanings[mark] = ("unreliable", fault.note)
        here = (
            (pl.col("geographic_level").str.to_lowercase() == "local authority")
            & (pl.col("region_code") == fault.region_code)
            & (pl.col("period_start") == fault.period_start)
        )
        for column in (found[c] for c in fault.columns if c in found):
            frame = frame.with_columns(
                pl.when(here).then(None).otherwise(f"n:{column}").alias(f"n:{column}"),
                pl.when(here).then(pl.lit(mark)).otherwise(f"s:{column}").alias(f"s:{column}"),
            )
    return frame
