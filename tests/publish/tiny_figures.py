"""The hand-made rows of fct_metric behind tiny_version.py."""

from datetime import date, datetime

from pipelines.publish.tables import TABLES

RECEIPT_2024 = "2" * 64
RECEIPT_2024_CORRECTED = "3" * 64
RECEIPT_LAIT = "4" * 64

AREAS = {
    "E92000001": ("England", "national", None, None),
    "E12000003": ("Yorkshire and The Humber", "region", None, None),
    "E08000035": ("Leeds", "la", "383", "E12000003"),
    "E08000032": ("Bradford", "la", "380", "E12000003"),
    "E06000053": ("Isles of Scilly", "la", "420", "E12000009"),
}
# (numerator, denominator) of ehc_20wk_pct by year
TWENTY_WEEKS = {
    "E92000001": {2022: (32_650, 66_350), 2023: (42_222, 83_940), 2024: (39_407, 84_866)},
    "E12000003": {2022: (3_000, 6_000), 2023: (3_300, 6_600), 2024: (3_200, 7_000)},
    "E08000035": {2022: (500, 900), 2023: (400, 1_000), 2024: (100, 1_100)},
    "E08000032": {2022: (600, 800), 2023: (610, 820), 2024: (640, 900)},
}


def figure(metric_id: str, area: str, start: date, end: date, **given: object) -> dict[str, object]:
    """One row of fct_metric with every column filled; `given` replaces any of them."""
    row: dict[str, object] = dict.fromkeys(TABLES["fct_metric"].columns)
    row |= {
        "metric_id": metric_id,
        "geography_code": area,
        "geography_basis": "maintaining_la",
        "geography_vintage": "2023-04-01",
        "period_type": "calendar_year",
        "period_start": start,
        "period_end": end,
        "breakdown_1": "total",
        "value_1": "total",
        "breakdown_2": "total",
        "value_2": "total",
        "source": "ehc_plans",
        "statistical_status": "accredited_official_statistics",
        "interval_method": "none",
        "status": "shown",
        "quality_flags": "",
        "release_id": "ehc_plans_2025",
        "dataset": "timeliness",
        "receipt_id": RECEIPT_2024,
        "receipt_set_id": RECEIPT_2024,
        "known_from": datetime(2025, 6, 26, 9, 30),
        "source_file": "timeliness.csv",
        "source_row": 2,
        "source_column": "rate_20wk",
        "source_priority": 1,
    }
    return row | given


def year(number: int) -> tuple[date, date]:
    return date(number, 1, 1), date(number, 12, 31)


def figures() -> list[dict[str, object]]:
    """Rows of fct_metric: counts with intervals, a revision, a second source, each kind of value not shown."""
    rows = []
    for area, years in TWENTY_WEEKS.items():
        for line, (number, (met, due)) in enumerate(years.items(), start=2):
            share = 100 * met / due
            rows.append(
                figure(
                    "ehc_20wk_pct",
                    area,
                    *year(number),
                    numerator=met,
                    denominator=due,
                    value=share,
                    lower=share - 1,
                    upper=share + 1,
                    interval_method="wilson",
                    source_row=line,
                )
            )
    # Bradford 2024 came out as 600 of 900 and was corrected a month later.
    corrected = next(
        row for row in rows if row["geography_code"] == "E08000032" and row["period_start"] == date(2024, 1, 1)
    )
    rows.append(corrected | {"numerator": 600, "value": 100 * 600 / 900, "known_to": datetime(2025, 7, 24, 9, 30)})
    corrected |= {
        "known_from": datetime(2025, 7, 24, 9, 30),
        "receipt_id": RECEIPT_2024_CORRECTED,
        "receipt_set_id": RECEIPT_2024_CORRECTED,
        "source_file": "timeliness_corrected.csv",
    }
    lait = {
        "source": "lait",
        "source_priority": 2,
        "release_id": "lait_2025",
        "dataset": "lait_long",
        "statistical_status": "official_statistics",
        "receipt_id": RECEIPT_LAIT,
        "receipt_set_id": RECEIPT_LAIT,
        "source_file": "lait.csv",
        "source_column": "value",
        "known_from": datetime(2025, 8, 1, 9, 30),
    }
    rows.append(figure("ehc_20wk_pct", "E08000035", *year(2024), value=9.1, **lait))
    rows.append(figure("ehc_20wk_pct", "E08000035", *year(2021), value=61.0, **lait))
    rows.append(
        figure(
            "ehc_20wk_pct", "E06000053", *year(2024), status="suppressed", status_reason="published as c: suppressed"
        )
    )
    january = (date(2025, 1, 16), date(2025, 1, 16))
    for area, plans in {"E92000001": 638_745, "E08000035": 5_900, "E08000032": 6_100}.items():
        rows.append(
            figure("ehc_plans", area, *january, period_type="january_census", value=plans, source_column="plans")
        )
    rows.append(
        figure(
            "ehc_plans",
            "E06000053",
            *january,
            period_type="january_census",
            status="low",
            status_reason="published as low: rounds to zero",
        )
    )
    academic = (date(2023, 9, 1), date(2024, 8, 31))
    for area, rate in {"E92000001": 3.7, "E08000035": 2.2, "E08000032": 4.1}.items():
        rows.append(
            figure(
                "permanent_exclusion_rate_sen",
                area,
                *academic,
                period_type="academic_year",
                value=rate,
                geography_basis="school_la",
                **{**lait, "statistical_status": "official_statistics"},
            )
        )
    money = (date(2024, 4, 1), date(2025, 3, 31))
    rows.append(
        figure(
            "send_transport_cost_gbp",
            "E08000035",
            *money,
            period_type="financial_year",
            status="unavailable",
            status_reason="published as x: not available",
            **lait,
        )
    )
    rows.append(
        figure("send_transport_cost_gbp", "E92000001", *money, period_type="financial_year", value=8_116.0, **lait)
    )
    return rows
