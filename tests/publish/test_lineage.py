"""`explain` says how a figure was made, and says what there is when it cannot."""

import json
from datetime import date

import duckdb
import pytest

from pipelines.publish.errors import FigureNotFound
from pipelines.publish.lineage import explain
from pipelines.publish.lineage_text import as_text
from pipelines.publish.publisher import VersionInfo
from pipelines.publish.reader import open_version
from tests.publish.tiny_figures import RECEIPT_2024, RECEIPT_2024_CORRECTED


@pytest.fixture
def con(tiny: VersionInfo) -> duckdb.DuckDBPyConnection:
    return open_version(tiny.path)


def test_a_figure_is_explained_in_full(con: duckdb.DuckDBPyConnection, tiny: VersionInfo) -> None:
    made = explain(con, "ehc_20wk_pct", "E92000001", "2024")
    assert (made.numerator, made.denominator) == (39_407, 84_866)
    assert made.recomputed == pytest.approx(46.4344, abs=1e-4)
    assert made.formula.endswith("= 100 × 39,407 ÷ 84,866 = 46.4344")
    assert (made.receipt.receipt_id, made.receipt.source_row, made.receipt.source_column) == (
        RECEIPT_2024,
        4,
        "rate_20wk",
    )
    assert (made.receipt.rows_read, made.receipt.rows_loaded, made.receipt.rows_refused) == (20, 18, 1)
    assert str(made.receipt.published_on) == "2025-06-26"
    assert made.statistical_status == "accredited_official_statistics"
    assert (made.version_id, made.code_version) == (tiny.version_id, "test")


def test_the_text_holds_every_fact_a_reader_needs(con: duckdb.DuckDBPyConnection) -> None:
    text = as_text(explain(con, "ehc_20wk_pct", "E92000001", "2024"))
    for fact in (
        "England, 2024: 46.4%", "39,407", "84,866", "45.4% to 47.4% (95%, wilson)", "accredited official statistics",
        "published 2025-06-26", "timeliness.csv, row 4, column rate_20wk", RECEIPT_2024, "20 read, 18 loaded",
        "agrees with the figure held", "Open Government Licence", "person-level collection began",
    ):  # fmt: skip
        assert fact in text


def test_json_holds_the_same_and_nothing_json_cannot(con: duckdb.DuckDBPyConnection) -> None:
    plain = json.loads(json.dumps(explain(con, "ehc_20wk_pct", "E92000001", "2024").as_dict()))
    assert plain["numerator"] == 39_407
    assert plain["period"]["start"] == "2024-01-01"
    assert plain["receipt"]["published_on"] == "2025-06-26"


def test_a_corrected_figure_shows_both_values_in_order(con: duckdb.DuckDBPyConnection) -> None:
    made = explain(con, "ehc_20wk_pct", "Bradford", "2024")
    assert [(each.numerator, each.receipt_id, each.known_to is None) for each in made.revisions] == [
        (600, RECEIPT_2024, False),
        (640, RECEIPT_2024_CORRECTED, True),
    ]
    assert made.receipt.source_file == "timeliness_corrected.csv"


def test_other_sources_of_the_figure_are_named(con: duckdb.DuckDBPyConnection) -> None:
    made = explain(con, "ehc_20wk_pct", "Leeds", "2024")
    assert made.source == "ehc_plans"
    assert [(other.source, other.value) for other in made.other_sources] == [("lait", 9.1)]
    assert explain(con, "ehc_20wk_pct", "Leeds", "2024", source="lait").value == 9.1
    with pytest.raises(FigureNotFound, match="Sources that do: ehc_plans, lait"):
        explain(con, "ehc_20wk_pct", "Leeds", "2024", source="census")


def test_a_figure_is_explained_as_it_was_known_on_a_day(con: duckdb.DuckDBPyConnection) -> None:
    before, corrected = (
        explain(con, "ehc_20wk_pct", "Bradford", "2024", known_on=date(2025, 7, day)) for day in (23, 24)
    )
    assert [(each.numerator, len(each.revisions), each.revisions[-1].known_to) for each in (before, corrected)] == [
        (600, 1, None), (640, 2, None),
    ]  # fmt: skip
    # The other publication came out in August.
    assert explain(con, "ehc_20wk_pct", "Leeds", "2024", known_on=date(2025, 7, 31)).other_sources == []
    with pytest.raises(FigureNotFound, match="There is no figure of ehc_20wk_pct for Leeds"):
        explain(con, "ehc_20wk_pct", "Leeds", "2024", known_on=date(2025, 6, 25))


@pytest.mark.parametrize("area", ["E08000035", "383", "Leeds", "leeds ", "LEEDS"])
def test_an_area_is_found_by_code_or_name(con: duckdb.DuckDBPyConnection, area: str) -> None:
    assert explain(con, "ehc_20wk_pct", area, "2023").geography_code == "E08000035"


def test_an_area_is_found_by_alias_and_loosely_written_name(con: duckdb.DuckDBPyConnection) -> None:
    assert explain(con, "ehc_plans", "Scilly", "January 2025").geography_code == "E06000053"
    assert explain(con, "ehc_20wk_pct", "Yorkshire & the Humber", "2024").geography_code == "E12000003"


@pytest.mark.parametrize(
    ("metric", "period", "starts"),
    [
        ("ehc_20wk_pct", "2024", "2024-01-01"),
        ("permanent_exclusion_rate_sen", "2023/24", "2023-09-01"),
        ("permanent_exclusion_rate_sen", "2023-24", "2023-09-01"),
        ("permanent_exclusion_rate_sen", "2023/2024", "2023-09-01"),
        ("permanent_exclusion_rate_sen", "202324", "2023-09-01"),
        ("ehc_plans", "January 2025", "2025-01-16"),
        ("ehc_plans", "jan 2025", "2025-01-16"),
        ("ehc_plans", "2025-01-16", "2025-01-16"),
        ("send_transport_cost_gbp", "2024-25", "2024-04-01"),
    ],
)
def test_a_period_is_found_as_people_write_it(
    con: duckdb.DuckDBPyConnection, metric: str, period: str, starts: str
) -> None:
    assert str(explain(con, metric, "England", period).period.start) == starts


def test_a_value_that_is_not_shown_is_explained_by_its_reason(con: duckdb.DuckDBPyConnection) -> None:
    made = explain(con, "ehc_20wk_pct", "Isles of Scilly", "2024")
    assert (made.value, made.status) == (None, "suppressed")
    text = as_text(made)
    assert "2024: suppressed" in text
    assert "published as c" in text


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("ehc_20wk", "Leeds", "2024"), "no metric 'ehc_20wk'. Closest: ehc_20wk_pct"),
        (("exclusions", "Leeds", "2024"), "permanent_exclusion_rate_sen"),
        (("ehc_20wk_pct", "Leds", "2024"), "no area 'Leds'. Closest: Leeds"),
        (("ehc_20wk_pct", "999", "2024"), "Give a name, a GSS code"),
        (("ehc_20wk_pct", "Leeds", "1999"), "There is: 2021, 2022, 2023, 2024"),
        (("send_transport_cost_gbp", "Bradford", "2024-25"), "no figure of send_transport_cost_gbp for Bradford"),
        (("ehc_20wk_pct", "Leeds", "2024", {"sex": "girls"}), "with sex=girls. There is: no breakdown"),
    ],
)
def test_what_is_not_there_gets_a_clear_answer(
    con: duckdb.DuckDBPyConnection, asked: tuple[str, ...], says: str
) -> None:
    with pytest.raises(FigureNotFound) as fault:
        explain(con, *asked)
    assert says in str(fault.value)
