"""What the topic pages ask of the public store besides the questions of `store`: boards, groups, before and after.

Whether anything differs is read from fct_comparison; nothing is judged here.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from dashboards.figure_query import FIGURES, TOTAL, figures_where
from dashboards.reading import frame as ask
from dashboards.words.topics import MINIMUM_PROFILED, Question
from pipelines.comparison.between_groups import BESIDE, COMPARATOR, WHOLE

# Which group of children is set beside which is known by what compares them.
__all__ = ["BESIDE", "boards", "by_question", "gaps", "profile", "since", "split_anywhere", "totals"]

_SPAN = "metric_id, period_type, period_start, period_end"


def by_question(questions: Sequence[Question], metrics: pl.DataFrame) -> pl.DataFrame:
    """Rows of store.metrics for the questions, in their order; the heading of the question stands as `theme`."""
    wanted = pl.DataFrame(
        [(metric, question.heading) for question in questions for metric in question.metrics],
        schema=["metric_id", "theme"],
        orient="row",
    )
    return wanted.join(metrics.drop("theme"), on="metric_id", how="inner", maintain_order="left")


def boards(area: str) -> pl.DataFrame:
    """The integrated care boards an area lies in, largest part first: icb_code, name, weight, share_of_icb and so on.

    `shared_with` names the other authorities of the board.
    """
    return ask(
        """SELECT b.icb_code, g.name, g.short_name, b.small_areas, b.weight, b.share_of_icb, b.weight_basis, (
                SELECT string_agg(x.short_name, ', ' ORDER BY x.sort_name) FROM bridge_la_icb o
                JOIN dim_geography x USING (geography_code)
                WHERE o.icb_code = b.icb_code AND o.geography_code <> b.geography_code AND x.is_current) AS shared_with
        FROM bridge_la_icb b JOIN dim_geography g ON g.geography_code = b.icb_code
        WHERE b.geography_code = ? ORDER BY b.weight DESC, g.sort_name""",
        area,
    )


def totals(metrics: Sequence[str], codes: Sequence[str]) -> pl.DataFrame:
    """Every total of some metrics for some areas, oldest first, with the name of the area."""
    return ask(
        f"SELECT f.*, g.name AS area FROM ({FIGURES}) f JOIN dim_geography g USING (geography_code) "
        "WHERE metric_id IN (SELECT unnest($1)) AND geography_code IN (SELECT unnest($2)) "
        "ORDER BY metric_id, geography_code, period_start",
        tuple(metrics),
        tuple(codes),
    )


def profile(metric: str, area: str, country: str, breakdowns: Sequence[str]) -> pl.DataFrame:
    """A number of an area split by some characteristics: a row a group of the newest period, with its share.

    `share` and `country_share` are per cent of the groups of the characteristic, null when one of them is not shown.
    A split of fewer than MINIMUM_PROFILED, or of a number that is itself held back, is left out: it would be a profile
    of children who can be recognised. Where the number itself has no row, the groups shown are added up instead.
    """
    return ask(
        f"""WITH rows AS (
            SELECT f.*, CASE WHEN bool_and(status = 'shown') OVER groups
                THEN 100 * value / nullif(sum(value) OVER groups, 0) END AS share
            FROM ({figures_where("list_contains($1, f.breakdown_1) AND f.value_2 = 'total'")}) f
            WHERE metric_id = $2 AND geography_code IN ($3, $4)
            WINDOW groups AS (PARTITION BY geography_code, breakdown_1, period_start, period_end, source)),
        newest AS (SELECT * FROM rows WHERE geography_code = $3
            QUALIFY period_end = max(period_end) OVER (PARTITION BY breakdown_1)),
        whole AS (SELECT period_start, source, value, status FROM (
            {figures_where(TOTAL)}) WHERE metric_id = $2 AND geography_code = $3)
        SELECT n.*, c.share AS country_share FROM newest n LEFT JOIN rows c ON c.geography_code = $4
            AND c.breakdown_1 = n.breakdown_1 AND c.value_1 = n.value_1 AND c.period_start = n.period_start
            AND c.source = n.source
        LEFT JOIN whole w ON w.period_start = n.period_start AND w.source = n.source
        QUALIFY CASE WHEN w.status IS NULL THEN sum(n.value) OVER (PARTITION BY n.breakdown_1, n.source)
            WHEN w.status = 'shown' THEN w.value END >= {MINIMUM_PROFILED}
        ORDER BY n.breakdown_1, n.value_1""",
        tuple(breakdowns),
        metric,
        area,
        country,
    )


def gaps(metrics: Sequence[str], area: str, country: str, breakdown: str, beside: str) -> pl.DataFrame:
    """Each group of a characteristic beside `beside`, another group or "total", in the newest period of the area.

    A group without children is left out.

    `verdict_code`, `verdict_reason` and `difference` are what fct_comparison says of the two groups.
    `country_value` and `country_beside_value` are England's; `england_code` is what fct_comparison says of the group
    beside England's.
    """
    return ask(
        f"""WITH rows AS (
            SELECT f.* FROM ({figures_where("f.breakdown_1 IN ($1, 'total') AND f.value_2 = 'total'")}) f
            WHERE list_contains($2, metric_id) AND geography_code IN ($3, $4)),
        mine AS (
            SELECT * FROM rows WHERE geography_code = $3 AND value_1 <> 'total' AND value_1 <> $5
                AND coalesce(denominator, 1) > 0
            QUALIFY period_end = max(period_end) OVER (PARTITION BY metric_id)),
        joined AS (
            SELECT a.*, b.value AS beside_value, b.lower AS beside_lower, b.upper AS beside_upper,
                b.denominator AS beside_denominator, coalesce(b.status, 'not_published') AS beside_status,
                b.status_reason AS beside_reason, c.value AS country_value, d.value AS country_beside_value,
                v.verdict_code AS england_code, v.comparator_value AS england_value, v.verdict_reason AS england_reason,
                m.unit, w.difference, coalesce(w.verdict_code, 'not_compared') AS verdict_code,
                coalesce(w.verdict_reason, CASE WHEN w.verdict_code IS NULL
                    THEN 'Groups are compared in the latest two periods only.' END) AS verdict_reason
            FROM mine a JOIN dim_metric m USING (metric_id)
            LEFT JOIN rows b ON b.value_1 = $5 AND b.geography_code = a.geography_code AND b.metric_id = a.metric_id
                AND b.period_start = a.period_start AND b.source = a.source
            LEFT JOIN rows c ON c.geography_code = $4 AND c.value_1 = a.value_1 AND c.metric_id = a.metric_id
                AND c.period_start = a.period_start AND c.source = a.source
            LEFT JOIN rows d ON d.geography_code = $4 AND d.value_1 = $5 AND d.metric_id = a.metric_id
                AND d.period_start = a.period_start AND d.source = a.source
            LEFT JOIN fct_comparison v ON v.comparator = 'england' AND v.geography_code = a.geography_code
                AND v.metric_id = a.metric_id AND v.period_start = a.period_start AND v.source = a.source
                AND v.breakdown_1 = a.breakdown_1 AND v.value_1 = a.value_1 AND v.value_2 = 'total'
            LEFT JOIN fct_comparison w ON w.comparator = $6 AND w.comparator_label = $5
                AND w.geography_code = a.geography_code AND w.metric_id = a.metric_id AND w.source = a.source
                AND w.period_start = a.period_start AND w.period_end = a.period_end
                AND w.breakdown_1 = a.breakdown_1 AND w.value_1 = a.value_1 AND w.value_2 = 'total')
        FROM joined ORDER BY metric_id, value_1""",
        breakdown,
        tuple(metrics),
        area,
        country,
        beside,
        WHOLE if beside == "total" else COMPARATOR,
    )


def split_anywhere(metrics: Sequence[str], breakdown: str) -> list[str]:
    """Which of some metrics are published by a characteristic for any area."""
    return ask(
        "SELECT DISTINCT metric_id FROM fct_metric_current WHERE list_contains($1, metric_id) AND breakdown_1 = $2 "
        "AND value_2 = 'total' ORDER BY metric_id",
        tuple(metrics),
        breakdown,
    )["metric_id"].to_list()


def since(metrics: Sequence[str], area: str, day: date) -> pl.DataFrame:
    """Measures of an area with a period that ended by a day and a later one: `before` and `now`, and what moved.

    The verdict is that of fct_comparison on the newest period: `trend_code` over `trend_label`. An area too small to
    compare has no `difference`, as fct_comparison has none.
    """
    return ask(
        f"""WITH shown AS (
            SELECT * FROM ({FIGURES})
            WHERE geography_code = $2 AND list_contains($1, metric_id) AND status = 'shown'),
        before AS (SELECT * FROM shown WHERE period_end <= $3
            QUALIFY row_number() OVER (PARTITION BY metric_id ORDER BY period_end DESC) = 1),
        now AS (SELECT * FROM shown WHERE period_end > $3
            QUALIFY row_number() OVER (PARTITION BY metric_id ORDER BY period_end DESC) = 1),
        moved AS (
            SELECT {_SPAN}, source, any_value(verdict_code) FILTER (comparator = 'trend') AS trend_code,
                any_value(comparator_label) FILTER (comparator = 'trend') AS trend_label,
                any_value(verdict_reason) FILTER (comparator = 'trend') AS trend_reason
            FROM fct_comparison WHERE geography_code = $2 AND list_contains($1, metric_id) AND {TOTAL} GROUP BY ALL)
        SELECT now.*, b.value AS before_value, b.lower AS before_lower, b.upper AS before_upper,
            b.period AS before_period, b.source AS before_source,
            b.period_start AS before_start, CASE WHEN g.comparable THEN now.value - b.value END AS difference,
            moved.* EXCLUDE ({_SPAN}, source)
        FROM now JOIN dim_geography g USING (geography_code) JOIN before b ON b.metric_id = now.metric_id
        LEFT JOIN moved ON moved.metric_id = now.metric_id
            AND moved.period_start = now.period_start AND moved.period_end = now.period_end
            AND moved.source = now.source
        ORDER BY now.metric_id""",
        tuple(metrics),
        area,
        day,
    )
