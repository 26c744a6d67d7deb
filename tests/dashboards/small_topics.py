"""Rows of small England for the topic pages, by hand: inspections, waits of boards, placements, groups of children."""

import calendar
from datetime import date

import numpy as np
import polars as pl

from pipelines.comparison.intervals import wilson
from pipelines.publish.tables import TABLES
from pipelines.settings import PROJECT_ROOT
from tests.dashboards.places import CITY, CUMBRIA, ENGLAND, KENT, LEEDS, RUTLAND

BOARDS = ("E54000054", "E54000048", "E54000050", "E54000032")
# Metric, area, groups with (met, of) in 2024.
GROUPS = {
    ("sex", LEEDS): {"female": (300, 400), "male": (200, 400)},
    ("sex", KENT): {"female": (50, 100), "male": (52, 100)},
    ("sex", RUTLAND): {"female": (10, 12), "male": (20, 40)},
    ("sex", CITY): {"female": (5, 6), "male": (4, 6)},
    ("sex", ENGLAND): {"female": (5000, 10000), "male": (5100, 10000)},
    ("ethnicity", LEEDS): {"asian_indian": (2, 100), "white_british": (900, 1000), "mixed_other": (10, 12)},
    ("ethnicity", ENGLAND): {"asian_indian": (400, 900), "white_british": (4000, 9000), "mixed_other": (300, 700)},
}
# First day, area, what was found.
INSPECTED = {
    (date(2019, 3, 4), LEEDS): {"area_send_statement_of_action": 1, "area_send_significant_weaknesses_count": 3},
    (date(2019, 3, 18), CUMBRIA): {"area_send_statement_of_action": 0},
    (date(2023, 5, 15), LEEDS): {"area_send_outcome": 2},
}
# All placements, and by sex; Kent has a tenth of them, England a hundred times as many.
PLACEMENTS = {("sex", "female"): 30, ("sex", "male"): 90, ("total", "total"): 120}
# Some boards apart; ten more close to England's two fifths, from which the usual difference is learnt.
WAITING = {BOARDS[0]: (300, 600), BOARDS[1]: (450, 600), BOARDS[2]: (100, 400), ENGLAND: (20000, 50000)}
WAITING |= {f"E540000{number}": (190 + number % 5 * 5, 500) for number in (10, 11, 13, 18, 19, 22, 23, 24, 25, 26)}


def topic_catalogue(common: dict[str, object]) -> list[dict[str, object]]:
    """Rows of dim_metric, over the columns that small England's metrics share."""
    share = {"unit": "percent", "decimals": 1, "polarity": "lower_better"}
    count = {
        "unit": "count",
        "decimals": 0,
        "polarity": "neutral",
        "stat_method": "none",
        "interval_reason": "a number",
    }
    found = count | {"unit": "category", "geography_basis": "none", "period_type": "day", "theme": "Area inspections"}
    month = {"geography_basis": "icb", "period_type": "month", "theme": "Health services"}
    own: dict[str, dict[str, object]] = {
        "area_send_statement_of_action": found | {
            "label": "Written statement of action required", "value_labels": '{"0": "Not required", "1": "Required"}'},
        "area_send_significant_weaknesses_count": found | {"label": "Significant weaknesses", "unit": "count"},
        "area_send_outcome": found | {
            "label": "Outcome of the area SEND inspection", "value_labels": '{"2": "Inconsistent experiences"}'},
        "slt_waiting_count": count | month | {"label": "Children waiting for speech and language therapy"},
        "slt_wait_over18wk_pct": share | month | {"label": "Children waiting over 18 weeks for therapy"},
        "ap_la_funded_placements_count": count | {
            "label": "Placements the local authority pays for", "family": "alternative_provision",
            "theme": "Placements", "period_type": "january_census"},
    }  # fmt: skip
    return [
        common
        | {
            "family": "outcomes_experiences",
            "description": "For tests.",
            "metric_id": metric,
            "short_label": row["label"],
        }
        | row
        for metric, row in own.items()
    ]


def topic_figures(blank: dict[str, object]) -> pl.DataFrame:
    """Rows of fct_metric, over the columns of a figure that small England's share."""
    rows: list[dict[str, object]] = []

    def add(metric: str, area: str, start: date, end: date, kind: str, basis: str, **given: object) -> None:
        rows.append(
            blank
            | {"metric_id": metric, "geography_code": area, "period_start": start, "period_end": end,
               "period_type": kind, "geography_basis": basis}
            | given
        )  # fmt: skip

    for (breakdown, area), groups in GROUPS.items():
        for group, (met, size) in groups.items():
            given = {"breakdown_1": breakdown, "value_1": group} | _share(met, size)
            add("ehc_20wk_pct", area, date(2024, 1, 1), date(2024, 12, 31), "calendar_year", "maintaining_la", **given)
    for (day, area), findings in INSPECTED.items():
        for metric, value in findings.items():
            add(metric, area, day, day, "day", "none", value=float(value))
    for year in (2022, 2023):
        for (breakdown, group), number in PLACEMENTS.items():
            for area, times in ((LEEDS, 1), (KENT, 0.1), (ENGLAND, 100)):
                day = date(year, 1, 19)
                given = {"breakdown_1": breakdown, "value_1": group, "value": float(number * times)}
                add("ap_la_funded_placements_count", area, day, day, "january_census", "maintaining_la", **given)
    published = {"statistical_status": "published_management_information"}
    for month in (6, 7, 8):
        start, end = date(2023, month, 1), date(2023, month, calendar.monthrange(2023, month)[1])
        for board, (late, waiting) in WAITING.items():
            add("slt_waiting_count", board, start, end, "month", "icb", value=float(waiting + month), **published)
            add("slt_wait_over18wk_pct", board, start, end, "month", "icb", **_share(late, waiting), **published)
    return pl.DataFrame(rows, schema=list(TABLES["fct_metric"].columns), infer_schema_length=None)


def boards() -> pl.DataFrame:
    """bridge_la_icb from the seeds."""
    return pl.read_csv(PROJECT_ROOT / "seeds" / "geography" / "la_icb.csv")


def _share(met: int, size: int) -> dict[str, object]:
    lower, upper = wilson(np.array([met]), np.array([size]))
    return {
        "numerator": float(met), "denominator": float(size), "value": 100 * met / size, "lower": 100 * float(lower[0]),
        "upper": 100 * float(upper[0]), "interval_method": "wilson",
    }  # fmt: skip
