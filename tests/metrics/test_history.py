"""What was known when, and what a figure was counted from."""

import duckdb
import numpy as np
import pytest

from pipelines.comparison.intervals import byar, wilson
from tests.metrics.conftest import GENERATED
from tests.metrics.test_definitions import METRICS

pytestmark = pytest.mark.slow
WORDS = {"interval_reason", "key_reason", "standard_label", "standard_value", "caveats", "headline_order"}


def test_a_later_return_supersedes_and_saying_the_same_again_does_not(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "SELECT CAST(known_from AS VARCHAR), CAST(known_to AS VARCHAR), numerator, denominator FROM fct_metric "
        "WHERE metric_id = 'ehc_20wk_pct' AND geography_code = 'S99000001' AND release_id = 'sen2_2024' "
        "AND breakdown_1 = 'total' ORDER BY known_from"
    ).fetchall()
    # Received on the 4th, again alike on the 5th, and with no late plan on the 6th.
    assert rows == [
        ("2024-03-04 09:00:00", "2024-03-06 09:00:00", 3.0, 4.0),
        ("2024-03-06 09:00:00", None, 4.0, 4.0),
    ]


def test_a_country_is_the_sum_of_who_has_returned_and_says_so(warehouse: duckdb.DuckDBPyConnection) -> None:
    country = warehouse.execute(
        "SELECT numerator, denominator, quality_flags, receipt_id, receipt_set_id FROM fct_metric "
        "WHERE metric_id = 'plans_mainstream_pct' AND geography_code = 'S99900001' AND release_id = 'sen2_2025' "
        "AND breakdown_1 = 'total' AND known_to IS NULL"
    ).fetchone()
    areas = warehouse.execute(
        "SELECT sum(f.numerator), sum(f.denominator) FROM fct_metric f JOIN dim_geography g USING (geography_code) "
        "WHERE f.metric_id = 'plans_mainstream_pct' AND g.level = 'la' AND f.release_id = 'sen2_2025' "
        "AND f.breakdown_1 = 'total' AND f.known_to IS NULL"
    ).fetchone()
    assert country is not None and country[:2] == areas
    assert country[2] == "returned_11_of_12"
    assert country[3] is None
    behind = warehouse.execute("SELECT receipt_id FROM bridge_receipt_set WHERE receipt_set_id = ?", [country[4]])
    assert len(behind.fetchall()) == 11


def test_a_sum_of_some_bodies_is_not_shown_as_the_sum_of_all(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = warehouse.execute(
        "SELECT value, status, status_reason FROM fct_metric WHERE metric_id = 'ehc_open_over_20wk_count' "
        "AND geography_code = 'S99900001' AND release_id = 'sen2_2025' AND breakdown_1 = 'total' AND known_to IS NULL"
    ).fetchone()
    assert row == (None, "unavailable", "x: 11 of 12 bodies have returned")


def test_bodies_that_have_not_returned_stay_visible(warehouse: duckdb.DuckDBPyConnection) -> None:
    counts = warehouse.execute(
        "SELECT return_name, period, status, count(*) FROM fct_returns_in WHERE period LIKE '2025%' GROUP BY ALL"
    ).fetchall()
    schools = warehouse.execute("SELECT count(*) FROM schools").fetchall()[0][0]
    assert set(counts) == {
        ("sen2", "2025", "returned", 11),
        ("sen2", "2025", "missing", 1),
        ("school_census", "2025-spring", "returned", 2),
        ("school_census", "2025-spring", "missing", schools - 2),
    }


def test_linked_figures_say_how_many_were_linked_and_wait_for_the_other_return(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "SELECT value_1, denominator, quality_flags, known_from FROM fct_metric WHERE metric_id = 'ehc_20wk_pct' "
        "AND geography_code = ? AND release_id = 'sen2_2026' AND breakdown_1 = 'free_school_meals' ORDER BY value_1",
        [GENERATED.code],
    ).fetchall()
    by_value = {row[0]: row[1] for row in rows}
    assert set(by_value) == {"eligible", "not_eligible", "unknown"}
    linked = int(100 * (1 - by_value["unknown"] / sum(by_value.values())))
    assert {row[2] for row in rows} == {f"linked_{linked}_percent"}
    census = warehouse.execute("SELECT max(known_from) FROM dim_release WHERE source = 'school_census'").fetchall()
    assert {row[3] for row in rows} == {census[0][0]}
    # Without a census of the day there is no such breakdown at all.
    none = "SELECT count(*) FROM fct_metric WHERE breakdown_1 = 'free_school_meals' AND release_id = 'sen2_2024'"
    assert warehouse.execute(none).fetchall() == [(0,)]


def test_what_the_other_return_says_of_a_child_comes_from_its_census_of_that_day(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "SELECT breakdown_1, value_1, numerator, denominator, quality_flags, CAST(known_from AS VARCHAR), known_to "
        "FROM fct_metric WHERE metric_id = 'ehc_request_refusal_pct' AND geography_code = 'S99000001' "
        "AND release_id = 'sen2_2023' AND breakdown_1 IN ('free_school_meals', 'sen_provision', 'primary_need') "
        "ORDER BY ALL"
    ).fetchall()
    # Refused were the first two, whom the census knows; the first return was gone before the census came.
    known = ("linked_40_percent", "2023-03-05 09:00:00", None)
    assert rows == [
        ("free_school_meals", "eligible", 1, 1, *known),
        ("free_school_meals", "not_eligible", 1, 1, *known),
        ("free_school_meals", "unknown", 0, 3, *known),
        ("primary_need", "asd", 1, 1, *known),
        ("primary_need", "mld", 1, 1, *known),
        ("primary_need", "unknown", 0, 3, *known),
        ("sen_provision", "ehc_plan", 1, 1, *known),
        ("sen_provision", "sen_support", 1, 1, *known),
        ("sen_provision", "unknown", 0, 3, *known),
    ]


def test_where_there_is_nobody_to_count_there_is_no_value_and_it_says_so(warehouse: duckdb.DuckDBPyConnection) -> None:
    # Of the requests of S99000005 nobody's whose child is a boy was decided on in the year.
    row = warehouse.execute(
        "SELECT numerator, denominator, value, lower, status, status_reason, interval_method FROM fct_metric "
        "WHERE metric_id = 'ehc_decision_6wk_pct' AND geography_code = 'S99000005' AND release_id = 'sen2_2025' "
        "AND value_1 = 'male' AND known_to IS NULL"
    ).fetchone()
    assert row == (0, 0, None, None, "not_applicable", "z: there is nobody to count", "none")


def test_the_model_says_of_each_metric_what_the_semantic_layer_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = {row["metric_id"]: row for row in warehouse.sql("FROM int_returns__metrics").pl().to_dicts()}
    assert set(rows) == set(METRICS)
    for metric_id, metric in METRICS.items():
        row, meta, parts = rows[metric_id], metric["config"]["meta"], metric["type_params"]
        assert (row["label"], row["description"]) == (metric["label"], metric["description"])
        assert row["numerator_measure"] == parts.get("numerator", parts.get("measure"))
        assert row["denominator_measure"] == parts.get("denominator")
        assert row["key_metric"] == meta.get("key_metric", False)
        said = meta.keys() - {"key_metric", "breakdowns", "return"}
        assert {name: row[name] for name in said} == {name: meta[name] for name in said}, metric_id
        assert all(row[name] is None for name in WORDS - said), metric_id


def test_intervals_in_sql_are_those_of_the_comparison_package(warehouse: duckdb.DuckDBPyConnection) -> None:
    for method, base, limits in (("wilson", 100, wilson), ("byar", 1000, byar)):
        rows = warehouse.execute(
            "SELECT numerator, denominator, lower, upper FROM fct_metric WHERE interval_method = ?", [method]
        ).fetchnumpy()
        assert len(rows["numerator"]) > 20
        lower, upper = limits(rows["numerator"], rows["denominator"])
        scale = base if method == "wilson" else 1
        np.testing.assert_allclose(rows["lower"], lower * scale, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(rows["upper"], upper * scale, rtol=1e-9, atol=1e-9)


def test_no_identifier_reaches_the_warehouse(warehouse: duckdb.DuckDBPyConnection) -> None:
    columns = warehouse.execute("SELECT table_name, column_name FROM information_schema.columns").fetchall()
    identifying = {"upn", "uniquelearnernumber", "surname", "forename", "postcode", "persontableid"}
    assert not [column for column in columns if column[1] in identifying]
