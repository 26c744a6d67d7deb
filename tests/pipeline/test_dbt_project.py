"""Rules of the dbt project, read from its manifest: described, tested, under contract."""

from typing import Any

import pytest

from pipelines.publish.tables import TABLES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def test_every_model_says_what_it_is_and_so_does_every_column_it_names(manifest: dict[str, Any]) -> None:
    assert [model["name"] for model in models(manifest) if not model["description"]] == []
    columns = [(model["name"], column) for model in models(manifest) for column in model["columns"].values()]
    assert [(name, column["name"]) for name, column in columns if not column["description"]] == []


def test_every_mart_and_every_fact_that_a_metric_counts_is_tested(manifest: dict[str, Any]) -> None:
    # What stands between is seen by their tests; keys of staged rows were proved when a return or release came in.
    tested = {
        parent
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        for parent in node["depends_on"]["nodes"]
    }
    counted = {model for each in manifest["semantic_models"].values() for model in each["depends_on"]["nodes"]}
    asked = [model for model in models(manifest) if "marts" in model["fqn"] or model["unique_id"] in counted]
    assert len(asked) > len(counted) > 0
    assert [model["name"] for model in asked if model["unique_id"] not in tested] == []


def test_tests_read_as_sentences(manifest: dict[str, Any]) -> None:
    # A failure is told as "Not so: every figure has a defined metric"; dbt names generic tests of one column itself.
    names = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    generic = ("unique_", "not_null_")
    assert [name for name in sorted(names) if not name.startswith(("assert_", *generic))] == []


def test_marts_are_the_published_tables_under_an_enforced_contract(manifest: dict[str, Any]) -> None:
    marts = {model["name"]: model for model in models(manifest) if "marts" in model["fqn"]}
    assert set(marts) == set(TABLES) - {"fct_comparison"}
    for name, model in marts.items():
        assert model["contract"]["enforced"], name
        declared = {column["name"]: column["data_type"].upper() for column in model["columns"].values()}
        assert declared == TABLES[name].columns, name
