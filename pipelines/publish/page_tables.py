"""What pages ask of every version, joined once when it is published: totals by area, and the latest of them compared.

A version published before a page table was thought of answers the same questions from a view, only slower.
"""

from pipelines.publish.tables import FIGURE_KEY

TOTAL = "value_1 = 'total' AND value_2 = 'total'"
COMPARATORS = ("england", "region", "neighbours_2025", "neighbours_2021", "previous", "trend")
PERIOD = "metric_id, period_type, period_start, period_end"
_FIELDS = ("comparator_value", "comparator_label", "verdict_code", "verdict_reason", "difference", "adjusted_z")


def figures_where(condition: str) -> str:
    """Figures that meet a condition on fct_metric (alias f), with the label of the period, publication and release day.

    A metric has one period type and one basis of its own; rows of another would be a different series.
    """
    return f"""
    SELECT f.*, coalesce(p.label, f.period_start::VARCHAR) AS period, s.publication_title, s.publisher, r.published_on
    FROM fct_metric_preferred f JOIN dim_metric m USING (metric_id)
    LEFT JOIN dim_period p ON p.period_type = f.period_type AND p.period_start = f.period_start
        AND p.period_end = f.period_end
    LEFT JOIN dim_source s ON s.source = f.source
    LEFT JOIN (SELECT receipt_id, dataset, max(published_on) AS published_on FROM dim_release GROUP BY ALL) r
        ON r.receipt_id = f.receipt_id AND r.dataset = f.dataset
    WHERE {condition} AND f.period_type = m.period_type
        AND f.geography_basis = coalesce(m.geography_basis, f.geography_basis)
"""


def compared_fields() -> str:
    """The comparisons of fct_comparison `c` as columns, one a comparator and field: `england_verdict_code` …"""
    return ", ".join(
        f"any_value(c.{field}) FILTER (c.comparator = '{comparator}') AS {comparator}_{field}"
        for comparator in COMPARATORS
        for field in _FIELDS
    )


def latest_compared(figures: str, group: str, areas: str = "true") -> str:
    """The latest of `figures` of each area and metric, beside its comparisons and with how often it was revised.

    `figures` is a query over figures of one group of children; `group` and `areas` are the conditions on value_1,
    value_2 and geography_code that its figures meet, which those of fct_comparison and fct_revision are to meet too.
    """
    key = f"{PERIOD}, source, geography_code"
    return f"""
    WITH latest AS (
        SELECT * FROM ({figures}) WHERE {areas}
        QUALIFY row_number() OVER (PARTITION BY geography_code, metric_id ORDER BY period_end DESC) = 1),
    compared AS (
        SELECT {key}, {compared_fields()} FROM fct_comparison c SEMI JOIN latest USING ({key})
        WHERE {areas} AND {group} GROUP BY ALL)
    SELECT *, coalesce(revised.times, 0) AS revised FROM latest LEFT JOIN compared USING ({key})
    LEFT JOIN (SELECT {key}, count(*) AS times FROM fct_revision WHERE {areas} AND {group} GROUP BY ALL) revised
        USING ({key})
"""


# Name → query, each over those before it. They are asked for by area, and lie in that order.
PAGE_TABLES = {
    "page_figure": f"{figures_where(TOTAL)} ORDER BY geography_code, {', '.join(FIGURE_KEY)}, source",
    "page_latest": f"{latest_compared('SELECT * FROM page_figure', TOTAL)} ORDER BY geography_code, metric_id",
}
