"""The dbt model on a few landed figures whose history, periods and areas are worked out by hand.

One build holds every case; each case has an area or a year of its own, so that none sees another.
"""

from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from pipelines.comparison.period_label import period_label
from pipelines.defs.dbt_build import build
from pipelines.intake.catalogue import write_returns_catalogue
from pipelines.published.catalogue import write_catalogue
from pipelines.settings import Settings
from tests.pipeline.landed import BARNSLEY, BARNSLEY_BEFORE_2025, BRADFORD, ENGLAND, LEEDS, figure, land

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]

IN_2023, IN_2024 = datetime(2023, 6, 8, 9, 30), datetime(2024, 6, 13, 9, 30)
IN_2025, CORRECTED = datetime(2025, 6, 26, 9, 30), datetime(2025, 7, 24, 9, 30)
NORTHUMBERLAND = {"before_2009": "E10000022", "2009_to_2013": "E06000048", "now": "E06000057"}
CUMBRIA = "E10000006"
HIDDEN = {"value": None, "lower": None, "upper": None, "status": "suppressed", "status_reason": "published as c"}
LAIT = {"source": "lait", "statistical_status": "official_statistics", "interval_method": "none"}
FLAGGED = {"quality_flags": "small_denominator"}

# (type, first day, last day, as a page writes it, time_period and time_identifier as EES writes them)
PERIODS = [
    ("calendar_year", date(2024, 1, 1), date(2024, 12, 31), "2024", "2024", "Calendar year"),
    ("academic_year", date(2023, 9, 1), date(2024, 8, 31), "2023/24", "202324", "Academic year"),
    ("academic_year", date(1999, 9, 1), date(2000, 8, 31), "1999/00", "199900", "Academic year"),
    ("academic_year", date(2021, 9, 1), date(2024, 8, 31), "2021 to 2024", "202124", "Academic year"),
    ("financial_year", date(2024, 4, 1), date(2025, 3, 31), "2024-25", "202425", "Financial year"),
    ("january_census", date(2025, 1, 16), date(2025, 1, 16), "January 2025", "2025", "January"),
    ("term", date(2023, 9, 1), date(2023, 12, 31), "Autumn term 2023/24", "202324", "Autumn term"),
    ("term", date(2024, 1, 1), date(2024, 3, 31), "Spring term 2023/24", "202324", "Spring term"),
    ("term", date(2024, 4, 1), date(2024, 7, 31), "Summer term 2023/24", "202324", "Summer term"),
    ("month", date(2024, 3, 1), date(2024, 3, 31), "March 2024", "2024", "March"),
    ("quarter", date(2024, 1, 1), date(2024, 3, 31), "January to March 2024", "2024", "Q1"),
    ("quarter", date(2024, 10, 1), date(2024, 12, 31), "October to December 2024", "2024", "Q4"),
    ("reporting_year", date(2024, 9, 1), date(2025, 8, 31), "2025", "2025", "Reporting year"),
    ("reporting_year", date(2024, 7, 1), date(2025, 6, 30), "Year to June 2025", "2025", "Reporting year"),
    ("day", date(2024, 3, 5), date(2024, 3, 5), "5 March 2024", "2024", "Day"),
    (
        "term",
        date(2023, 9, 1),
        date(2024, 3, 31),
        "Autumn and spring terms 2023/24",
        "202324",
        "Autumn and spring term",
    ),
]


def land_every_case(settings: Settings) -> None:
    """Release 2024, 2025 and a correction of it; the 2023 release reaches us last."""
    land(
        settings,
        "ehc_plans_2024",
        IN_2024,
        [
            figure(LEEDS, 2021, 50, 100),
            figure(LEEDS, 2022, 40, 100),
            figure(BRADFORD, 2021, 61, 100),
            figure(BRADFORD, 2022, 20, 100, **HIDDEN),
            figure(LEEDS, 2020, 30, 60),
            figure(LEEDS, 2019, 30, 60),
            figure(BARNSLEY_BEFORE_2025, 2023, 55, 100),
            figure(NORTHUMBERLAND["before_2009"], 2008, 10, 40),
            figure(NORTHUMBERLAND["2009_to_2013"], 2012, 20, 40),
            figure(CUMBRIA, 2022, 33, 100),
        ],
    )
    land(
        settings,
        "ehc_plans_2025",
        IN_2025,
        [
            figure(LEEDS, 2021, 50, 100),
            figure(LEEDS, 2022, 44, 100),
            figure(LEEDS, 2023, 30, 100),
            figure(BRADFORD, 2021, 60, 100),
            figure(BRADFORD, 2022, 20, 100),
            figure(LEEDS, 2020, 15, 30),
            figure(LEEDS, 2019, 30, 60, **FLAGGED),
            figure(BARNSLEY, 2023, 55, 100),
            *(
                figure(ENGLAND, 2024, 1, 2, period_type=kind, period_start=start, period_end=end)
                for kind, start, end, *_ in PERIODS
            ),
        ],
    )
    land(settings, "ehc_plans_2025", CORRECTED, [figure(LEEDS, 2023, 33, 100)], copy="-corrected")
    land(settings, "lait_2025", IN_2025, [figure(LEEDS, 2023, 31, 100, **LAIT)])
    land(settings, "ehc_plans_2023", IN_2023, [figure(BRADFORD, 2021, 60, 100)], received_at="2026-01-31T08:00:00")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    settings = Settings(data_dir=tmp_path_factory.mktemp("model"))
    land_every_case(settings)
    settings.warehouse_dir.mkdir(parents=True)
    write_catalogue(settings, settings.warehouse_dir / "catalogue")
    write_returns_catalogue(settings, settings.warehouse_dir / "catalogue")
    assert [(node.name, node.message) for node in build(settings) if not node.passed] == []
    return duckdb.connect(str(settings.warehouse_path), read_only=True)


def history(warehouse: duckdb.DuckDBPyConnection, area: str, year: int) -> list[tuple[Any, ...]]:
    """Value, release and the two ends of what was known of one 20-week figure, in order."""
    return warehouse.execute(
        "SELECT value, release_id, known_from, known_to FROM fct_metric WHERE geography_code = ? "
        "AND period_start = ? AND period_type = 'calendar_year' AND source = 'ehc_plans' ORDER BY known_from",
        [area, date(year, 1, 1)],
    ).fetchall()


def test_saying_the_same_again_is_no_revision(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert history(warehouse, LEEDS, 2021) == [(50, "ehc_plans_2024", IN_2024, None)]


def test_a_revision_closes_the_figure_before_it(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert history(warehouse, LEEDS, 2022) == [
        (40, "ehc_plans_2024", IN_2024, IN_2025),
        (44, "ehc_plans_2025", IN_2025, None),
    ]


def test_a_correction_of_a_release_is_known_from_when_it_came(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert history(warehouse, LEEDS, 2023) == [
        (30, "ehc_plans_2025", IN_2025, CORRECTED),
        (33, "ehc_plans_2025", CORRECTED, None),
    ]


def test_an_older_release_that_arrives_last_slots_into_its_place(warehouse: duckdb.DuckDBPyConnection) -> None:
    # 60, then 61, then 60 again: only neighbours collapse, so going back to an old value is a revision.
    assert history(warehouse, BRADFORD, 2021) == [
        (60, "ehc_plans_2023", IN_2023, IN_2024),
        (61, "ehc_plans_2024", IN_2024, IN_2025),
        (60, "ehc_plans_2025", IN_2025, None),
    ]


def test_a_figure_no_longer_withheld_is_a_revision(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert history(warehouse, BRADFORD, 2022) == [
        (None, "ehc_plans_2024", IN_2024, IN_2025),
        (20, "ehc_plans_2025", IN_2025, None),
    ]


def test_the_same_percentage_of_other_counts_is_a_revision_and_another_flag_alone_is_none(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert len(history(warehouse, LEEDS, 2020)) == 2
    assert len(history(warehouse, LEEDS, 2019)) == 1


def test_what_was_known_on_a_day_is_one_figure(warehouse: duckdb.DuckDBPyConnection) -> None:
    known = {
        day: warehouse.execute(
            "SELECT list(value ORDER BY value) FROM fct_metric WHERE geography_code = ? "
            "AND period_start = '2021-01-01' AND known_from <= ? AND coalesce(known_to > ?, true)",
            [BRADFORD, day, day],
        ).fetchall()[0][0]
        for day in (date(2023, 6, 8), date(2023, 6, 9), date(2024, 6, 14), date(2026, 1, 1))
    }
    assert list(known.values()) == [None, [60], [61], [60]]


def test_figures_of_a_replaced_code_join_those_of_the_code_in_use(warehouse: duckdb.DuckDBPyConnection) -> None:
    # Barnsley was recoded in 2025, Northumberland in 2009 and again in 2013; a dissolved area keeps its own code.
    assert history(warehouse, BARNSLEY, 2023) == [(55, "ehc_plans_2024", IN_2024, None)]
    assert [history(warehouse, NORTHUMBERLAND["now"], year)[0][0] for year in (2008, 2012)] == [25, 50]
    assert history(warehouse, CUMBRIA, 2022)[0][0] == 33
    gone = [BARNSLEY_BEFORE_2025, NORTHUMBERLAND["before_2009"], NORTHUMBERLAND["2009_to_2013"]]
    query = "SELECT count(*) FROM fct_metric WHERE list_contains(?, geography_code)"
    assert warehouse.execute(query, [gone]).fetchall() == [(0,)]


def test_two_sources_of_one_figure_stand_side_by_side_in_order_of_priority(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "SELECT source, value FROM fct_metric WHERE geography_code = ? AND period_start = '2023-01-01' "
        "AND known_to IS NULL ORDER BY source_priority",
        [LEEDS],
    ).fetchall()
    assert rows == [("ehc_plans", 33), ("lait", 31)]


def test_every_kind_of_period_has_its_names(warehouse: duckdb.DuckDBPyConnection) -> None:
    named = {
        row[:3]: row[3:]
        for row in warehouse.execute(
            "SELECT period_type, period_start, period_end, label, ees_time_period, ees_time_identifier FROM dim_period"
        ).fetchall()
    }
    assert {period[:3]: named[period[:3]] for period in PERIODS} == {period[:3]: period[3:] for period in PERIODS}


def test_comparisons_call_a_period_what_dim_period_calls_it() -> None:
    # Within a sentence a term is written small.
    assert [period_label(*period[:3]) for period in PERIODS] == [period[3] for period in PERIODS]


def test_areas_are_current_comparable_and_dated(warehouse: duckdb.DuckDBPyConnection) -> None:
    codes = [BARNSLEY, BARNSLEY_BEFORE_2025, NORTHUMBERLAND["now"], CUMBRIA, "E09000001", ENGLAND]
    rows = warehouse.execute(
        "SELECT geography_code, level, is_current, comparable, valid_from, valid_to, region_name FROM dim_geography "
        "WHERE list_contains(?, geography_code)",
        [codes],
    ).fetchall()
    beginning, in_yorkshire = date(2009, 1, 1), "Yorkshire and The Humber"
    assert {row[0]: row[1:] for row in rows} == {
        BARNSLEY: ("la", True, True, beginning, None, in_yorkshire),
        BARNSLEY_BEFORE_2025: ("la", False, False, beginning, date(2025, 4, 30), in_yorkshire),
        NORTHUMBERLAND["now"]: ("la", True, True, beginning, None, "North East"),
        CUMBRIA: ("la", False, True, beginning, date(2023, 3, 31), "North West"),
        "E09000001": ("la", True, False, beginning, None, "London"),
        ENGLAND: ("national", True, True, beginning, None, None),
    }


def test_predecessors_carry_both_shares(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "SELECT successor_code, weight, share_of_predecessor, changed_on FROM bridge_geography_predecessor "
        f"WHERE predecessor_code = '{CUMBRIA}' ORDER BY successor_code"
    ).fetchall()
    # Cumberland and Westmorland and Furness each come wholly from Cumbria, which is shared out between them.
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("E06000063", 1.0, date(2023, 4, 1)),
        ("E06000064", 1.0, date(2023, 4, 1)),
    ]
    assert sum(row[2] for row in rows) == pytest.approx(1)
