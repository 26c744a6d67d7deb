"""Columns of a wide file → observations of one metric: adding columns, adding rows, borrowing denominators."""

import polars as pl

from pipelines.published.figures import BREAKDOWN, KEY, OBSERVATION, source_column_of
from pipelines.published.mapping import Mapping, MetricMapping
from pipelines.published.symbols import NO_ROWS, ROW_REFUSED
from pipelines.published.text_table import ROW

CONTEXT = [*KEY[1:], "breakdown_1", "value_1"]
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

    `frame` has the columns of CONTEXT, `mark`, `_row`, and `n:`/`s:` columns for each column in `found`.
    A file leaves out rows that count nobody; once a row of it was refused, a missing row may be that one, and no total
    is made without it.
    """
    rows = frame
    if metric.sum_over:
        rows = rows.filter(
            (pl.col("breakdown_1") == metric.sum_over.breakdown) & pl.col("value_1").is_in(metric.sum_over.values)
        )
    elif metric.row_breakdowns is not None:
        rows = rows.filter(pl.col("breakdown_1").is_in(["total", *metric.row_breakdowns]))
    whole = [c for c in [*metric.numerator, *metric.denominator] if c]
    alone = metric.value or None
    symbols = [f"s:{found[c.removeprefix('-')]}" for c in whole] + [
        f"s:{found[c]}" for c in (alone, metric.published) if c
    ]
    observed = rows.select(
        pl.lit(metric.id).alias("metric_id"),
        *(pl.col(c) for c in CONTEXT),
        _added(metric.numerator, found).alias("numerator"),
        _added(metric.denominator, found).alias("denominator"),
        (pl.col(f"n:{found[alone]}") if alone else pl.lit(None, pl.Float64)).alias("given"),
        (pl.col(f"n:{found[metric.published]}") if metric.published else pl.lit(None, pl.Float64)).alias("published"),
        pl.coalesce(*symbols).alias("symbol"),
        pl.col("mark"),
        pl.col(ROW).alias("source_row"),
        pl.lit(source_column_of(metric, mapping)).alias("source_column"),
    )
    if metric.sum_over:
        observed = _sum_rows(observed, frame, len(metric.sum_over.values) if rows_were_refused else 0)
    if metric.geography_basis or metric.period:
        observed = observed.with_columns(geography_basis=pl.lit(mapping.basis_of(metric)))
    observed = _own_breakdown(observed, metric)
    if metric.denominator_from:
        lender = lent[(metric.denominator_from.dataset, metric.denominator_from.metric)]
        observed = _borrow(observed, lender)
    return observed.select(pl.col(name).cast(kind) for name, kind in OBSERVATION.items())


def _added(columns: list[str], found: dict[str, str]) -> pl.Expr:
    if not columns:
        return pl.lit(None, pl.Float64)
    terms = [pl.col(f"n:{found[c.removeprefix('-')]}") * (-1 if c.startswith("-") else 1) for c in columns]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _sum_rows(observed: pl.DataFrame, frame: pl.DataFrame, at_least: int) -> pl.DataFrame:
    """One total per area and period; an area with fewer than `at_least` rows, or none, gets the reason, not a gap."""
    key = [c for c in CONTEXT if c not in ("breakdown_1", "value_1")]
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
    return pl.concat([summed, absent], how="diagonal").with_columns(
        breakdown_1=pl.lit("total"), value_1=pl.lit("total")
    )


def _own_breakdown(observed: pl.DataFrame, metric: MetricMapping) -> pl.DataFrame:
    if not metric.breakdown:
        return observed.with_columns(breakdown_2=pl.lit("total"), value_2=pl.lit("total"))
    (breakdown, value), total = next(iter(metric.breakdown.items())), pl.col("breakdown_1") == "total"
    return observed.with_columns(
        breakdown_1=pl.when(total).then(pl.lit(breakdown)).otherwise("breakdown_1"),
        value_1=pl.when(total).then(pl.lit(value)).otherwise("value_1"),
        breakdown_2=pl.when(total).then(pl.lit("total")).otherwise(pl.lit(breakdown)),
        value_2=pl.when(total).then(pl.lit("total")).otherwise(pl.lit(value)),
    )


def _borrow(observed: pl.DataFrame, lender: pl.DataFrame) -> pl.DataFrame:
    key = ["geography_code", "period_start", *BREAKDOWN]
    base = lender.select(*key, pl.col("value").alias("lent"), pl.col("status_reason").alias("why"))
    joined = observed.join(base, on=key, how="inner", maintain_order="left")
    return joined.with_columns(
        denominator=pl.col("lent"), symbol=pl.coalesce("symbol", pl.when(pl.col("lent").is_null()).then(pl.lit("x")))
    )


def rows_behind(frame: pl.DataFrame, metric: MetricMapping, figures: pl.DataFrame) -> pl.Series:
    """The rows of `frame` that `figures` of `metric` came from."""
    if metric.sum_over:
        over = metric.sum_over
        return frame.filter((pl.col("breakdown_1") == over.breakdown) & pl.col("value_1").is_in(over.values))[ROW]
    return figures["source_row"].alias(ROW)
