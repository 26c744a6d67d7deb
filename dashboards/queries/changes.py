"""What changed since the period before, and which standards are met: read from verdicts and figures, area by area."""

from datetime import date

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


def standards(region: str | None = None) -> pl.DataFrame:
    """Each metric with a standard: how many local authorities (of a region) with a figure meet it in its latest period.

    `met_by` names those that do. Met or not is the verdict of fct_comparison; a metric whose polarity is neutral has
    none.
    """
    return frame(
        f"""WITH latest AS (
            SELECT * FROM fct_comparison WHERE comparator = 'standard' AND verdict_code <> 'not_compared' AND {TOTAL}
            QUALIFY period_end = max(period_end) OVER (PARTITION BY metric_id))
        SELECT c.metric_id, m.label, m.standard_label, m.standard_value, m.polarity, m.unit, m.decimals,
            any_value(p.label) AS period, count(*) FILTER (g.level = 'la') AS areas,
            count(*) FILTER (g.level = 'la' AND c.verdict_code = 'met') AS meeting,
            string_agg(g.short_name, ', ' ORDER BY g.sort_name) FILTER (g.level = 'la' AND c.verdict_code = 'met')
                AS met_by,
            any_value(c.comparator_value + c.difference) FILTER (g.level = 'national') AS england
        FROM latest c JOIN dim_metric m USING (metric_id) JOIN dim_geography g USING (geography_code)
        LEFT JOIN dim_period p ON p.period_type = c.period_type AND p.period_start = c.period_start
            AND p.period_end = c.period_end
        WHERE $1 IS NULL OR g.region_code = $1 OR g.level = 'national'
        GROUP BY ALL ORDER BY m.label""",
        region,
    )


def verdicts_everywhere(metric: str, start: date, end: date, level: str) -> pl.DataFrame:
    """Every verdict on the areas of a level in one period of a metric, by name of the area within each comparator."""
    return frame(
        f"""SELECT c.comparator, c.comparator_label, c.verdict_code, g.short_name FROM fct_comparison c
        JOIN dim_geography g USING (geography_code)
        WHERE metric_id = $1 AND period_start = $2 AND period_end = $3 AND {TOTAL} AND g.level = $4
            AND comparator IN ('england', 'previous', 'trend', 'standard') ORDER BY comparator, g.sort_name""",
        metric,
        start,
        end,
        level,
    )


def decidable(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of `changes` for which a change could be told from chance, whether it was or not."""
    return rows.filter(pl.col("verdict_code").is_in(["rising", "falling", "no_clear_change"]))
