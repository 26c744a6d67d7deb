"""`fct_comparison`: every comparison of every figure, made once."""

from dataclasses import replace

import polars as pl

from pipelines.comparison.between_groups import compare_between_groups
from pipelines.comparison.change import compare_changes
from pipelines.comparison.level import compare_levels
from pipelines.comparison.outcome import SCHEMA, outcome_rows
from pipelines.comparison.panel import build_panel
from pipelines.comparison.standard import compare_with_standard
from pipelines.comparison.verdicts import (
    BOARD_COMPARATORS,
    BREAKDOWN_COMPARATORS,
    BREAKDOWN_PERIODS,
    LEVEL_COMPARATORS,
)

PERIOD_SERIES = ["metric_id", "source", "period_type"]


def build_comparison(
    metric: pl.DataFrame, dim_metric: pl.DataFrame, dim_geography: pl.DataFrame, bridge_neighbour: pl.DataFrame
) -> pl.DataFrame:
    """Compare each figure with England, its region, similar areas, the period before, its own trend and its standard.

    `metric` holds one row a figure (current, one source a key): totals are compared in full, one-way breakdowns with
    England, region and the 2025 similar areas in the latest two periods, and with all children or another group of the
    same area (between_groups.py); two-way breakdowns not at all. Totals of integrated care boards are compared among
    themselves: with England and their own past. Figures of Inner and Outer London are left aside, and so are
    categories, which have no size. Returns the columns of `outcome.SCHEMA`.

    Raises ValueError for a code missing from its dimension and for two figures with one key.
    """
    categories = dim_metric.filter(pl.col("unit") == "category")["metric_id"]
    metric = metric.filter(~pl.col("metric_id").is_in(categories.implode()))
    total = (pl.col("value_1") == "total") & (pl.col("value_2") == "total")
    one_way = (pl.col("value_1") != "total") & (pl.col("value_2") == "total")
    parts = [pl.DataFrame(schema=SCHEMA)]

    totals = metric.filter(total)
    if totals.height:
        panel = build_panel(totals, dim_metric, dim_geography)
        outcomes = [*compare_levels(panel, bridge_neighbour, LEVEL_COMPARATORS), *compare_changes(panel)]
        outcomes.append(compare_with_standard(panel))
        parts += [outcome_rows(panel, outcome) for outcome in outcomes]
        parts += _of_boards(totals, dim_metric, dim_geography, bridge_neighbour)

    breakdowns = _latest(metric.filter(one_way))
    if breakdowns.height:
        panel = build_panel(breakdowns, dim_metric, dim_geography)
        parts += [outcome_rows(panel, each) for each in compare_levels(panel, bridge_neighbour, BREAKDOWN_COMPARATORS)]
        parts.append(compare_between_groups(breakdowns, totals, dim_metric, dim_geography))
    return pl.concat(parts)


def _of_boards(
    totals: pl.DataFrame, dim_metric: pl.DataFrame, dim_geography: pl.DataFrame, bridge_neighbour: pl.DataFrame
) -> list[pl.DataFrame]:
    """The comparisons of integrated care boards; England's own past is among those of the authorities."""
    boards = dim_geography.filter(pl.col("level") == "icb")["geography_code"].implode()
    theirs = totals.filter(pl.col("geography_code").is_in(boards))["metric_id"].implode()
    figures = totals.filter(pl.col("metric_id").is_in(theirs))
    if figures.is_empty():
        return []
    panel = build_panel(figures, dim_metric, dim_geography, peer_level="icb")
    outcomes = [*compare_levels(panel, bridge_neighbour, BOARD_COMPARATORS), *compare_changes(panel)]
    outcomes.append(compare_with_standard(panel))
    return [outcome_rows(panel, replace(each, emit=each.emit & panel.peers)) for each in outcomes]


def _latest(figures: pl.DataFrame) -> pl.DataFrame:
    newness = pl.col("period_start").rank("dense", descending=True).over(PERIOD_SERIES)
    return figures.filter(newness <= BREAKDOWN_PERIODS)
