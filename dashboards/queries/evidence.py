"""How good the evidence is: coverage and age, figures given twice, years estimated from areas that are gone."""

import polars as pl

from dashboards.store import frame


def earlier_years(metric: str, area: str) -> pl.DataFrame:
    """Earlier years of a measure, estimated from the areas that became this one, oldest first; none for most areas."""
    return frame(
        """SELECT b.*, p.label AS period, (
                SELECT string_agg(g.name, ', ' ORDER BY g.sort_name) FROM bridge_geography_predecessor x JOIN
                dim_geography g ON g.geography_code = predecessor_code WHERE successor_code = b.geography_code
            ) AS made_from FROM fct_bridged b JOIN dim_period p USING (period_type, period_start, period_end)
        WHERE metric_id = ? AND geography_code = ? ORDER BY period_start""",
        metric,
        area,
    )


def evidence(area: str) -> pl.DataFrame:
    """How good the evidence on each metric is for one area: the columns of fct_evidence_quality."""
    return frame("SELECT * FROM fct_evidence_quality WHERE geography_code = ? ORDER BY metric_id", area)


def evidence_of_areas() -> pl.DataFrame:
    """The same over all local authorities, and over all integrated care boards, for each metric that they have."""
    return frame(
        """SELECT metric_id, label, family, level, areas_held, areas_possible, newest_period_end, latest_release_on,
            next_release, sum(periods_held)::INTEGER AS periods_held, sum(revisions)::INTEGER AS revisions,
            sum(periods_possible)::INTEGER AS periods_possible,
            100 * sum(figures_suppressed) / nullif(sum(figures_held), 0) AS suppressed_percent
        FROM fct_evidence_quality JOIN dim_metric USING (metric_id) JOIN dim_geography USING (geography_code)
        WHERE level IN ('la', 'icb') GROUP BY ALL ORDER BY family, label, level"""
    )


def agreements() -> pl.DataFrame:
    """Figures given twice, counted by metric and pair of sources: fct_reconciliation_summary with names."""
    return frame(
        """SELECT s.*, m.label, m.unit, m.decimals, a.publication_title AS title, b.publication_title AS other_title
        FROM fct_reconciliation_summary s JOIN dim_metric m USING (metric_id) JOIN dim_source a USING (source)
        JOIN dim_source b ON b.source = s.other_source ORDER BY m.label, s.comparison, title, other_title"""
    )


def figures_given_twice(metric: str | None = None) -> pl.DataFrame:
    """Each figure given twice of one metric, or every one of all metrics that differs."""
    return frame(
        """SELECT r.*, g.name AS area, p.label AS period FROM fct_reconciliation r
        JOIN dim_geography g USING (geography_code) JOIN dim_period p USING (period_type, period_start, period_end)
        WHERE metric_id = $1 OR ($1 IS NULL AND outcome = 'differs') ORDER BY ALL""",
        metric,
    )


def revisions_of(metric: str, area: str) -> pl.DataFrame:
    """Each change that a later release or correction made to an area's totals of a metric, newest change first."""
    return frame(
        """SELECT r.*, coalesce(p.label, r.period_start::VARCHAR) AS period, s.publication_title
        FROM fct_revision r LEFT JOIN dim_period p USING (period_type, period_start, period_end)
        LEFT JOIN dim_source s USING (source)
        WHERE metric_id = ? AND geography_code = ? AND value_1 = 'total' AND value_2 = 'total'
        ORDER BY revised_on DESC, r.period_start DESC""",
        metric,
        area,
    )
