"""Small hand-made releases in the layouts we read, with round numbers that can be checked in the head."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import polars as pl

from pipelines.published.geography import load_areas
from pipelines.published.mapping import Mapping
from pipelines.published.observing import Lent
from pipelines.published.reading import Reading
from pipelines.published.text_table import TextTable, read_text_table
from pipelines.published.tidy import read_tidy
from pipelines.published.vocabulary import Definition

ENGLAND, NORTH_EAST, LONDON, INNER_LONDON = "E92000001", "E12000001", "E12000007", "E13000001"
HARTLEPOOL, LEEDS, BARNSLEY, BARNSLEY_BEFORE = "E06000001", "E08000035", "E08000038", "E08000016"

PLACE = ["geographic_level", "country_code", "country_name", "region_code", "region_name",
         "new_la_code", "old_la_code", "la_name"]  # fmt: skip
MEASURES = [
    "plans_issued_den", "plans_issued_den_ex", "plans_issued_within_20_weeks", "plans_issued_20_weeks_ex",
    "pc_plans_issued_within_20_weeks", "PC_plans_issued_20_weeks_ex",
    "plans_issued_gt20weeks_ltYear_ex", "PC_plans_issued_gt20weeks_ltYear_ex",
    "plans_issued_gt_1_year_ex", "PC_plans_issued_gt_1_year_ex",
]  # fmt: skip
HEADER = ["time_period", "time_identifier", *PLACE, "breakdown_topic", "breakdown", *MEASURES]
TOTAL = "All EHC plans issued"


def timeliness_row(area: str, within: int = 30, of: int = 40, year: int = 2024, **cells: str) -> dict[str, str]:
    """A row of the timeliness file: `within` of `of` plans in 20 weeks, the rest in a year; `cells` replaces any."""
    share = f"{100 * within / of:.1f}"
    rest = f"{100 - 100 * within / of:.1f}"
    counts = dict(zip(MEASURES, [of, of, within, within, share, share, of - within, rest, 0, "0.0"], strict=True))
    return {
        "time_period": str(year),
        "time_identifier": "Calendar year",
        **place(area),
        "breakdown_topic": TOTAL,
        "breakdown": TOTAL,
        **{name: str(value) for name, value in counts.items()},
    } | cells


def place(area: str) -> dict[str, str]:
    """The geography cells of an area code, as EES files fill them."""
    areas = load_areas()
    cells = dict.fromkeys(PLACE, "") | {"country_code": ENGLAND, "country_name": "England"}
    if area == ENGLAND:
        return cells | {"geographic_level": "National"}
    name = areas.names.get(area, "Nowhere")
    if areas.levels.get(area) in ("region", "sub_region"):
        return cells | {"geographic_level": "Regional", "region_code": area, "region_name": name}
    return cells | {"geographic_level": "Local authority", "new_la_code": area, "la_name": name}


def small_release(**cells: str) -> list[dict[str, str]]:
    """Four good rows: England, a region, and two of its local authorities; `cells` changes the last, row 5."""
    return [
        timeliness_row(ENGLAND, 4_000, 8_000),
        timeliness_row(NORTH_EAST, 300, 500),
        timeliness_row(HARTLEPOOL, 30, 40),
        timeliness_row(LEEDS, 20, 80, **cells),
    ]


def csv_of(rows: Iterable[dict[str, str]], header: list[str] = HEADER) -> bytes:
    """Rows as a CSV with a byte-order mark, as the publisher writes it."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8-sig")


def mapping_of(*metrics: dict[str, Any], **fields: Any) -> Mapping:
    """A mapping over January files with the columns of `metrics`."""
    return Mapping.model_validate(
        {
            "dataset": "plans", "title": "Plans", "publication": "ehc_plans", "layout": "tidy",
            "files": ["plans*.csv"], "period": "january_census", "geography_basis": "maintaining_la",
            "totals": ["All"], "topics": {"Sex": "sex"}, "metrics": list(metrics), **fields,
        }
    )  # fmt: skip


def plans_row(area: str, label: str = "All", year: str = "2025", **cells: str) -> dict[str, str]:
    """A row of a January file with free measure columns."""
    return {
        "time_period": year,
        "time_identifier": "Academic year" if len(year) == 6 else "Calendar year",
        **place(area),
        "breakdown_topic": "All" if label == "All" else "Sex",
        "breakdown": label,
        **cells,
    }


def definition(unit: str = "percent", **fields: Any) -> Definition:
    """A definition in which only the unit matters."""
    return Definition.model_validate(
        {
            "label": "A metric", "short_label": "Metric", "family": "identification", "theme": "Plans",
            "domain_row": 4, "description": "Of plans, some.", "unit": unit, "decimals": 1,
            "polarity": "neutral", **fields,
        }
    )  # fmt: skip


def read_plans(
    mapping: Mapping,
    rows: list[dict[str, str]],
    definitions: dict[str, Definition] | None = None,
    lent: Lent | None = None,
) -> tuple[pl.DataFrame, TextTable, Reading]:
    """Read rows by a mapping; the figures come sorted by metric, area, period and breakdown."""
    header = list(dict.fromkeys(column for row in rows for column in row))
    table = read_text_table(csv_of(rows, header), "plans.csv")
    known = {metric.id: definition() for metric in mapping.metrics} | (definitions or {})
    reading = read_tidy(table, mapping, load_areas(), known, lent or {}, "plans.csv")
    figures = pl.concat(reading.figures, how="diagonal")
    return figures.sort("metric_id", "geography_code", "period_start", "value_1", "value_2"), table, reading
