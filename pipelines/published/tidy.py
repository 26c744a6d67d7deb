"""Tables with a row per area and time (and breakdown) and a column per measure, by what their mapping declares.

The columns of EES files are the defaults; title rows, workbooks, long and many-headed tables become this shape first.
"""

import polars as pl

from pipelines.published.breaking_down import break_down
from pipelines.published.figures import decide
from pipelines.published.geography import Areas
from pipelines.published.health_places import add_up_places
from pipelines.published.mapping import Mapping, MetricMapping
from pipelines.published.observing import CONTEXT, Lent, observe, rows_behind, rows_of
from pipelines.published.places import EES_COLUMNS, as_of_the_time, find_places
from pipelines.published.problems import Problem
from pipelines.published.reading import Reading, parse_numbers, resolve_columns
from pipelines.published.repeats import drop_repeats
from pipelines.published.reshaping import periods_from_header, pivot
from pipelines.published.row_accounts import NO_METRIC, settle
from pipelines.published.symbols import meanings_with
from pipelines.published.text_table import ROW, SHEET_ROWS, TextTable
from pipelines.published.times import find_periods, retime
from pipelines.published.vocabulary import Definition
from pipelines.published.withholding import withhold

_ONE_FIGURE = "area, period and breakdown"


def read_tidy(
    table: TextTable, mapping: Mapping, areas: Areas, definitions: dict[str, Definition], lent: Lent, file: str
) -> Reading:
    """Read one file by its mapping. Never raises for what is in the file: faults and refused rows are in the Reading.

    `lent` holds the figures that some metrics borrow their denominator from, by (dataset, metric).
    """
    reading = Reading(sheets=table.sheets)
    table = periods_from_header(table, mapping)
    places, spare = _place_columns(mapping)
    context = _context(mapping, places)
    measures = [column for metric in mapping.metrics for column in metric.columns()]
    expected = [] if mapping.pivot else measures
    spare += [c for metric in mapping.metrics if metric.optional for c in metric.columns()]
    found = resolve_columns(table, mapping, [*context, *expected], reading, file, spare=spare)
    of_england = mapping.area is not None and mapping.area.fixed == "country"
    if not reading.faults and not of_england and not any(name in found for name in places):
        there = f"there are {', '.join(sorted(table.spelling.values())[:20])}"
        do = f"Name the columns of the area in {mapping.path.name}, or get the whole file."
        reading.faults.append(Problem(file, "No column says the area", there, do, table.header_row))
        return reading
    if any(name not in found for name in context if name not in spare):
        return reading
    # Only what is mapped, under names of our own: a file may hold columns of any name.
    present = {name: found[name] for name in context if name in found}
    cells = sorted({found[m] for m in expected if m in found})
    hidden = [c for c in ("_header",) if c in table.frame.columns]
    frame = table.frame.select(
        ROW,
        *hidden,
        *(pl.col(c).fill_null("").alias(f"c:{n}") for n, c in present.items()),
        *(pl.col(c).alias(f"m:{c}") for c in cells),
    )
    frame = _with_origins(frame, table, cells)
    frame = _of_interest(frame, mapping, reading)
    if mapping.pivot:
        frame, found = pivot(frame, mapping, measures, found, reading, file)
    columns = {m: f"m:{found[m]}" for m in measures if m in found}
    labels = {column: table.spelling.get(found[m], m) for m, column in columns.items()}
    if not labels:
        settle(reading, table, [], file)
        return reading
    frame = find_places(frame, mapping.area, areas, reading, file, list(labels) if table.titled else [])
    frame = find_periods(frame, mapping, table, reading, file)
    frame = break_down(as_of_the_time(frame, areas), mapping, reading)
    asked = sorted({f"c:{column}" for m in mapping.metrics for column in [*m.where, *m.denominator_where]})
    frame = drop_repeats(frame, [*CONTEXT, "place", *asked], list(labels), reading, file, _ONE_FIGURE)
    usable = [metric for metric in mapping.metrics if all(column in columns for column in metric.columns())]
    if asked:
        for metric in usable:
            cells = sorted({columns[c] for c in metric.columns()})
            drop_repeats(rows_of(frame, metric), [*CONTEXT, "place"], cells, reading, file, _ONE_FIGURE)
    meanings = meanings_with(dict(mapping.symbols))
    words = {column: _words(mapping, columns, column) for column in labels}
    frame = parse_numbers(frame, labels, meanings, reading, file, words)
    frame = withhold(frame, mapping, columns, meanings)
    if reading.refused_rows:
        frame = frame.filter(~pl.col(ROW).is_in(list(reading.refused_rows)))
    incomplete = bool(reading.refused_rows or table.refused)
    frame = add_up_places(frame, [*CONTEXT, *asked], list(labels), areas, meanings, reading, incomplete)
    used = []
    for metric in usable:
        rows = retime(frame, mapping, metric)
        figures = decide(
            observe(rows, metric, mapping, columns, lent, incomplete), metric, definitions[metric.id], meanings
        )
        reading.figures.append(figures)
        used.append(rows_behind(rows, metric, columns, figures))
    settle(reading, table, used, file)
    return reading


def context_of(mapping: Mapping) -> tuple[list[str], list[str]]:
    """Columns that say which row is which, and those among them that a file may lack."""
    places, spare = _place_columns(mapping)
    return _context(mapping, places), spare


def _place_columns(mapping: Mapping) -> tuple[list[str], list[str]]:
    """Columns of codes and names of areas, and those among them that a file may lack."""
    area = mapping.area
    if area is None:
        return list(EES_COLUMNS), []
    if area.code is None and area.name is None:
        # Older files have codes or names only.
        return list(EES_COLUMNS), list(EES_COLUMNS)
    return [c for c in (area.code, area.name) if c], []


def _context(mapping: Mapping, places: list[str]) -> list[str]:
    """Columns that say which row is which."""
    area = mapping.area
    level = ["geographic_level"] if area is None else [area.level] if isinstance(area.level, str) else []
    characteristic = [mapping.characteristic.topic, mapping.characteristic.value]
    context = [
        *mapping.time.columns(),
        *level,
        *places,
        *(characteristic if mapping.topics or mapping.totals else []),
        *(dimension.column for dimension in mapping.dimensions),
        *mapping.keep,
        *(column for metric in mapping.metrics for column in [*metric.where, *metric.denominator_where]),
        *([mapping.pivot.names, mapping.pivot.values] if mapping.pivot else []),
        *(["region_code"] if any(fault.region_code for fault in mapping.withheld) else []),
    ]
    return list(dict.fromkeys(context))


def _with_origins(frame: pl.DataFrame, table: TextTable, columns: list[str]) -> pl.DataFrame:
    """The row of each cell in `r:m:<column>`, for columns of sheets that were joined."""
    if table.stands_for is None:
        return frame
    for n in sorted({table.sheet_of[c] for c in columns if c in table.sheet_of}):
        there = table.stands_for.filter(pl.col("origin") // SHEET_ROWS == n).unique(ROW, keep="first")
        frame = frame.join(there, on=ROW, how="left", maintain_order="left")
        own = [c for c in columns if table.sheet_of.get(c) == n]
        frame = frame.with_columns(pl.col("origin").alias(f"r:m:{c}") for c in own).drop("origin")
    return frame


def _of_interest(frame: pl.DataFrame, mapping: Mapping, reading: Reading) -> pl.DataFrame:
    """Rows that the mapping keeps and that some metric asks for; the others are set aside under their reason."""
    for column, values in mapping.keep.items():
        kept = pl.col(f"c:{column}").str.to_lowercase().is_in([value.casefold() for value in values])
        for (value,), rows in frame.filter(~kept).group_by(f"c:{column}", maintain_order=True):
            reading.set_aside(f"{column} is {value or '(blank)'}", rows[ROW])
        frame = frame.filter(kept)
    if all(metric.where for metric in mapping.metrics):
        asked = pl.any_horizontal(_asked(metric) for metric in mapping.metrics)
        reading.set_aside(NO_METRIC, frame.filter(~asked)[ROW])
        frame = frame.filter(asked)
    return frame


def _asked(metric: MetricMapping) -> pl.Expr:
    rows = [metric.wanted(), *([metric.wanted_below()] if metric.denominator_where else [])]
    return pl.any_horizontal(
        pl.all_horizontal(pl.col(f"c:{c}").str.to_lowercase().is_in(v) for c, v in these.items()) for these in rows
    )


def _words(mapping: Mapping, columns: dict[str, str], column: str) -> set[str]:
    """Texts of a column that some metric has a number for."""
    metrics = [m for m in mapping.metrics if any(columns.get(c) == column for c in m.columns())]
    return {text.casefold() for metric in metrics for text in metric.codes}
