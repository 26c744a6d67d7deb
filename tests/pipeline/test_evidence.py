"""What is said about the figures: agreements, revisions, quality, bridged years; each worked out by hand.

One build holds every case; each has an area or a year of its own, so that none sees another.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from pipelines.defs.dbt_build import build
from pipelines.intake.catalogue import write_returns_catalogue
from pipelines.published import catalogue
from pipelines.published.catalogue import load_publications, write_catalogue
from pipelines.settings import PROJECT_ROOT, Settings
from tests.pipeline.landed import BRADFORD, ENGLAND, LEEDS, figure, land

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]

IN_2024, IN_2025, CORRECTED = (
    datetime(2024, 6, 13, 9, 30), datetime(2025, 6, 26, 9, 30), datetime(2025, 7, 24, 9, 30),
)  # fmt: skip
KENT, LINCOLNSHIRE, LONDON, NORTH_EAST, NORTH_WEST = "E10000016", "E10000019", "E12000007", "E12000001", "E12000002"
CITY, CUMBRIA, CUMBERLAND, WESTMORLAND = "E09000001", "E10000006", "E06000063", "E06000064"
BOURNEMOUTH, POOLE, OLD_DORSET, BCP, DORSET = "E06000028", "E06000029", "E10000009", "E06000058", "E06000059"
NORTHAMPTONSHIRE, WEST_NORTHAMPTONSHIRE = "E10000021", "E06000062"
RECODED = {"E10000002": "E06000060", "E10000023": "E06000065", "E10000027": "E06000066"}
HIDDEN = {"value": None, "lower": None, "upper": None, "status": "suppressed", "status_reason": "published as c"}
NO_COUNTS = {"numerator": None, "denominator": None, "lower": None, "upper": None, "interval_method": "none"}
NOTE = "Leeds sent its return again"


def lait(area: str, year: int, value: float) -> dict[str, Any]:
    """The 20-week rate of an area as the other publication gives it, without counts."""
    return figure(area, year, 1, 1) | NO_COUNTS | {"source": "lait", "value": value}


def plans(area: str, year: int, value: float) -> dict[str, Any]:
    """New plans of an area, a number."""
    return figure(area, year, 1, 1) | NO_COUNTS | {"metric_id": "ehc_new_plans_count", "value": value}


def authorities(region: str, on: date) -> list[str]:
    """The codes in force on a day in a region; a later code of the same area stands for it."""
    with (PROJECT_ROOT / "seeds" / "geography" / "local_authorities.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["region_code"] == region]
    return [
        row["geography_code"]
        for row in rows
        if row["valid_from"] <= on.isoformat() and (row["valid_to"] or "9999") >= on.isoformat()
    ]


def figures_of_2024() -> list[dict[str, Any]]:
    return [
        figure(LEEDS, 2022, 40, 100), figure(LEEDS, 2021, 50, 100), figure(LEEDS, 2020, 20, 100, **HIDDEN),
        figure(BRADFORD, 2022, 30, 90), figure(BRADFORD, 2021, 45, 90),
    ]  # fmt: skip


def figures_of_2025() -> list[dict[str, Any]]:
    north_east, city = authorities(NORTH_EAST, date(2022, 12, 31)), {CITY}
    north_west = authorities(NORTH_WEST, date(2022, 12, 31))
    return [
        # Revised: 40 became 44; withheld became 20; the same share came of other counts; one said the same again.
        figure(LEEDS, 2022, 44, 100), figure(LEEDS, 2021, 50, 100), figure(LEEDS, 2020, 20, 100),
        figure(BRADFORD, 2022, 30, 90), figure(BRADFORD, 2021, 30, 60),
        # Given twice: 4 of 9 is 44.44.
        figure(KENT, 2022, 400, 900), figure(KENT, 2021, 400, 900), figure(KENT, 2020, 400, 900),
        figure(LINCOLNSHIRE, 2022, 400, 900, **HIDDEN),
        # Twelve authorities of 10 each; then one too many for the region; then one withheld.
        *(plans(code, year, 10) for code in north_east for year in (2022, 2021)),
        plans(north_east[0], 2020, 10) | HIDDEN, *(plans(code, 2020, 10) for code in north_east[1:]),
        plans(NORTH_EAST, 2022, 120), plans(NORTH_EAST, 2021, 121), plans(NORTH_EAST, 2020, 120),
        # 2,400 of 10,800 in all; the region's own row is rounded.
        *(figure(code, 2022, 200, 900) for code in north_east),
        figure(NORTH_EAST, 2022, 1, 1) | NO_COUNTS | {"value": 22.2},
        # London without the City of London: its row counts one plan more.
        *(plans(code, 2022, 1) for code in authorities(LONDON, date(2022, 12, 31)) if code not in city),
        plans(LONDON, 2022, 33),
        # Cumbria ended in 2023, but the file has a nought for those that came after it already.
        *(plans(code, 2022, 5) for code in north_west), plans(CUMBERLAND, 2022, 0), plans(WESTMORLAND, 2022, 0),
        plans(NORTH_WEST, 2022, 5.0 * len(north_west)),
        # Before the areas of today.
        figure(BOURNEMOUTH, 2017, 50, 100), figure(POOLE, 2017, 30, 50), figure(OLD_DORSET, 2017, 20, 40),
        plans(BOURNEMOUTH, 2017, 100), plans(POOLE, 2017, 50), plans(OLD_DORSET, 2017, 40),
        figure(BOURNEMOUTH, 2016, 50, 100), figure(POOLE, 2016, 30, 50, **HIDDEN), figure(OLD_DORSET, 2016, 20, 40),
        figure(BOURNEMOUTH, 2015, 50, 100), figure(POOLE, 2015, 30, 50), figure(OLD_DORSET, 2015, 20, 40),
        figure(BCP, 2015, 1, 4),
        figure(NORTHAMPTONSHIRE, 2020, 60, 200), plans(NORTHAMPTONSHIRE, 2020, 200),
        figure(CUMBRIA, 2021, 30, 90), plans(CUMBRIA, 2021, 1000),
        *(figure(code, 2018, 10, 40) for code in RECODED),
    ]  # fmt: skip


def land_every_case(settings: Settings) -> None:
    land(settings, "ehc_plans_2024", IN_2024, figures_of_2024())
    land(settings, "ehc_plans_2025", IN_2025, figures_of_2025())
    land(settings, "ehc_plans_2025", CORRECTED, [figure(KENT, 2020, 405, 900)], copy="-corrected")
    land(settings, "lait_2025", IN_2025, [
        lait(KENT, 2022, 44.4), lait(KENT, 2021, 44.5), lait(KENT, 2020, 44.4),
        lait(LEEDS, 2022, 61.0), lait(LEEDS, 2021, 50.0), lait(LINCOLNSHIRE, 2022, 44.4),
        lait(BOURNEMOUTH, 2014, 40), lait(POOLE, 2014, 50), lait(OLD_DORSET, 2014, 60),
    ])  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("evidence"))
    land_every_case(settings)
    settings.warehouse_dir.mkdir(parents=True)
    noted = {
        name: each.model_copy(
            update={"releases": [release.model_copy(update={"revision_note": NOTE}) for release in each.releases]}
        )
        for name, each in load_publications().items()
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "load_publications", lambda: noted)
        write_catalogue(settings, settings.warehouse_dir / "catalogue")
    write_returns_catalogue(settings, settings.warehouse_dir / "catalogue")
    assert [(node.name, node.message) for node in build(settings) if not node.passed] == []
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        yield con


def rows(con: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return con.execute(query, list(values)).fetchall()


def test_two_publications_agree_within_rounding_and_each_difference_says_why(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    told = {
        (area, start.year): (source, other, round(gap, 3), outcome, why)
        for area, start, source, other, gap, outcome, why in rows(
            warehouse,
            "SELECT geography_code, period_start, source, other_source, difference, outcome, explanation "
            "FROM fct_reconciliation WHERE comparison = 'sources'",
        )
    }
    assert told == {
        # 44.4 is 44.44 rounded; 44.5 is not, but may have been rounded another way.
        (KENT, 2022): ("ehc_plans", "lait", -0.044, "agrees", None),
        (KENT, 2021): ("ehc_plans", "lait", 0.056, "differs", "Rounded differently"),
        # The correction made it 45; the other publication still has what was said before.
        (KENT, 2020): (
            "ehc_plans", "lait", -0.6, "differs", "The other source still has the figure as it was before a revision",
        ),
        (LEEDS, 2022): ("ehc_plans", "lait", 17.0, "differs", "unexplained"),
        (LEEDS, 2021): ("ehc_plans", "lait", 0.0, "agrees", None),
    }  # fmt: skip


def test_authorities_add_up_to_their_region_or_it_is_said_that_they_do_not(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    told = {
        (kind, area, start.year): rest
        for kind, area, start, *rest in rows(
            warehouse,
            "SELECT comparison, geography_code, period_start, value, round(other_value, 4), areas_added, "
            "areas_missing, outcome, explanation FROM fct_reconciliation WHERE comparison <> 'sources'",
        )
    }
    # Beside what the region has, the sum of the others would be what is missing: neither it nor a difference is given.
    missing = "Not compared: local authorities that are withheld or absent: {}"
    north_west = len(authorities(NORTH_WEST, date(2022, 12, 31)))
    assert told == {
        ("sum_of_areas", NORTH_EAST, 2022): [120, 120, 12, 0, "agrees", None],
        ("sum_of_areas", NORTH_EAST, 2021): [121, 120, 12, 0, "differs", "unexplained"],
        ("sum_of_areas", NORTH_EAST, 2020): [120, None, 11, 1, "not_compared", missing.format(1)],
        ("ratio_of_areas", NORTH_EAST, 2022): [22.2, 22.2222, 12, 0, "agrees", None],
        ("sum_of_areas", LONDON, 2022): [33, None, 32, 1, "not_compared", missing.format(1)],
        ("sum_of_areas", NORTH_WEST, 2022): [5 * north_west, 5 * north_west, north_west, 0, "agrees", None],
    }
    told = rows(
        warehouse,
        "SELECT difference, difference_percent FROM fct_reconciliation WHERE outcome = 'not_compared'",
    )
    assert set(told) == {(None, None)}


def test_the_summary_counts_the_comparisons(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        "SELECT compared, agree, differ, unexplained, not_compared, round(largest_difference, 3), explanation "
        "FROM fct_reconciliation_summary WHERE comparison = 'sources'",
    )
    assert found == [(5, 2, 3, 1, 0, 17.0, "Several: see each figure")]


def test_a_revision_says_by_how_much_and_why(warehouse: duckdb.DuckDBPyConnection) -> None:
    told = {
        (area, start.year): rest
        for area, start, *rest in rows(
            warehouse,
            "SELECT geography_code, period_start, earlier_release_id, release_id, value_before, value, difference, "
            "difference_percent, change, revised_on, revision_note FROM fct_revision",
        )
    }
    assert told == {
        (LEEDS, 2022): ["ehc_plans_2024", "ehc_plans_2025", 40, 44, 4, 10, "value", IN_2025, NOTE],
        (LEEDS, 2020): ["ehc_plans_2024", "ehc_plans_2025", None, 20, None, None, "now_shown", IN_2025, NOTE],
        (BRADFORD, 2021): ["ehc_plans_2024", "ehc_plans_2025", 50, 50, 0, 0, "counts_only", IN_2025, NOTE],
        (KENT, 2020): [
            "ehc_plans_2025", "ehc_plans_2025", pytest.approx(44.4444, abs=1e-4), 45,
            pytest.approx(0.5556, abs=1e-4), pytest.approx(1.25), "value", CORRECTED, NOTE,
        ],
    }  # fmt: skip


def test_quality_counts_years_areas_revisions_and_what_is_withheld(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = {
        area: rest
        for area, *rest in rows(
            warehouse,
            "SELECT geography_code, periods_held, periods_possible, latest_period_end, newest_period_end, areas_held, "
            "revisions, figures_held, figures_suppressed, latest_release_on FROM fct_evidence_quality "
            "WHERE metric_id = 'ehc_20wk_pct' AND list_contains(?, geography_code)",
            [LEEDS, LINCOLNSHIRE, CITY, CUMBERLAND],
        )
    }
    # Somebody has each year from 2014 to 2022 but 2019; in 2022 Leeds, Bradford, Kent, Lincolnshire and twelve more.
    newest = date(2022, 12, 31)
    assert found == {
        LEEDS: [3, 8, newest, newest, 16, 2, 5, 0, date(2025, 7, 24)],
        # Withheld in the release and shown in the other publication: held.
        LINCOLNSHIRE: [1, 8, newest, newest, 16, 0, 2, 1, date(2025, 7, 24)],
        CITY: [0, 8, None, newest, 16, 0, 0, 0, date(2025, 7, 24)],
    }


def test_earlier_years_are_bridged_from_counts_amounts_or_rates(warehouse: duckdb.DuckDBPyConnection) -> None:
    told = {
        (metric, area, start.year): (round(value, 4), how, number)
        for metric, area, start, value, how, number in rows(
            warehouse,
            "SELECT metric_id, geography_code, period_start, value, bridge_method, predecessors FROM fct_bridged",
        )
    }
    rate, count = "ehc_20wk_pct", "ehc_new_plans_count"
    # Bournemouth and Poole whole and 0.1335 of Dorset: 50 + 30 + 2.67 of 100 + 50 + 5.34.
    bcp = round(100 * 82.67 / 155.34, 4)
    assert {key: row for key, row in told.items() if key[1] in (BCP, DORSET)} == {
        (rate, BCP, 2017): (bcp, "counts", 3),
        (count, BCP, 2017): (155.34, "amounts", 3),
        # Without counts the rates are weighted: 0.4692 × 40 + 0.3836 × 50 + 0.1472 × 60.
        (rate, BCP, 2014): (46.78, "rates", 3),
        (rate, DORSET, 2017): (50.0, "counts", 1),
        (count, DORSET, 2017): (34.66, "amounts", 1),
        (rate, DORSET, 2016): (50.0, "counts", 1),
        (rate, DORSET, 2015): (50.0, "counts", 1),
        (rate, DORSET, 2014): (60.0, "rates", 1),
    }
    assert told[rate, WEST_NORTHAMPTONSHIRE, 2020] == (30.0, "counts", 1)
    assert told[count, WEST_NORTHAMPTONSHIRE, 2020] == (107.52, "amounts", 1)
    assert told[count, CUMBERLAND, 2021] == (570.4, "amounts", 1)
    assert told[count, WESTMORLAND, 2021] == (429.6, "amounts", 1)


def test_a_new_code_of_the_same_area_needs_no_bridge(warehouse: duckdb.DuckDBPyConnection) -> None:
    # Buckinghamshire, North Yorkshire and Somerset: districts merged into the county's area, which kept its children.
    codes = list(RECODED.values())
    assert rows(warehouse, "SELECT * FROM fct_bridged WHERE list_contains(?, geography_code)", codes) == []
    held = rows(
        warehouse,
        "SELECT geography_code, value FROM fct_metric WHERE list_contains(?, geography_code) ORDER BY 1",
        codes,
    )
    assert held == [(code, 25.0) for code in sorted(codes)]


def test_an_authority_lies_in_one_board_or_shares_itself_out(warehouse: duckdb.DuckDBPyConnection) -> None:
    boards = {
        area: dict(rows(warehouse, "SELECT icb_code, weight FROM bridge_la_icb WHERE geography_code = ?", area))
        for area in (LEEDS, WESTMORLAND, CITY)
    }
    assert boards == {
        LEEDS: {"E54000054": 1.0},
        # 108 of its 144 small areas are in Lancashire and South Cumbria, 36 in North East and North Cumbria.
        WESTMORLAND: {"E54000048": 0.75, "E54000050": 0.25},
        CITY: {"E54000029": 1.0},
    }


def test_england_is_not_compared_while_authorities_are_missing(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert rows(warehouse, "SELECT * FROM fct_reconciliation WHERE geography_code = ?", ENGLAND) == []
