"""Columns of a wide file → observations of one metric: adding columns, adding rows, borrowing denominators."""

import polars as pl

from pipelines.published.figures import BREAKDOWN, KEY, OBSERVATION, source_column_of
from pipelines.published.mapping import Mapping, MetricMapping
from pipelines.published.reading import origin_of
from pipelines.published.symbols import NO_ROWS, ROW_REFUSED
from pipelines.published.text_table import LEVELS_OF_HEADER, ROW

CONTEXT = [*KEY[1:], *BREAKDOWN]
_NOTHING = pl.lit(None, pl.Float64)
Lent = dict[tuple[str, str], pl.DataFrame]


def observe(
    frame: pl.DataFrame,
    metric: MetricMapping,
    mapping: Mapping,
    found: dict[str, str],
    lent: Lent,
    rows_were_refused: bool = False,
) -> pl.DataFrame:
    """One row per figure of `metric`, in the shape of OBSERVATION.

    `frame` has the columns of CONTEXT, `mark`, `_row`, and `n:`/`s:` columns for each column of the frame in `found`
    (and `r:`, where its cells come from other rows than `_row`: a figure names the row of its first cell).
    A file leaves out rows that count nobody; once a row of it was refused, a missing row may be that one, and no total
    is made without it.
    """
    rows = rows_of(frame, metric)
    if any(other.where for other in mapping.metrics):
        # Rows that other metrics tell apart may be the same to this one.
        rows = rows.unique(CONTEXT, keep="first", maintain_order=True)
    whole = [c for c in [*metric.numerator, *metric.denominator] if c]
    alone = metric.value or None
    symbols = [_symbol(c.removeprefix("-"), metric, found) for c in whole] + [
        _symbol(c, metric, found) for c in (alone, metric.published) if c
    ]
    # A column that a row does not have (of another year's header, of a long table) gives it no figure.
    columns = [found[c] for c in metric.columns()]
    rows = rows.filter(pl.any_horizontal(pl.col(f"{kind}:{c}").is_not_null() for c in columns for kind in "ns"))
    observed = rows.select(
        pl.lit(metric.id).alias("metric_id"),
        *(pl.col(c) for c in CONTEXT),
        _added(metric.numerator, metric, found).alias("numerator"),
        _added(metric.denominator, metric, found).alias("denominator"),
        (_number(alone, metric, found) if alone else _NOTHING).alias("given"),
        (_number(metric.published, metric, found) if metric.published else _NOTHING).alias("published"),
        pl.coalesce(*symbols).alias("symbol"),
        pl.col("mark"),
        _row_of(metric, found, rows).alias("source_row"),
        _where_it_stands(metric, mapping).alias("source_column"),
    )
    if metric.denominator_where:
        observed = _divide_by_other_rows(observed, asked_below(frame, metric), metric, found)
    if metric.sum_over:
        observed = _sum_rows(observed, asked_of(frame, metric), len(metric.sum_over.values) if rows_were_refused else 0)
    if metric.geography_basis:
        observed = observed.with_columns(geography_basis=pl.lit(mapping.basis_of(metric)))
    observed = _own_breakdown(observed, metric)
    if metric.denominator_from:
        lender = lent[(metric.denominator_from.dataset, metric.denominator_from.metric)]
        observed = _borrow(observed, lender)
    return observed.select(pl.col(name).cast(kind) for name, kind in OBSERVATION.items())


def asked_of(frame: pl.DataFrame, metric: MetricMapping) -> pl.DataFrame:
    """The rows that a metric's `where` names."""
    return _with_texts(frame, metric.wanted())


def asked_below(frame: pl.DataFrame, metric: MetricMapping) -> pl.DataFrame:
    """The rows that a metric's `denominator_where` names."""
    return _with_texts(frame, metric.wanted_below())


def _with_texts(frame: pl.DataFrame, wanted: dict[str, list[str]]) -> pl.DataFrame:
    for column, values in wanted.items():
        frame = frame.filter(pl.col(f"c:{column}").str.to_lowercase().is_in(values))
    return frame


def rows_of(frame: pl.DataFrame, metric: MetricMapping) -> pl.DataFrame:
    """The rows that a metric is read from: those its `where` names, of the breakdowns it takes."""
    rows = asked_of(frame, metric)
    if metric.sum_over:
        return rows.filter(
            (pl.col("breakdown_1") == metric.sum_over.breakdown)
            & pl.col("value_1").is_in(metric.sum_over.values)
            & (pl.col("breakdown_2") == "total")
        )
    if metric.breakdown:
        # A figure has two breakdowns at most, and one of them is the column's.
        rows = rows.filter(pl.col("breakdown_2") == "total")
    if metric.row_breakdowns is not None:
        taken = ["total", *metric.row_breakdowns]
        rows = rows.filter(pl.col("breakdown_1").is_in(taken) & pl.col("breakdown_2").is_in(taken))
    return rows


def _where_it_stands(metric: MetricMapping, mapping: Mapping) -> pl.Expr:
    column = pl.lit(source_column_of(metric, mapping))
    if mapping.time.header:
        return pl.concat_str("time", pl.lit(LEVELS_OF_HEADER), column)
    if mapping.pivot:
        return pl.concat_str(pl.lit(f"{mapping.pivot.values} where {mapping.pivot.names} is "), column)
    return column


def _number(column: str, metric: MetricMapping, found: dict[str, str]) -> pl.Expr:
    """The number in a column, or the one that the metric's `codes` give for its text."""
    number = pl.col(f"n:{found[column]}")
    if not metric.codes:
        return number
    codes = {text.casefold(): value for text, value in metric.codes.items()}
    coded = pl.col(f"s:{found[column]}").replace_strict(codes, default=None, return_dtype=pl.Float64)
    return pl.coalesce(number, coded)


def _symbol(column: str, metric: MetricMapping, found: dict[str, str]) -> pl.Expr:
    symbol = pl.col(f"s:{found[column]}")
    return pl.when(~symbol.is_in([text.casefold() for text in metric.codes])).then(symbol)


def _added(columns: list[str], metric: MetricMapping, found: dict[str, str]) -> pl.Expr:
    if not columns:
        return _NOTHING
    terms = [_number(c.removeprefix("-"), metric, found) * (-1 if c.startswith("-") else 1) for c in columns]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _sum_rows(observed: pl.DataFrame, frame: pl.DataFrame, at_least: int) -> pl.DataFrame:
    """One total per area and period; an area with fewer than `at_least` rows, or none, gets the reason, not a gap."""
    key = [c for c in CONTEXT if c not in BREAKDOWN]
    parts = ("numerator", "denominator")
    incomplete = pl.len() < at_least
    summed = observed.group_by(key, maintain_order=True).agg(
        pl.col("metric_id").first(),
        *(
            pl.when(pl.col(p).is_null().any() | incomplete).then(None).otherwise(pl.col(p).sum()).alias(p)
            for p in parts
        ),
        pl.col("given", "published").first(),
        pl.when(incomplete).then(pl.lit(ROW_REFUSED)).otherwise(pl.col("symbol").drop_nulls().first()).alias("symbol"),
        pl.col("mark", "source_row", "source_column").first(),
    )
    if not observed.height:
        return observed
    totals = frame.filter(pl.col("breakdown_1") == "total").join(summed, on=key, how="anti")
    absent = totals.select(
        *key, pl.col("mark"), pl.col(ROW).alias("source_row"), pl.lit(observed["metric_id"][0]).alias("metric_id"),
        pl.lit(observed["source_column"][0]).alias("source_column"),
        pl.lit(NO_ROWS).alias("symbol"),
    )  # fmt: skip
    return pl.concat([summed, absent], how="diagonal").with_columns(pl.lit("total").alias(name) for name in BREAKDOWN)


def _own_breakdown(observed: pl.DataFrame, metric: MetricMapping) -> pl.DataFrame:
    if not metric.breakdown:
        return observed
    (breakdown, value), total = next(iter(metric.breakdown.items())), pl.col("breakdown_1") == "total"
    return observed.with_columns(
        breakdown_1=pl.when(total).then(pl.lit(breakdown)).otherwise("breakdown_1"),
        value_1=pl.when(total).then(pl.lit(value)).otherwise("value_1"),
        breakdown_2=pl.when(total).then(pl.lit("total")).otherwise(pl.lit(breakdown)),
        value_2=pl.when(total).then(pl.lit("total")).otherwise(pl.lit(value)),
    )


def _divide_by_other_rows(
    observed: pl.DataFrame, rows: pl.DataFrame, metric: MetricMapping, found: dict[str, str]
) -> pl.DataFrame:
    """The denominator from `rows` of the same file; a figure without such a row has none."""
    below = rows.unique(CONTEXT, keep="first", maintain_order=True).select(
        *CONTEXT,
        _added(metric.denominator, metric, found).alias("below"),
        pl.coalesce(_symbol(c.removeprefix("-"), metric, found) for c in metric.denominator).alias("below_symbol"),
    )
    joined = observed.join(below, on=CONTEXT, how="left", maintain_order="left")
    return joined.with_columns(denominator=pl.col("below"), symbol=pl.coalesce("below_symbol", "symbol"))


def _borrow(observed: pl.DataFrame, lender: pl.DataFrame) -> pl.DataFrame:
    key = ["geography_code", "period_start", *BREAKDOWN]
    base = lender.select(*key, pl.col("value").alias("lent"), pl.col("status_reason").alias("why"))
    joined = observed.join(base, on=key, how="inner", maintain_order="left")
    return joined.with_columns(
        denominator=pl.col("lent"), symbol=pl.coalesce("symbol", pl.when(pl.col("lent").is_null()).then(pl.lit("x")))
    )


def _row_of(metric: MetricMapping, found: dict[str, str], frame: pl.DataFrame) -> pl.Expr:
    return origin_of([found[c] for c in metric.columns()], frame.columns)


def rows_behind(frame: pl.DataFrame, metric: MetricMapping, found: dict[str, str], figures: pl.DataFrame) -> pl.Series:
    """The rows of `frame` that `figures` of `metric` came from."""
    rows = rows_of(frame, metric)
    if metric.sum_over:
        return rows[ROW]
    behind = rows.filter(_row_of(metric, found, rows).is_in(figures["source_row"].implode()))[ROW]
    return pl.concat([behind, asked_below(frame, metric)[ROW]]) if metric.denominator_where else behind
