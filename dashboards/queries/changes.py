"""What changed since the period before, and which standards are met: read from verdicts and figures, area by area."""

import polars as pl

from dashboards.store import FIGURES, TOTAL, frame


def changes() -> pl.DataFrame:
    """Every local authority's change into the latest period of each metric, with its verdict, by metric and name.

    `value` and `period` are of the latest period, `comparator_value` and `comparator_label` of the one before.
    """
    return frame(
        f"""SELECT c.metric_id, c.geography_code, g.name, g.short_name, g.sort_name, g.region_code, g.region_name,
            f.value, f.period, f.status, c.comparator_value, c.comparator_label, c.difference, c.difference_lower,
            c.difference_upper, c.verdict_code, c.verdict_reason
        FROM fct_comparison c JOIN dim_geography g USING (geography_code)
        JOIN ({FIGURES}) f USING (metric_id, geography_code, period_type, period_start, period_end, source)
        WHERE c.comparator = 'previous' AND c.{TOTAL.replace(" AND ", " AND c.")} AND g.level = 'la'
        QUALIFY c.period_end = max(c.period_end) OVER (PARTITION BY c.metric_id)
        ORDER BY metric_id, g.sort_name"""
    )


def standards() -> pl.DataFrame:
    """Each metric with a standard: how many local authorities with a figure meet it in the latest period.

    A metric whose polarity is neutral has no side that meets a standard and is left out.
    """
    return frame(
        f"""WITH latest AS (
            SELECT f.*, g.level, m.standard_value, m.polarity, m.label, m.standard_label, m.unit, m.decimals
            FROM ({FIGURES}) f JOIN dim_metric m USING (metric_id) JOIN dim_geography g USING (geography_code)
            WHERE m.standard_value IS NOT NULL AND m.polarity <> 'neutral' AND status = 'shown'
            QUALIFY period_end = max(period_end) OVER (PARTITION BY metric_id))
        SELECT metric_id, label, standard_label, standard_value, polarity, unit, decimals, any_value(period) AS period,
            count(*) FILTER (level = 'la') AS areas,
            count(*) FILTER (level = 'la' AND CASE polarity WHEN 'higher_better' THEN value >= standard_value
                ELSE value <= standard_value END) AS meeting,
            any_value(value) FILTER (level = 'national') AS england
        FROM latest GROUP BY metric_id, label, standard_label, standard_value, polarity, unit, decimals
        ORDER BY label"""
    )


def decidable(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of `changes` for which a change could be told from chance, whether it was or not."""
    return rows.filter(pl.col("verdict_code").is_in(["rising", "falling", "no_clear_change"]))
