"""A whole version, small enough to read: five areas, four metrics, two sources, hand-made numbers.

    from tests.publish.tiny_version import publish_tiny, tiny_tables
    info = publish_tiny(settings)                      # public; settings is the fixture of tests/conftest.py
    con = open_version(info.path)

The England 20-week figures are the published ones; every other number is made up for tests.
"""

from datetime import date, datetime

import polars as pl

from pipelines.publish.publisher import VersionInfo, publish_version
from pipelines.publish.tables import TABLES
from pipelines.publish.versions import Audience
from pipelines.settings import Settings
from tests.publish.tiny_figures import (
    AREAS,
    RECEIPT_2024,
    RECEIPT_2024_CORRECTED,
    RECEIPT_LAIT,
    TWENTY_WEEKS,
    figures,
    year,
)


def table_of(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows as a declared table, what they leave out filled with nulls."""
    filled = [dict.fromkeys(TABLES[name].columns) | row for row in rows]
    return pl.DataFrame(filled, schema=list(TABLES[name].columns), infer_schema_length=None)


def metrics() -> list[dict[str, object]]:
    common = {
        "decimals": 1,
        "polarity": "neutral",
        "geography_basis": "maintaining_la",
        "stat_method": "none",
        "interval_reason": "published without counts",
        "key_metric": False,
        "known_breaks": "[]",
        "domain_row": 10,
        "source_title": "Education, health and care plans",
    }
    return [
        common
        | {
            "metric_id": "ehc_20wk_pct",
            "label": "Plans issued within 20 weeks",
            "short_label": "20 weeks",
            "family": "outcomes_experiences",
            "theme": "Timeliness",
            "unit": "percent",
            "polarity": "higher_better",
            "description": "Of new plans issued, the share issued within 20 weeks of the request.",
            "numerator_label": "new plans issued within 20 weeks",
            "denominator_label": "new plans issued",
            "period_type": "calendar_year",
            "stat_method": "proportion_wilson",
            "interval_reason": None,
            "key_metric": True,
            "key_reason": "a duty in law",
            "headline_order": 1,
            "standard_label": "statutory time limit",
            "standard_value": 100.0,
            "caveats": "Exceptions are left out.",
            "known_breaks": '[{"period_start": "2023-01-01", "note": "person-level collection began"}]',
        },
        common
        | {
            "metric_id": "ehc_plans",
            "label": "Education, health and care plans",
            "short_label": "Plans",
            "family": "identification",
            "theme": "Plans",
            "unit": "count",
            "decimals": 0,
            "description": "Plans in force in January.",
            "numerator_label": "plans",
            "period_type": "january_census",
        },
        common
        | {
            "metric_id": "permanent_exclusion_rate_sen",
            "label": "Permanent exclusions of pupils with SEN",
            "short_label": "Exclusions",
            "family": "outcomes_experiences",
            "theme": "Inclusion",
            "unit": "rate_per_1000",
            "description": "Permanent exclusions per 1,000 pupils with SEN.",
            "numerator_label": "permanent exclusions",
            "denominator_label": "pupils with SEN",
            "period_type": "academic_year",
            "polarity": "lower_better",
            "geography_basis": "school_la",
        },
        common
        | {
            "metric_id": "send_transport_cost_gbp",
            "label": "Transport cost a child",
            "short_label": "Transport",
            "family": "value_for_money",
            "theme": "Money",
            "unit": "gbp",
            "decimals": 0,
            "description": "Spending on home to school transport for each child with SEND who travels.",
            "numerator_label": "spending",
            "denominator_label": "children",
            "period_type": "financial_year",
        },
    ]


def comparisons() -> list[dict[str, object]]:
    rows = []
    for area, verdict in {"E08000035": "much_lower", "E08000032": "higher"}.items():
        met, due = TWENTY_WEEKS[area][2024]
        start, end = year(2024)
        shared = {
            "metric_id": "ehc_20wk_pct",
            "geography_code": area,
            "period_type": "calendar_year",
            "period_start": start,
            "period_end": end,
            "breakdown_1": "total",
            "value_1": "total",
            "breakdown_2": "total",
            "value_2": "total",
            "source": "ehc_plans",
            "method_version": "1",
        }
        england = 100 * 39_407 / 84_866
        rows.append(
            shared
            | {
                "comparator": "england",
                "comparator_label": "England (published)",
                "comparator_value": england,
                "comparator_n": 153,
                "comparator_n_expected": 153,
                "difference": 100 * met / due - england,
                "adjusted_z": -3.4 if verdict == "much_lower" else 2.1,
                "phi": 120.0,
                "limit_lower_95": 10.0,
                "limit_upper_95": 85.0,
                "limit_lower_998": 3.0,
                "limit_upper_998": 95.0,
                "rank_lower": 20,
                "rank_upper": 60,
                "verdict_code": verdict,
            }
        )
        rows.append(shared | {"comparator": "previous", "comparator_label": "2023", "verdict_code": "no_clear_change"})
        rows.append(
            shared
            | {
                "comparator": "trend",
                "comparator_label": "2022 to 2024",
                "verdict_code": "not_compared",
                "verdict_reason": "A trend needs five years; there are three.",
            }
        )
    return rows


def releases() -> list[dict[str, object]]:
    def release(
        receipt: str, release_id: str, dataset: str, source: str, file: str, published: date
    ) -> dict[str, object]:
        known = datetime(published.year, published.month, published.day, 9, 30)
        return {
            "receipt_id": receipt,
            "release_id": release_id,
            "dataset": dataset,
            "source": source,
            "source_file": file,
            "published_on": published,
            "known_from": known,
            "received_at": datetime(2025, 9, 1, 12, 0),
            "rows_read": 20,
            "rows_loaded": 18,
            "rows_refused": 1,
            "rows_out_of_scope": 1,
            "is_seed": False,
        }

    return [
        release(RECEIPT_2024, "ehc_plans_2025", "timeliness", "ehc_plans", "timeliness.csv", date(2025, 6, 26)),
        release(
            RECEIPT_2024_CORRECTED,
            "ehc_plans_2025",
            "timeliness",
            "ehc_plans",
            "timeliness_corrected.csv",
            date(2025, 7, 24),
        ),
        release(RECEIPT_LAIT, "lait_2025", "lait_long", "lait", "lait.csv", date(2025, 8, 1)),
    ]


def periods() -> list[dict[str, object]]:
    rows = [
        {
            "period_type": "calendar_year",
            "period_start": year(number)[0],
            "period_end": year(number)[1],
            "label": str(number),
            "sort_key": str(number),
            "ees_time_period": str(number),
            "ees_time_identifier": "Calendar year",
        }
        for number in (2021, 2022, 2023, 2024)
    ]
    for kind, start, end, label in (
        ("january_census", date(2025, 1, 16), date(2025, 1, 16), "January 2025"),
        ("academic_year", date(2023, 9, 1), date(2024, 8, 31), "2023/24"),
        ("financial_year", date(2024, 4, 1), date(2025, 3, 31), "2024-25"),
    ):
        rows.append(
            {"period_type": kind, "period_start": start, "period_end": end, "label": label, "sort_key": str(start)}
        )
    return rows


def tiny_tables() -> dict[str, pl.DataFrame]:
    """Every declared table, ready for publish_version."""
    geographies = [
        {
            "geography_code": code,
            "name": name,
            "short_name": name,
            "sort_name": name.lower(),
            "level": level,
            "la_code": la_code,
            "region_code": region,
            "region_name": AREAS[region][0] if region in AREAS else None,
            "valid_from": date(2009, 4, 1),
            "is_current": True,
            "comparable": code != "E06000053",
            "tile_col": position,
            "tile_row": 1,
            "aliases": "Scilly" if code == "E06000053" else None,
        }
        for position, (code, (name, level, la_code, region)) in enumerate(AREAS.items())
    ]
    sources = [
        {
            "source": "ehc_plans",
            "publication_title": "Education, health and care plans",
            "priority": 1,
            "statistical_status": "accredited_official_statistics",
            "next_release": "June 2026",
        },
        {
            "source": "lait",
            "publication_title": "Local authority interactive tool",
            "priority": 2,
            "statistical_status": "official_statistics",
        },
    ]
    common = {"publisher": "Department for Education", "licence": "Open Government Licence v3.0"}
    return {
        "fct_metric": table_of("fct_metric", figures()),
        "fct_comparison": table_of("fct_comparison", comparisons()),
        "dim_metric": table_of("dim_metric", metrics()),
        "dim_source": table_of("dim_source", [source | common for source in sources]),
        "dim_release": table_of("dim_release", releases()),
        "dim_period": table_of("dim_period", periods()),
        "dim_geography": table_of("dim_geography", geographies),
        "bridge_neighbour": table_of(
            "bridge_neighbour",
            [
                {
                    "geography_code": "E08000035",
                    "model": "2025",
                    "neighbour_rank": 1,
                    "neighbour_code": "E08000032",
                    "closeness": "close",
                }
            ],
        ),
        "bridge_geography_predecessor": table_of("bridge_geography_predecessor", []),
    }


TIMINGS = {"compare": 1.5}


def publish_tiny(
    settings: Settings, audience: Audience = "public", tables: dict[str, pl.DataFrame] | None = None
) -> VersionInfo:
    """Publish the tiny tables (or the ones given) and return what was published."""
    return publish_version(
        settings, tables or tiny_tables(), audience=audience, fingerprint="tiny", code_version="test", timings=TIMINGS
    )
