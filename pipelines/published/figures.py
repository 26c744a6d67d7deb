"""The shape of a landed figure, and the one place where value, status, interval and flags are decided."""

from typing import Any

import polars as pl

from pipelines.published.catalogue import stat_method
from pipelines.published.mapping import Mapping, MetricMapping
from pipelines.published.vocabulary import Definition

FIGURES: dict[str, Any] = {
    "metric_id": pl.String,
    "geography_code": pl.String,
    "geography_basis": pl.String,
    "geography_vintage": pl.String,
    "period_type": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "breakdown_1": pl.String,
    "value_1": pl.String,
    "breakdown_2": pl.String,
    "value_2": pl.String,
    "source": pl.String,
    "statistical_status": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "interval_method": pl.String,
    "status": pl.String,
    "status_reason": pl.String,
    "quality_flags": pl.String,
    "release_id": pl.String,
    "dataset": pl.String,
    "receipt_id": pl.String,
    "known_from": pl.Datetime("us"),
    "source_file": pl.String,
    "source_row": pl.Int64,
    "source_column": pl.String,
}
KEY = ["metric_id", "geography_code", "geography_basis", "period_type", "period_start", "period_end"]
BREAKDOWN = ["breakdown_1", "value_1", "breakdown_2", "value_2"]

# What a layout reader hands over, one row per figure, before anything is decided.
OBSERVATION: dict[str, Any] = {
    **{name: FIGURES[name] for name in [*KEY, *BREAKDOWN]},
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "given": pl.Float64,
    "published": pl.Float64,
    "symbol": pl.String,
    "mark": pl.String,
    "source_row": pl.Int64,
    "source_column": pl.String,
}
COUNTED = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()


def decide(
    observations: pl.DataFrame,
    metric: MetricMapping,
    definition: Definition,
    meanings: dict[str, tuple[str, str]],
) -> pl.DataFrame:
    """Observations of one metric mapping → value, status, interval and flags, in the shape of `FIGURES`' middle.

    With counts the value is base × numerator / denominator at full precision, and the published rounded figure is
    compared. Where they differ by more than rounding the publisher's figure stands, flagged, without counts: the
    publisher left somebody out of the counts or out of the percentage. Without counts the published figure stands.
    Nothing that is not shown has a value.
    """
    # A balance is below zero where it is a deficit; net spending may be too.
    percent = definition.unit == "percent" and not definition.signed
    from_counts = metric.base * pl.col("numerator") / pl.col("denominator")
    half_step = 0.5 * 10.0**-metric.published_decimals + 1e-6
    nothing_to_measure = COUNTED & (pl.col("denominator") == 0)
    impossible = COUNTED & (
        (pl.col("denominator") < 0)
        | ((pl.col("numerator") < 0) & pl.lit(not definition.signed))
        | (pl.lit(percent) & (pl.col("numerator") > pl.col("denominator")) & (pl.col("denominator") > 0))
    )
    published = pl.col("published") * metric.published_scale
    differs = COUNTED & ~nothing_to_measure & ((from_counts - published).abs() > half_step).fill_null(False)
    usable = COUNTED & ~nothing_to_measure & ~impossible & ~differs
    given = pl.coalesce("given", published) * metric.multiply
    out_of_range = ((given < 0) | (given > 100)).fill_null(False) if percent else pl.lit(False)
    alone = ~usable & ~nothing_to_measure & given.is_not_null() & ~out_of_range
    shown = usable | alone

    figures = observations.with_columns(
        value=pl.when(usable).then(from_counts).when(alone).then(given),
        status=pl.when(shown)
        .then(pl.lit("shown"))
        .when(nothing_to_measure)
        .then(pl.lit("not_applicable"))
        .when(impossible | out_of_range)
        .then(pl.lit("unreliable"))
        .otherwise(_looked_up(meanings, 0)),
        status_reason=pl.when(shown)
        .then(pl.lit(None, pl.String))
        .when(nothing_to_measure)
        .then(pl.lit("nothing to measure: the published denominator is 0"))
        .when(impossible)
        .then(pl.format("the published counts cannot be right: {} of {}", pl.col("numerator"), pl.col("denominator")))
        .when(out_of_range)
        .then(pl.format("published as {}, which no percentage can be", given))
        .otherwise(_looked_up(meanings, 1)),
        quality_flags=pl.concat_str(
            pl.when(pl.col("mark") != "").then(pl.col("mark")),
            pl.when(differs).then(pl.lit("counts_disagree")),
            pl.when(alone & ~differs & pl.lit(metric.has_counts)).then(pl.lit("published_without_counts")),
            _break_flag(definition),
            separator=",",
            ignore_nulls=True,
        ),
    )
    # Counts that are not behind the value shown must not be summed or compared as if they were.
    misleading = impossible | differs
    figures = figures.with_columns(
        pl.when(misleading).then(None).otherwise(name).alias(name) for name in ("numerator", "denominator")
    )
    return _with_interval(figures, metric, definition)


def _looked_up(meanings: dict[str, tuple[str, str]], part: int) -> pl.Expr:
    default = ("unavailable", "no figure was published")[part]
    table = {symbol: meaning[part] for symbol, meaning in meanings.items()}
    return pl.col("symbol").replace_strict(table, default=default, return_dtype=pl.String)


def _break_flag(definition: Definition) -> pl.Expr:
    broken = pl.lit(False)
    for known in definition.known_breaks:
        here = pl.col("period_start") == known.period_start
        if known.geography_code:
            here = here & (pl.col("geography_code") == known.geography_code)
        broken = broken | here
    return pl.when(broken).then(pl.lit("break_in_series"))


def _with_interval(figures: pl.DataFrame, metric: MetricMapping, definition: Definition) -> pl.DataFrame:
    from pipelines.comparison.intervals import byar, wilson

    counted = figures["status"].eq("shown") & figures["numerator"].is_not_null() & figures["denominator"].is_not_null()
    method = stat_method(metric, definition).rpartition("_")[2]
    if method == "wilson":
        lower, upper = (limit * metric.base for limit in wilson(figures["numerator"], figures["denominator"]))
    elif method == "byar":
        lower, upper = byar(figures["numerator"], figures["denominator"], metric.base)
    else:
        return figures.with_columns(
            lower=pl.lit(None, pl.Float64), upper=pl.lit(None, pl.Float64), interval_method=pl.lit("none")
        )
    return figures.with_columns(
        lower=pl.when(counted).then(pl.Series(lower).fill_nan(None)),
        upper=pl.when(counted).then(pl.Series(upper).fill_nan(None)),
        interval_method=pl.when(counted).then(pl.lit(method)).otherwise(pl.lit("none")),
    )


def _said(where: dict[str, str | list[str]]) -> str:
    texts = {column: [given] if isinstance(given, str) else given for column, given in where.items()}
    return " and ".join(f"{column} is {' or '.join(given)}" for column, given in texts.items())


def source_column_of(metric: MetricMapping, mapping: Mapping) -> str:
    """The columns a figure was read from, as a reader would look for them in the file."""
    if metric.indicator:
        return f"Values where Short Desc is {metric.indicator}"
    if not metric.has_counts:
        return metric.value or metric.published or ""
    if metric.denominator_from:
        below = f"{metric.denominator_from.metric} from {metric.denominator_from.dataset}"
    else:
        below = " + ".join(metric.denominator)
        if metric.denominator_where:
            below += f" where {_said(metric.denominator_where)}"
    rows = f", rows of {metric.sum_over.breakdown} added" if metric.sum_over else ""
    return f"{' + '.join(metric.numerator)} / {below}{rows}".replace("+ -", "- ")
