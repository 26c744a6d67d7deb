"""Rules of the dbt project, read from its manifest: described, tested, under contract, and sayable in Spark."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
import sqlglot
from jinja2 import Environment
from jinja2.runtime import Macro

from pipelines.defs.dbt_build import DBT_PROJECT
from pipelines.publish.tables import TABLES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]
# What dbt's own macros and variables come to for Spark, as far as the models use them.
_SPARK_TYPES = {"type_int": "int", "type_string": "string", "type_bigint": "bigint"}


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def test_every_model_says_what_it_is_and_so_does_every_column_it_names(manifest: dict[str, Any]) -> None:
    assert [model["name"] for model in models(manifest) if not model["description"]] == []
    columns = [(model["name"], column) for model in models(manifest) for column in model["columns"].values()]
    assert [(name, column["name"]) for name, column in columns if not column["description"]] == []


def test_every_model_is_tested(manifest: dict[str, Any]) -> None:
    tested = {
        parent
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        for parent in node["depends_on"]["nodes"]
    }
    assert [model["name"] for model in models(manifest) if model["unique_id"] not in tested] == []


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


def test_every_model_parses_as_spark_sql() -> None:
    environment = _as_dbt_for_spark()
    for path in sorted((DBT_PROJECT / "models").rglob("*.sql")):
        said = environment.from_string(path.read_text()).render()
        parsed = sqlglot.parse(said, read="spark", error_level=sqlglot.ErrorLevel.RAISE)
        assert [isinstance(statement, sqlglot.exp.Query) for statement in parsed] == [True], path.name
        unknown = {call.name.lower() for call in parsed[0].find_all(sqlglot.exp.Anonymous)}  # type: ignore[union-attr]
        assert unknown == set(), f"{path.name} calls {unknown}"
        # The parser reads DuckDB's word for it too; Spark does not.
        assert not re.search(r"\bexclude\s*\(", said), path.name


def _as_dbt_for_spark() -> Environment:
    """Jinja with the project's macros, each dispatched to its default, and names in place of relations."""
    environment = Environment()
    macros = environment.from_string("".join(path.read_text() for path in (DBT_PROJECT / "macros").glob("*.sql")))
    environment.globals |= {
        "ref": lambda name: name,
        "source": lambda schema, table: f"{schema}.{table}",
        "dbt": {name: (lambda kind=kind: kind) for name, kind in _SPARK_TYPES.items()},
        "return": lambda value: value,
        "adapter": SimpleNamespace(dispatch=lambda name: getattr(module, f"default__{name}")),
    }
    module = macros.make_module()
    environment.globals |= {name: macro for name, macro in vars(module).items() if isinstance(macro, Macro)}
    return environment
