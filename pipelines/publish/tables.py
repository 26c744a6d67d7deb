"""The tables of a version: their columns, their types, what they are sorted by, and the views over them.

This is the contract between the warehouse (which fills the tables), the publisher (which checks and casts them) and
every reader. Types are DuckDB names so that readers need nothing but DuckDB.
"""

from dataclasses import dataclass, field

PUBLISHED_STATUSES = (
    "accredited_official_statistics",
    "official_statistics",
    "official_statistics_in_development",
    "published_management_information",
)
SYNTHETIC_STATUS = "synthetic"

# One figure, whoever published it; adding `source` and `known_from` makes a row of fct_metric unique.
FIGURE_KEY = (
    "metric_id",
    "geography_code",
    "geography_basis",
    "period_type",
    "period_start",
    "period_end",
    "breakdown_1",
    "value_1",
    "breakdown_2",
    "value_2",
)

# Which of several sources' rows for one figure is shown first. A source that holds no value at all gives way; a value
# withheld by the better source (suppressed, low, unreliable) does not, or another source would undo the suppression.
PREFERENCE = "status IN ('unavailable', 'not_applicable'), source_priority, source"


@dataclass(frozen=True)
class Table:
    """A declared table: columns in order with DuckDB types, the sort order of its rows, and optional columns.

    An optional column that the warehouse does not fill is published as null. `partition` names the pair of columns
    (a label, a date whose year counts) by which rows are split into parts; None keeps the table in one part. A table
    that is not `required` is published without a row when the warehouse does not fill it.
    """

    columns: dict[str, str]
    sort: tuple[str, ...]
    partition: tuple[str, str] | None = None
    optional: frozenset[str] = field(default_factory=frozenset)
    required: bool = True


def _columns(text: str) -> dict[str, str]:
    """`name TYPE` pairs, one a comma."""
    return {part.split()[0]: part.split()[1] for part in text.split(",") if part.strip()}


TABLES: dict[str, Table] = {
    "fct_metric": Table(
        columns=_columns(
            """metric_id VARCHAR, geography_code VARCHAR, geography_basis VARCHAR, geography_vintage VARCHAR,
            period_type VARCHAR, period_start DATE, period_end DATE, breakdown_1 VARCHAR, value_1 VARCHAR,
            breakdown_2 VARCHAR, value_2 VARCHAR, source VARCHAR, statistical_status VARCHAR, numerator DOUBLE,
            denominator DOUBLE, value DOUBLE, lower DOUBLE, upper DOUBLE, interval_method VARCHAR, status VARCHAR,
            status_reason VARCHAR, quality_flags VARCHAR, release_id VARCHAR, dataset VARCHAR, receipt_id VARCHAR,
            known_from TIMESTAMP, known_to TIMESTAMP, source_file VARCHAR, source_row BIGINT, source_column VARCHAR,
            source_priority INTEGER, receipt_set_id VARCHAR, build_id VARCHAR"""
        ),
        sort=(*FIGURE_KEY, "source", "known_from"),
        partition=("source", "period_end"),
        optional=frozenset({"receipt_set_id", "build_id"}),
    ),
    "fct_comparison": Table(
        columns=_columns(
            """metric_id VARCHAR, geography_code VARCHAR, period_type VARCHAR, period_start DATE, period_end DATE,
            breakdown_1 VARCHAR, value_1 VARCHAR, breakdown_2 VARCHAR, value_2 VARCHAR, source VARCHAR,
            comparator VARCHAR, comparator_label VARCHAR, comparator_value DOUBLE, comparator_n INTEGER,
            comparator_n_expected INTEGER, difference DOUBLE, difference_lower DOUBLE, difference_upper DOUBLE,
            adjusted_z DOUBLE, phi DOUBLE, limit_lower_95 DOUBLE, limit_upper_95 DOUBLE, limit_lower_998 DOUBLE,
            limit_upper_998 DOUBLE, rank_lower INTEGER, rank_upper INTEGER, trend_method VARCHAR, trend_p DOUBLE,
            trend_slope DOUBLE, verdict_code VARCHAR, verdict_reason VARCHAR, method_version VARCHAR"""
        ),
        sort=(
            "metric_id",
            "geography_code",
            "breakdown_1",
            "value_1",
            "breakdown_2",
            "value_2",
            "comparator",
            "period_start",
        ),
        partition=("source", "period_end"),
    ),
    "dim_metric": Table(
        columns=_columns(
            """metric_id VARCHAR, label VARCHAR, short_label VARCHAR, family VARCHAR, theme VARCHAR,
            domain_row INTEGER, description VARCHAR, numerator_label VARCHAR, denominator_label VARCHAR, unit VARCHAR,
            value_labels VARCHAR, decimals INTEGER, polarity VARCHAR, period_type VARCHAR, geography_basis VARCHAR,
            stat_method VARCHAR, interval_reason VARCHAR, key_metric BOOLEAN, key_reason VARCHAR,
            headline_order INTEGER, standard_label VARCHAR, standard_value DOUBLE, caveats VARCHAR,
            known_breaks VARCHAR, source_title VARCHAR"""
        ),
        sort=("metric_id",),
        optional=frozenset({"value_labels"}),
    ),
    "dim_source": Table(
        columns=_columns(
            """source VARCHAR, publication_title VARCHAR, publisher VARCHAR, licence VARCHAR,
            statistical_status VARCHAR, priority INTEGER, next_release VARCHAR, contact VARCHAR"""
        ),
        sort=("source",),
        optional=frozenset({"next_release", "contact"}),
    ),
    "dim_release": Table(
        columns=_columns(
            """receipt_id VARCHAR, release_id VARCHAR, dataset VARCHAR, source VARCHAR, source_file VARCHAR,
            published_on DATE, known_from TIMESTAMP, received_at TIMESTAMP, rows_read BIGINT, rows_loaded BIGINT,
            rows_refused BIGINT, rows_out_of_scope BIGINT, is_seed BOOLEAN, revision_note VARCHAR"""
        ),
        sort=("release_id", "dataset", "known_from", "receipt_id"),
        optional=frozenset({"revision_note"}),
    ),
    "dim_period": Table(
        columns=_columns(
            """period_type VARCHAR, period_start DATE, period_end DATE, label VARCHAR, sort_key VARCHAR,
            ees_time_period VARCHAR, ees_time_identifier VARCHAR"""
        ),
        sort=("period_type", "period_start", "period_end"),
    ),
    "dim_geography": Table(
        columns=_columns(
            """geography_code VARCHAR, name VARCHAR, short_name VARCHAR, sort_name VARCHAR, level VARCHAR,
            la_code VARCHAR, region_code VARCHAR, region_name VARCHAR, valid_from DATE, valid_to DATE,
            is_current BOOLEAN, comparable BOOLEAN, tile_col INTEGER, tile_row INTEGER, aliases VARCHAR,
            sub_region_code VARCHAR"""
        ),
        sort=("geography_code",),
        optional=frozenset({"sub_region_code"}),
    ),
    "bridge_neighbour": Table(
        columns=_columns(
            """geography_code VARCHAR, model VARCHAR, neighbour_rank INTEGER, neighbour_code VARCHAR,
            closeness VARCHAR"""
        ),
        sort=("model", "geography_code", "neighbour_rank"),
    ),
    "bridge_geography_predecessor": Table(
        columns=_columns(
            """successor_code VARCHAR, predecessor_code VARCHAR, weight DOUBLE, weight_basis VARCHAR,
            changed_on DATE, share_of_predecessor DOUBLE"""
        ),
        sort=("successor_code", "predecessor_code"),
        optional=frozenset({"share_of_predecessor"}),
    ),
    "bridge_receipt_set": Table(
        columns=_columns("receipt_set_id VARCHAR, receipt_id VARCHAR"),
        sort=("receipt_set_id", "receipt_id"),
        required=False,
    ),
    "fct_returns_in": Table(
        columns=_columns(
            """return_name VARCHAR, return_title VARCHAR, period VARCHAR, reference_date DATE, body_kind VARCHAR,
            body VARCHAR, body_name VARCHAR, geography_code VARCHAR, status VARCHAR, receipt_id VARCHAR,
            received_at TIMESTAMP"""
        ),
        sort=("return_name", "period", "body"),
        required=False,
    ),
    "fct_reconciliation": Table(
        columns=_columns(
            """comparison VARCHAR, metric_id VARCHAR, geography_code VARCHAR, geography_basis VARCHAR,
            period_type VARCHAR, period_start DATE, period_end DATE, breakdown_1 VARCHAR, value_1 VARCHAR,
            breakdown_2 VARCHAR, value_2 VARCHAR, source VARCHAR, other_source VARCHAR, value DOUBLE,
            other_value DOUBLE, difference DOUBLE, difference_percent DOUBLE, tolerance DOUBLE, outcome VARCHAR,
            explanation VARCHAR, areas_added INTEGER, areas_missing INTEGER"""
        ),
        sort=("metric_id", "comparison", *FIGURE_KEY[1:], "source", "other_source"),
        partition=("source", "period_end"),
        required=False,
    ),
    "fct_reconciliation_summary": Table(
        columns=_columns(
            """comparison VARCHAR, metric_id VARCHAR, source VARCHAR, other_source VARCHAR, compared INTEGER,
            agree INTEGER, differ INTEGER, unexplained INTEGER, not_compared INTEGER, largest_difference DOUBLE,
            tolerance DOUBLE, explanation VARCHAR"""
        ),
        sort=("metric_id", "comparison", "source", "other_source"),
        required=False,
    ),
    "fct_revision": Table(
        columns=_columns(
            """metric_id VARCHAR, geography_code VARCHAR, geography_basis VARCHAR, period_type VARCHAR,
            period_start DATE, period_end DATE, breakdown_1 VARCHAR, value_1 VARCHAR, breakdown_2 VARCHAR,
            value_2 VARCHAR, source VARCHAR, statistical_status VARCHAR, revised_on TIMESTAMP, release_id VARCHAR,
            dataset VARCHAR, earlier_release_id VARCHAR, earlier_known_from TIMESTAMP, value_before DOUBLE,
            value DOUBLE, difference DOUBLE, difference_percent DOUBLE, numerator_before DOUBLE, numerator DOUBLE,
            denominator_before DOUBLE, denominator DOUBLE, status_before VARCHAR, status VARCHAR, change VARCHAR,
            revision_note VARCHAR"""
        ),
        sort=(*FIGURE_KEY, "source", "revised_on"),
        partition=("source", "period_end"),
        required=False,
    ),
    "fct_evidence_quality": Table(
        columns=_columns(
            """metric_id VARCHAR, geography_code VARCHAR, periods_held INTEGER, periods_possible INTEGER,
            latest_period_end DATE, newest_period_end DATE, areas_held INTEGER, areas_possible INTEGER,
            latest_release_on DATE, next_release VARCHAR, revisions INTEGER, figures_held INTEGER,
            figures_suppressed INTEGER, figures_not_shown INTEGER, suppressed_percent DOUBLE"""
        ),
        sort=("geography_code", "metric_id"),
        required=False,
    ),
    "fct_bridged": Table(
        columns=_columns(
            """metric_id VARCHAR, geography_code VARCHAR, geography_basis VARCHAR, period_type VARCHAR,
            period_start DATE, period_end DATE, source VARCHAR, statistical_status VARCHAR, numerator DOUBLE,
            denominator DOUBLE, value DOUBLE, quality_flags VARCHAR, bridge_method VARCHAR, predecessors INTEGER,
            weight_basis VARCHAR, changed_on DATE"""
        ),
        sort=(*FIGURE_KEY[:6], "source"),
        required=False,
    ),
    "bridge_la_icb": Table(
        columns=_columns(
            """geography_code VARCHAR, icb_code VARCHAR, small_areas INTEGER, weight DOUBLE, share_of_icb DOUBLE,
            weight_basis VARCHAR"""
        ),
        sort=("geography_code", "icb_code"),
        required=False,
    ),
}


def derived_views() -> dict[str, str]:
    """SQL of what every version offers over its tables, in creation order (name → CREATE statement)."""
    key = ", ".join(FIGURE_KEY)
    return {
        "fct_metric_current": "CREATE VIEW fct_metric_current AS SELECT * FROM fct_metric WHERE known_to IS NULL",
        "fct_metric_preferred": (
            "CREATE VIEW fct_metric_preferred AS SELECT * FROM fct_metric_current "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {PREFERENCE}) = 1"
        ),
        # A bare date means the end of that day: a release of 09:30 is known on the day it came out.
        "as_known_on": (
            "CREATE MACRO as_known_on(d) AS TABLE SELECT * FROM fct_metric "
            "WHERE known_from < CAST(d AS DATE) + INTERVAL 1 DAY "
            "AND (known_to IS NULL OR known_to >= CAST(d AS DATE) + INTERVAL 1 DAY)"
        ),
    }
