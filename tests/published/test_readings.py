"""What a mapping can say: rates, borrowed denominators, sums over rows, breakdowns in columns, withheld counts."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.published.periods import read_period, read_span, third_thursday_of_january
from tests.published.releases import (
    ENGLAND,
    HARTLEPOOL,
    LEEDS,
    NORTH_EAST,
    definition,
    mapping_of,
    plans_row,
    read_plans,
)

AREAS = ["geography_code", "value"]


def test_a_rate_has_a_byar_interval_and_a_plain_figure_has_none() -> None:
    mapping = mapping_of(
        {"id": "appeal_rate", "numerator": ["appeals"], "denominator": ["plans"], "base": 1000},
        {"id": "spend", "value": "millions", "multiply": 1_000_000},
    )
    rows = [plans_row(LEEDS, appeals="10", plans="2,000", millions="1.5")]
    known = {"appeal_rate": definition("rate_per_1000"), "spend": definition("gbp")}
    figures, _, _ = read_plans(mapping, rows, known)
    rate, spend = figures.rows(named=True)
    # Byar by hand for 10 events: 4.79 to 18.39, of 2,000.
    assert (rate["value"], rate["interval_method"]) == (5.0, "byar")
    assert (rate["lower"], rate["upper"]) == pytest.approx((2.39, 9.20), abs=0.005)
    assert (spend["value"], spend["lower"], spend["interval_method"]) == (1_500_000, None, "none")


def test_columns_are_added_and_subtracted() -> None:
    metric = {"id": "elsewhere", "numerator": ["plans", "-school"], "denominator": ["plans"]}
    figures, _, _ = read_plans(mapping_of(metric), [plans_row(LEEDS, plans="80", school="60")])
    assert figures.select("numerator", "value", "source_column").row(0) == (20, 25, "plans - school / plans")


def test_a_symbol_in_one_of_the_added_columns_is_the_reason_of_the_sum() -> None:
    metric = {"id": "share", "numerator": ["a", "b"], "denominator": ["plans"]}
    figures, _, _ = read_plans(mapping_of(metric), [plans_row(LEEDS, plans="80", a="60", b="c")])
    assert figures.select("value", "status").row(0) == (None, "suppressed")


def test_sums_over_rows_are_totals_and_an_area_without_the_rows_gets_the_reason() -> None:
    metric = {
        "id": "known_sex", "numerator": ["ceased"], "denominator": ["plans"],
        "sum_over": {"breakdown": "sex", "values": ["female", "male"]},
    }  # fmt: skip
    rows = [
        plans_row(LEEDS, ceased="9", plans="99"),
        plans_row(LEEDS, "Female", ceased="2", plans="10"),
        plans_row(LEEDS, "Male", ceased="3", plans="10"),
        plans_row(LEEDS, "Unknown", ceased="4", plans="10"),
        plans_row(NORTH_EAST, ceased="1", plans="9"),
        plans_row(HARTLEPOOL, ceased="1", plans="9"),
        plans_row(HARTLEPOOL, "Female", ceased="1", plans="4"),
        plans_row(HARTLEPOOL, "Male", ceased="c", plans="5"),
    ]
    figures, table, reading = read_plans(mapping_of(metric), rows)
    assert figures.select("geography_code", "numerator", "denominator", "value", "status", "breakdown_1").rows() == [
        (HARTLEPOOL, None, 9, None, "suppressed", "total"),
        (LEEDS, 5, 20, 25, "shown", "total"),
        (NORTH_EAST, None, None, None, "unavailable", "total"),
    ]
    # The rows that were added are used; the total and the unknown ones are not.
    assert (table.read, sum(reading.scope_counts().values())) == (8, 4)


def test_a_total_is_not_made_without_a_row_that_was_refused() -> None:
    metric = {
        "id": "known_sex", "numerator": ["ceased"], "denominator": ["plans"],
        "sum_over": {"breakdown": "sex", "values": ["female", "male"]},
    }  # fmt: skip
    whole = [
        plans_row(LEEDS, "Female", ceased="2", plans="10"),
        plans_row(LEEDS, "Male", ceased="3", plans="10"),
        plans_row(HARTLEPOOL, "Female", ceased="1", plans="4"),
    ]
    figures, _, _ = read_plans(mapping_of(metric), whole)
    # The publisher leaves out rows that count nobody.
    assert figures.select(AREAS).rows() == [(HARTLEPOOL, 25.0), (LEEDS, 25.0)]
    figures, _, reading = read_plans(
        mapping_of(metric), [*whole, plans_row(HARTLEPOOL, "Male", ceased="one", plans="9")]
    )
    assert reading.refused_rows == {5}
    assert figures.select(AREAS).rows() == [(HARTLEPOOL, None), (LEEDS, 25.0)]
    assert "was refused" in figures["status_reason"][0]


def test_a_denominator_is_borrowed_on_area_period_and_breakdown() -> None:
    lent = pl.DataFrame(
        [
            (LEEDS, date(2025, 1, 16), "total", "total", 200.0, None),
            (LEEDS, date(2025, 1, 16), "sex", "female", 50.0, None),
            (HARTLEPOOL, date(2025, 1, 16), "total", "total", None, "published as x: not available"),
            (ENGLAND, date(2024, 1, 18), "total", "total", 999.0, None),
        ],
        schema=["geography_code", "period_start", "breakdown_1", "value_1", "value", "status_reason"],
        orient="row",
    ).with_columns(breakdown_2=pl.lit("total"), value_2=pl.lit("total"))
    metric = {"id": "share", "numerator": ["budgets"], "denominator_from": {"metric": "plans", "dataset": "caseload"}}
    rows = [
        plans_row(LEEDS, budgets="30"),
        plans_row(LEEDS, "Female", budgets="5"),
        plans_row(HARTLEPOOL, budgets="3"),
        plans_row(ENGLAND, budgets="100"),
    ]
    figures, _, reading = read_plans(mapping_of(metric), rows, lent={("caseload", "plans"): lent})
    assert figures.select("geography_code", "value_1", "value", "status").rows() == [
        (HARTLEPOOL, "total", None, "unavailable"),
        (LEEDS, "female", 10.0, "shown"),
        (LEEDS, "total", 15.0, "shown"),
    ]
    assert reading.scope_counts() == {"no metric is mapped for rows of this kind": 1}


def test_a_breakdown_in_columns_crosses_the_breakdown_in_rows() -> None:
    mapping = mapping_of(
        {"id": "plans", "value": "all"},
        {"id": "plans", "value": "special", "breakdown": {"placement": "special_all"}},
        {"id": "plans", "value": "ap", "breakdown": {"placement": "ap_all"}, "row_breakdowns": []},
    )
    rows = [plans_row(LEEDS, all="9", special="4", ap="1"), plans_row(LEEDS, "Male", all="5", special="3", ap="1")]
    figures, _, _ = read_plans(mapping, rows, {"plans": definition("count")})
    assert set(figures.select("breakdown_1", "value_1", "breakdown_2", "value_2", "value").rows()) == {
        ("total", "total", "total", "total", 9.0),
        ("sex", "male", "total", "total", 5.0),
        ("placement", "special_all", "total", "total", 4.0),
        ("sex", "male", "placement", "special_all", 3.0),
        ("placement", "ap_all", "total", "total", 1.0),
    }


@pytest.mark.parametrize(
    ("where", "withheld"),
    [
        ({"region_code": NORTH_EAST}, {HARTLEPOOL}),
        ({"geography_code": LEEDS}, {LEEDS}),
        ({"geography_code": [LEEDS, NORTH_EAST]}, {LEEDS, NORTH_EAST}),
        ({}, {HARTLEPOOL, LEEDS, NORTH_EAST}),
    ],
)
def test_withheld_counts_are_unreliable_in_their_areas_and_period(where: dict[str, Any], withheld: set[str]) -> None:
    fault = {"columns": ["semh", "semh_pc"], "period_start": "2025-01-16", "note": "known to be wrong", **where}
    metric = {"id": "semh", "numerator": ["semh"], "denominator": ["all"], "published": "semh_pc"}
    mapping = mapping_of(metric, withheld=[fault])
    cells = {"semh": "7", "all": "10", "semh_pc": "70.0"}
    regions = {HARTLEPOOL: NORTH_EAST, LEEDS: "E12000003", NORTH_EAST: NORTH_EAST}
    rows = [
        plans_row(area, year=year, region_code=region, **cells)
        for area, region in regions.items()
        for year in ("2024", "2025")
    ]
    figures, _, _ = read_plans(mapping, rows)
    bad = figures.filter(pl.col("status") != "shown").select("geography_code", "value", "status", "status_reason")
    assert bad.rows() == [(area, None, "unreliable", "known to be wrong") for area in sorted(withheld)]
    assert figures.filter(pl.col("period_start") == date(2024, 1, 18))["value"].to_list() == [70.0] * 3


def test_a_total_may_be_withheld_and_its_parts_stay() -> None:
    fault = {"columns": ["plans"], "period_start": "2025-01-16", "totals_alone": True, "note": "the region's"}
    rows = [plans_row(LEEDS, plans="6078"), plans_row(LEEDS, "Female", plans="125")]
    figures, _, _ = read_plans(mapping_of({"id": "plans", "value": "plans"}, withheld=[fault]), rows,
                               {"plans": definition("count")})  # fmt: skip
    assert figures.select("value_1", "value", "status").rows() == [
        ("female", 125, "shown"),
        ("total", None, "unreliable"),
    ]


def test_a_denominator_may_stand_in_another_row_of_the_area_and_period() -> None:
    metric = {
        "id": "ap", "numerator": ["plans"], "denominator": ["plans"], "where": {"kind": "AP"},
        "denominator_where": {"kind": "Total"}, "published": "pc",
    }  # fmt: skip
    rows = [
        plans_row(LEEDS, kind="AP", plans="3", pc="6.0"),
        plans_row(LEEDS, kind="Total", plans="50", pc="100"),
        plans_row(LEEDS, year="2024", kind="AP", plans="9", pc="22.5"),
        plans_row(LEEDS, year="2024", kind="Total", plans="40", pc="100"),
        plans_row(HARTLEPOOL, kind="AP", plans="1", pc="x"),
        plans_row(HARTLEPOOL, kind="Total", plans="c", pc="100"),
        plans_row(NORTH_EAST, kind="AP", plans="4", pc="8.0"),
        plans_row(NORTH_EAST, kind="Special", plans="5", pc="10.0"),
    ]
    figures, _, reading = read_plans(mapping_of(metric), rows)
    wanted = ["geography_code", "numerator", "denominator", "value", "status", "quality_flags"]
    assert figures.select(wanted).rows() == [
        (HARTLEPOOL, 1, None, None, "suppressed", ""),
        (LEEDS, 9, 40, 22.5, "shown", ""),
        (LEEDS, 3, 50, 6.0, "shown", ""),
        (NORTH_EAST, 4, None, 8.0, "shown", "published_without_counts"),
    ]
    assert figures["source_column"].unique().to_list() == ["plans / plans where kind is Total"]
    assert reading.scope_counts() == {"no metric is mapped for rows of this kind": 1}


@pytest.mark.parametrize(
    ("text", "identifier", "kind", "start", "end", "mark"),
    [
        ("2024", "Calendar year", "calendar_year", "2024-01-01", "2024-12-31", ""),
        ("202425", "Academic year", "academic_year", "2024-09-01", "2025-08-31", ""),
        ("2024/25", None, "academic_year", "2024-09-01", "2025-08-31", ""),
        ("2024-2025", None, "academic_year", "2024-09-01", "2025-08-31", ""),
        ("2025", None, "academic_year", "2024-09-01", "2025-08-31", ""),
        ("199900", "Academic year", "academic_year", "1999-09-01", "2000-08-31", ""),
        ("202425", "Financial year", "financial_year", "2024-04-01", "2025-03-31", ""),
        ("2024-25 (OT)", None, "financial_year", "2024-04-01", "2025-03-31", "outturn"),
        ("2025 (Prov)", None, "calendar_year", "2025-01-01", "2025-12-31", "provisional"),
        ("2025", "Calendar year", "january_census", "2025-01-16", "2025-01-16", ""),
        ("202425", "Academic year", "january_census", "2025-01-16", "2025-01-16", ""),
    ],
)
def test_time_codes_become_typed_periods(
    text: str, identifier: str | None, kind: str, start: str, end: str, mark: str
) -> None:
    period = read_period(text, identifier, kind)  # type: ignore[arg-type]
    assert period is not None
    assert (str(period.start), str(period.end), period.type, period.mark) == (start, end, kind, mark)


@pytest.mark.parametrize(
    ("text", "identifier", "kind"),
    [
        ("202426", "Academic year", "academic_year"),
        ("202425", "Calendar year", "calendar_year"),
        ("2024", "Week 12", "calendar_year"),
        ("2024", "Financial year", "academic_year"),
        ("0", None, "academic_year"),
        ("24", None, "academic_year"),
        ("2024 (guess)", None, "academic_year"),
        ("٢٠٢٤", None, "calendar_year"),
        ("2024", None, "month"),
    ],
)
def test_a_code_that_cannot_be_a_period_of_its_type_is_not_guessed_at(
    text: str, identifier: str | None, kind: str
) -> None:
    assert read_period(text, identifier, kind) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "kind", "is_one"),
    [
        ("2024-01-01", "31/12/2024", "calendar_year", True),
        ("2024-01-02", "2024-12-31", "calendar_year", False),
        ("2023-04-01", "2024-03-30", "financial_year", False),
        ("2023-09-04", "2024-07-21", "academic_year", False),
        ("2023-08-28", "2024-07-31", "academic_year", True),
        ("2024-02-01", "2024-02-29", "month", True),
        ("2024-01-15", "2024-02-12", "month", False),
        ("2024-04-01", "2024-06-30", "quarter", True),
        ("2024-02-01", "2024-04-30", "quarter", False),
        ("2023-07-01", "2024-06-30", "reporting_year", True),
        ("2023-07-02", "2024-07-01", "reporting_year", False),
        ("2024-01-18", "2024-01-19", "day", False),
    ],
)
def test_two_days_are_a_period_only_where_they_are_its_first_and_last(
    first: str, last: str, kind: str, is_one: bool
) -> None:
    assert (read_span(first, last, kind) is not None) == is_one  # type: ignore[arg-type]


def test_census_day_is_the_third_thursday() -> None:
    days = [third_thursday_of_january(year) for year in (2022, 2024, 2025, 2026)]
    assert days == [date(2022, 1, 20), date(2024, 1, 18), date(2025, 1, 16), date(2026, 1, 15)]
