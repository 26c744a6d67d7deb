"""A published version for page tests: real areas and their neighbours, made-up figures, real comparisons.

Only tests see it. Figures are drawn once from a seeded generator; what pages must show is asserted from the tables.
"""

import math
from datetime import date, datetime

import numpy as np
import polars as pl

from pipelines.comparison.build import build_comparison
from pipelines.comparison.intervals import wilson
from pipelines.comparison.period_label import period_label
from pipelines.publish.publisher import VersionInfo, publish_version
from pipelines.publish.tables import TABLES
from pipelines.settings import PROJECT_ROOT, Settings
from tests.dashboards.places import CITY, CUMBRIA, KENT, LEEDS, SCILLY, WESTMORLAND
from tests.dashboards.small_groups import group_figures
from tests.dashboards.small_topics import boards, topic_catalogue, topic_figures

SEEDS = PROJECT_ROOT / "seeds" / "geography"
RECEIPT = "a" * 64
YEARS = range(2018, 2025)
RECODED = {"E08000016": "E08000038", "E08000019": "E08000039"}
_FAMILIES = ("outcomes_experiences", "identification", "value_for_money", "alternative_provision")
_POLARITIES = ("higher_better", "lower_better", "neutral")


def geographies() -> pl.DataFrame:
    """dim_geography from the seeds."""
    read = [
        pl.read_csv(SEEDS / name, infer_schema=False).with_columns(
            pl.col("valid_from", "valid_to").str.to_date(),
            pl.col("tile_col", "tile_row").cast(pl.Int32),
            comparable=pl.col("comparable") == "true",
            is_current=pl.col("valid_to").is_null(),
        )
        for name in ("local_authorities.csv", "wider_areas.csv")
    ]
    every = pl.concat(read, how="diagonal")
    regions = every.filter(level="region").select(region_code="geography_code", region_name="name")
    return every.join(regions, on="region_code", how="left").select(list(TABLES["dim_geography"].columns))


def catalogue(measures: int) -> pl.DataFrame:
    """dim_metric: the 20-week rate, made-up shares, a count, money without counts, and one nobody publishes."""
    common = {
        "domain_row": 4, "decimals": 1, "geography_basis": "maintaining_la", "period_type": "calendar_year",
        "stat_method": "proportion_wilson", "key_metric": False, "known_breaks": "[]", "unit": "percent",
        "numerator_label": "met", "denominator_label": "new plans", "source_title": "Test publication",
    }  # fmt: skip
    rows = [
        common
        | {
            "metric_id": "ehc_20wk_pct", "label": "Plans issued within 20 weeks", "short_label": "20 weeks",
            "family": _FAMILIES[0], "theme": "Timeliness", "polarity": "higher_better", "headline_order": 1,
            "description": "Of new plans, the share issued within 20 weeks.", "key_metric": True,
            "key_reason": "a duty",
            "known_breaks": '[{"period_start": "2023-01-01", "note": "person-level collection began"}]',
            "caveats": "Exceptions are left out.", "standard_label": "limit in law", "standard_value": 100.0,
        },
        common
        | {
            "metric_id": "ehc_plans", "label": "Education, health and care plans", "short_label": "Plans",
            "family": _FAMILIES[1], "theme": "Plans", "polarity": "neutral", "unit": "count", "decimals": 0,
            "description": "Plans in force.", "stat_method": "none", "interval_reason": "a number, not a rate",
        },
        common
        | {
            "metric_id": "transport_gbp", "label": "Transport cost for each child", "short_label": "Transport",
            "family": _FAMILIES[2], "theme": "Money", "polarity": "neutral", "unit": "gbp", "decimals": 0,
            "description": "Spending on transport.", "stat_method": "none", "interval_reason": "money has no interval",
        },
        common
        | {
            "metric_id": "advice_6wk_pct", "label": "Health advice within six weeks", "short_label": "Advice",
            "family": _FAMILIES[0], "theme": "Timeliness", "polarity": "higher_better", "description": "Not published.",
        },
    ]  # fmt: skip
    for index in range(measures):
        rows.append(
            common
            | {
                "metric_id": f"share_{index:02d}_pct", "label": f"Made-up share number {index}",
                "short_label": f"Share {index}", "family": _FAMILIES[index % len(_FAMILIES)],
                "theme": f"Theme {index % 3}", "polarity": _POLARITIES[index % 3], "description": "A share for tests.",
            }
            # One that is better when high, one when low, one that is neither: areas lie on both sides of it.
            | ({"standard_label": "made-up standard", "standard_value": 50.0} if index < 3 else {})
        )  # fmt: skip
    rows += topic_catalogue(common)
    filled = [dict.fromkeys(TABLES["dim_metric"].columns) | row for row in rows]
    return pl.DataFrame(filled, schema=list(TABLES["dim_metric"].columns), infer_schema_length=None)


def figures(places: pl.DataFrame, metrics: pl.DataFrame) -> pl.DataFrame:
    """fct_metric: every status, a former area, counts for areas, regions and England."""
    random = np.random.default_rng(7)
    las = places.filter(pl.col("level") == "la")
    rows: list[dict[str, object]] = []
    for metric in metrics.iter_rows(named=True):
        if metric["metric_id"] == "advice_6wk_pct" or metric["period_type"] != "calendar_year":
            continue
        for year in YEARS:
            counts: dict[str, list[float]] = {}
            for la in las.iter_rows(named=True):
                start, end = date(year, 1, 1), date(year, 12, 31)
                # As in the warehouse, figures of an area that only changed its code stand under the code of today.
                recoded = la["geography_code"] in RECODED
                if recoded or (la["valid_from"] > end and la["geography_code"] not in RECODED.values()):
                    continue
                if la["valid_to"] and la["valid_to"] < start:
                    continue
                size = int(random.integers(200, 6000)) if la["comparable"] else 12
                met = int(random.binomial(size, min(max(0.5 + random.normal(0, 0.12), 0.02), 0.98)))
                for code in (la["geography_code"], la["region_code"], "E92000001"):
                    pair = counts.setdefault(code, [0, 0])
                    pair[0], pair[1] = pair[0] + met, pair[1] + size
            rows += [_figure(metric, code, year, *pair) for code, pair in counts.items()]
    odd = {
        (SCILLY, 2024): "suppressed",
        (CITY, 2024): "low",
        (KENT, 2022): "unavailable",
        ("E06000017", 2024): "not_applicable",
    }
    for row in rows:
        code = odd.get((str(row["geography_code"]), row["period_start"].year))  # type: ignore[attr-defined]
        if code:
            row |= {
                "status": code, "status_reason": f"published as {code}", "interval_method": "none",
                **dict.fromkeys(("value", "numerator", "denominator", "lower", "upper")),
            }  # fmt: skip
    rows += group_figures(places, metrics, _figure)
    every = pl.DataFrame(rows, schema=list(TABLES["fct_metric"].columns), infer_schema_length=None)
    return pl.concat([every, topic_figures(_blank())], how="vertical_relaxed")


def _figure(metric: dict[str, object], code: str, year: int, met: float, size: float) -> dict[str, object]:
    row = _blank() | {
        "metric_id": metric["metric_id"],
        "geography_code": code,
        "geography_basis": "maintaining_la",
        "period_type": "calendar_year",
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
    }
    if metric["unit"] == "percent":
        lower, upper = wilson(np.array([met]), np.array([size]))
        return row | {
            "numerator": met, "denominator": size, "value": 100 * met / size, "lower": 100 * float(lower[0]),
            "upper": 100 * float(upper[0]), "interval_method": "wilson",
        }  # fmt: skip
    return row | {"value": float(size) if metric["unit"] == "count" else round(6000 + 900 * math.sin(met), 0)}


def _blank() -> dict[str, object]:
    """What every figure has alike."""
    row: dict[str, object] = dict.fromkeys(TABLES["fct_metric"].columns)
    return row | {
        "geography_vintage": "2023-04-01", "breakdown_1": "total", "value_1": "total", "breakdown_2": "total",
        "value_2": "total", "source": "test", "statistical_status": "official_statistics", "interval_method": "none",
        "status": "shown", "quality_flags": "", "release_id": "test_2025", "dataset": "all", "receipt_id": RECEIPT,
        "receipt_set_id": RECEIPT, "known_from": datetime(2025, 6, 26, 9, 30), "source_file": "test.csv",
        "source_row": 2, "source_column": "value", "source_priority": 1,
    }  # fmt: skip


def evidence(facts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What is said about the figures, by hand: Leeds revised and given twice, Westmorland's years from Cumbria's."""
    leeds = facts.filter(
        pl.col("geography_code") == LEEDS,
        pl.col("metric_id") == "ehc_20wk_pct",
        pl.col("period_start") == date(2024, 1, 1),
    ).row(0, named=True)
    cumbria = facts.filter(pl.col("geography_code") == CUMBRIA, pl.col("metric_id") == "ehc_20wk_pct")
    given_twice = {"comparison": "sources", "other_source": "test", "difference": 0.5, "difference_percent": 1.0}
    quality = {
        "metric_id": "ehc_20wk_pct", "geography_code": LEEDS, "periods_held": 6, "periods_possible": 7,
        "latest_period_end": date(2024, 12, 31), "newest_period_end": date(2024, 12, 31), "areas_held": 148,
        "areas_possible": 153, "latest_release_on": date(2025, 6, 26), "next_release": "June 2026", "revisions": 2,
        "figures_held": 80, "figures_suppressed": 4, "figures_not_shown": 6, "suppressed_percent": 5.0,
    }  # fmt: skip
    summary = {
        "comparison": "sources", "metric_id": "ehc_20wk_pct", "source": "test", "other_source": "test", "compared": 10,
        "agree": 8, "differ": 2, "unexplained": 1, "not_compared": 0, "largest_difference": 0.5, "tolerance": 0.05,
        "explanation": "Several: see each figure",
    }  # fmt: skip
    held = set(TABLES["fct_metric"].columns)
    return {
        "fct_revision": _table("fct_revision", [
            {name: leeds[name] for name in TABLES["fct_revision"].columns if name in held}
            | {"revised_on": leeds["known_from"], "value_before": 10.0, "status_before": "shown", "change": "value"}
        ]),
        "fct_reconciliation": _table("fct_reconciliation", [
            {name: leeds[name] for name in TABLES["fct_reconciliation"].columns if name in held} | given_twice
            | {"other_value": leeds["value"] + 0.5, "tolerance": 0.05, "outcome": "differs", "explanation": why,
               "geography_code": code}
            for code, why in ((LEEDS, "unexplained"), (KENT, "Rounded differently"))
        ]),
        "fct_reconciliation_summary": _table("fct_reconciliation_summary", [summary]),
        "fct_evidence_quality": _table("fct_evidence_quality", [quality]),
        "fct_bridged": _table("fct_bridged", [
            {name: row[name] for name in TABLES["fct_bridged"].columns if name in held}
            | {"geography_code": WESTMORLAND, "value": row["value"], "bridge_method": "counts", "predecessors": 1,
               "weight_basis": "children aged 0 to 17", "changed_on": date(2023, 4, 1), "quality_flags": "bridged"}
            for row in cumbria.filter(pl.col("period_end") < date(2023, 1, 1)).iter_rows(named=True)
        ]),
    }  # fmt: skip


def small_england(measures: int = 12) -> dict[str, pl.DataFrame]:
    """Every table of a version."""
    places, metrics = geographies(), catalogue(measures)
    facts = figures(places, metrics)
    near = pl.read_csv(SEEDS / "neighbours.csv", infer_schema=False).with_columns(
        pl.col("neighbour_rank").cast(pl.Int32)
    )
    before = pl.read_csv(SEEDS / "predecessors.csv", infer_schema=False).select(
        "successor_code",
        "predecessor_code",
        pl.col("weight").cast(pl.Float64),
        "weight_basis",
        pl.col("changed_on").str.to_date(),
    )
    spans = facts.select("period_type", "period_start", "period_end").unique().rows()
    return {
        **evidence(facts),
        "fct_metric": facts,
        "fct_comparison": build_comparison(facts, metrics, places, near),
        "dim_metric": metrics,
        "dim_geography": places,
        "bridge_neighbour": near,
        "bridge_la_icb": boards(),
        "bridge_geography_predecessor": before,
        "dim_source": _table("dim_source", [
            {"source": "test", "publication_title": "Test publication", "publisher": "Department for Education",
             "priority": 1,
             "licence": "Open Government Licence v3.0", "statistical_status": "official_statistics"}
        ]),
        "dim_release": _table("dim_release", [
            {"receipt_id": RECEIPT, "release_id": "test_2025", "dataset": "all", "source": "test",
             "source_file": "test.csv", "published_on": date(2025, 6, 26), "known_from": datetime(2025, 6, 26, 9, 30),
             "received_at": datetime(2025, 7, 1),
             "rows_read": 10, "rows_loaded": 9, "rows_refused": 0, "rows_out_of_scope": 1, "is_seed": False}
        ]),
        "dim_period": _table("dim_period", [
            {"period_type": kind, "period_start": start, "period_end": end, "label": period_label(kind, start, end),
             "sort_key": start.isoformat(), "ees_time_period": str(start.year), "ees_time_identifier": "CY"}
            for kind, start, end in spans
        ]),
    }  # fmt: skip


def _table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    filled = [dict.fromkeys(TABLES[name].columns) | row for row in rows]
    return pl.DataFrame(filled, schema=list(TABLES[name].columns), infer_schema_length=None)


def publish_small_england(settings: Settings, measures: int = 12) -> VersionInfo:
    """Publish it as the live public version; the SYNTHETIC world takes only figures that say they are."""
    tables = small_england(measures)
    if settings.world == "synthetic":
        for name in ("fct_metric", "dim_source"):
            tables[name] = tables[name].with_columns(statistical_status=pl.lit("synthetic"))
    return publish_version(settings, tables, audience="public", fingerprint="test", code_version="test")
