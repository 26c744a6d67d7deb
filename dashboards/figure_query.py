"""The query that every question about figures starts from: current ones, of the preferred source, with its words."""

TOTAL = "value_1 = 'total' AND value_2 = 'total'"


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
