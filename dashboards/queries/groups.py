"""One area's figures of a measure for groups of children, and for groups of areas."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from dashboards.figure_query import FIGURES, PERIOD, compared_fields, figures_where
from dashboards.store import frame


def by_group(metric: str, area: str, breakdown: str) -> pl.DataFrame:
    """The latest period of one area by one breakdown: a row a value, beside its comparisons as in store.area_figures.

    The row of all children together (`value_1` total) of the same period and source comes first where there is one.
    """
    one_way = "(f.breakdown_1 = $3 OR f.value_1 = 'total') AND f.value_2 = 'total'"
    return frame(
        f"""WITH rows AS (
            SELECT * FROM ({figures_where(one_way)}) WHERE metric_id = $1 AND geography_code = $2
            QUALIFY period_end = max(period_end) FILTER (value_1 <> 'total') OVER ()),
        compared AS (
            SELECT {PERIOD}, source, breakdown_1, value_1, {compared_fields()} FROM fct_comparison c
            WHERE metric_id = $1 AND geography_code = $2 AND value_2 = 'total' GROUP BY ALL)
        SELECT * FROM rows LEFT JOIN compared USING ({PERIOD}, source, breakdown_1, value_1)
        ORDER BY value_1 <> 'total', value_1""",
        metric,
        area,
        breakdown,
    )


def of_areas(metric: str, codes: Sequence[str], start: date, end: date, source: str) -> dict[str, float | int | None]:
    """What some areas' shown values of one period come to: areas, mean, middle (the median)."""
    values = frame(
        f"""SELECT geography_code, value FROM ({FIGURES}) WHERE metric_id = $1 AND period_start = $2 AND period_end = $3
            AND source = $4 AND status = 'shown' AND value IS NOT NULL ORDER BY geography_code""",
        metric,
        start,
        end,
        source,
    )
    theirs = values.filter(pl.col("geography_code").is_in(list(codes))).select(
        areas=pl.len(), mean=pl.col("value").mean(), middle=pl.col("value").median()
    )
    return theirs.row(0, named=True)
