"""Groups of children of one area beside one another: girls and boys, with free school meals and without, and so on.

A gap is a difference only where the two 95% intervals lie apart, which asks for more than a test of two separate groups
at 95% would. The usual differences between areas play no part, as the children are of one area.
"""

import polars as pl

from pipelines.comparison.outcome import SCHEMA
from pipelines.comparison.verdicts import METHOD_VERSION, MINIMUM_DENOMINATOR

COMPARATOR = "group"
WHOLE = "all_children"
# Breakdown → the group that a reader first sets beside another (None: each group), and that other ("total": all
# children).
BESIDE: dict[str, tuple[str | None, str]] = {
    "sex": ("female", "male"),
    "ethnicity": (None, "total"),
    "free_school_meals": ("eligible", "not_eligible"),
}
NOT_SHOWN = "A value is not shown."
IS_A_COUNT = "A number, without how many children there are in each group."
TINY_AREA = "So few children live here that one more or less would move the share by several points."
NO_INTERVAL = "Published without the counts behind it."
FEW = f"Fewer than {MINIMUM_DENOMINATOR} children in a group."

_FIGURE = ["metric_id", "geography_code", "period_type", "period_start", "period_end", "source"]
_ENDS = ["status", "value", "lower", "upper", "denominator"]


def compare_between_groups(
    breakdowns: pl.DataFrame, totals: pl.DataFrame, dim_metric: pl.DataFrame, dim_geography: pl.DataFrame
) -> pl.DataFrame:
    """Rows of `outcome.SCHEMA`: with comparator "group" the group of BESIDE against the other of its pair, with
    comparator "all_children" each group of any breakdown against the total. The other's code is the `comparator_label`.

    `breakdowns` are one-way figures, `totals` those of all children; both as fct_metric has them.
    """
    held = pl.concat([breakdowns, totals]).select(*_FIGURE, "breakdown_1", "value_1", *_ENDS)
    rows = [_rows(held, breakdown, *pair) for breakdown, pair in BESIDE.items() if pair[0]]
    rows += [_rows(held, breakdown, None, "total") for breakdown in breakdowns["breakdown_1"].unique().sort()]
    pairs = (
        pl.concat(rows)
        .join(dim_metric.select("metric_id", "unit"), on="metric_id")
        .join(dim_geography.select("geography_code", pl.col("comparable").fill_null(True)), on="geography_code")
    )
    shown = (pl.col("status") == "shown") & (pl.col("status_beside") == "shown").fill_null(False)
    may_differ = shown & (pl.col("unit") != "count") & pl.col("comparable")
    reason = (
        pl.when(~shown)
        .then(pl.lit(NOT_SHOWN))
        .when(pl.col("unit") == "count")
        .then(pl.lit(IS_A_COUNT))
        .when(~pl.col("comparable"))
        .then(pl.lit(TINY_AREA))
        .when(pl.any_horizontal(pl.col(end).is_null() for end in ("lower", "upper", "lower_beside", "upper_beside")))
        .then(pl.lit(NO_INTERVAL))
        .when(pl.min_horizontal("denominator", "denominator_beside") < MINIMUM_DENOMINATOR)
        .then(pl.lit(FEW))
    )
    code = (
        pl.when(pl.col("verdict_reason").is_not_null())
        .then(pl.lit("not_compared"))
        .when(pl.col("lower") > pl.col("upper_beside"))
        .then(pl.lit("higher"))
        .when(pl.col("upper") < pl.col("lower_beside"))
        .then(pl.lit("lower"))
        .otherwise(pl.lit("not_different"))
    )
    told = pairs.with_columns(
        breakdown_2=pl.lit("total"),
        value_2=pl.lit("total"),
        comparator=_comparator_of(pl.col("comparator_label")),
        comparator_value="value_beside",
        difference=pl.when(may_differ).then(pl.col("value") - pl.col("value_beside")),
        verdict_reason=reason,
        method_version=pl.lit(METHOD_VERSION),
    ).with_columns(verdict_code=code)
    empty = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in told.columns]
    return told.with_columns(empty).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _comparator_of(beside: pl.Expr) -> pl.Expr:
    return pl.when(beside == "total").then(pl.lit(WHOLE)).otherwise(pl.lit(COMPARATOR))


def _rows(held: pl.DataFrame, breakdown: str, group: str | None, beside: str) -> pl.DataFrame:
    """The figures of one breakdown that are set beside another, with that other's as `…_beside`; null where none is."""
    own = held.filter(
        pl.col("breakdown_1") == breakdown, pl.col("value_1") == group if group else pl.col("value_1") != "total"
    )
    other = held.filter(
        pl.col("value_1") == beside, pl.col("breakdown_1") == ("total" if beside == "total" else breakdown)
    )
    ends = other.select(*_FIGURE, pl.col(_ENDS).name.suffix("_beside"))
    return own.join(ends, on=_FIGURE, how="left").with_columns(comparator_label=pl.lit(beside))
