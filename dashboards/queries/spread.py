"""How far areas lie apart, in every period of every measure."""

import polars as pl

from dashboards.store import FIGURES, PERIOD, frame, frame_of_group


def spreads(breakdown: str = "total", value: str = "total") -> pl.DataFrame:
    """A row a metric, period and source: areas, lowest, p10, p25, middle, p75, p90, highest, and the period's label.

    Only local authorities that are compared count, and only values that are shown.
    """
    return frame_of_group(
        f"""SELECT {PERIOD}, source, any_value(period) AS period, count(*) AS areas,
            min(value) AS lowest, quantile_cont(value, 0.1) AS p10, quantile_cont(value, 0.25) AS p25,
            median(value) AS middle, quantile_cont(value, 0.75) AS p75, quantile_cont(value, 0.9) AS p90,
            max(value) AS highest
        FROM ({FIGURES}) f JOIN dim_geography g USING (geography_code)
        WHERE g.level = 'la' AND g.comparable AND status = 'shown' AND value IS NOT NULL
        GROUP BY ALL ORDER BY metric_id, period_start, source""",
        breakdown,
        value,
    )


def spread_of(metric: str) -> pl.DataFrame:
    """The spreads of one metric, oldest first; where two sources give a period, the one with more areas."""
    mine = spreads().filter(pl.col("metric_id") == metric)
    return mine.sort("areas").unique("period_start", keep="last").sort("period_start")


def groups_held() -> pl.DataFrame:
    """Which one-way breakdowns each metric has any value for: metric_id, breakdown_1, value_1."""
    return frame(
        """SELECT DISTINCT metric_id, breakdown_1, value_1 FROM fct_metric_current
        WHERE value_1 <> 'total' AND value_2 = 'total' AND status = 'shown' ORDER BY ALL"""
    )
