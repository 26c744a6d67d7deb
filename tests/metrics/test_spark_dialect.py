"""Every model compiles for a Spark target and is Spark SQL."""

import re
from pathlib import Path

import pytest
import sqlglot
from dbt.cli.main import dbtRunner

from pipelines.defs import dbt_build
from pipelines.settings import Settings
from tests.metrics.spark_target import install

pytestmark = pytest.mark.slow
# What Spark does not have, whatever its parser may let through.
DUCKDB_ONLY = ("date_sub('year'", "date_diff(", "read_parquet", "string_agg", "exclude (", "qualify ", "::")


def test_every_model_compiles_for_spark_and_parses_as_spark(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    for name, value in dbt_build.variables(settings).items():
        monkeypatch.setenv(name, value)
    options = ["--project-dir", str(dbt_build.DBT_PROJECT), "--profiles-dir", str(tmp_path), "--no-introspect"]
    outcome = dbtRunner().invoke(
        ["--quiet", "--no-populate-cache", "compile", "--target-path", str(tmp_path / "target"), *options]
    )
    assert outcome.success, outcome.exception or [r.message for r in outcome.result if r.status == "error"]
    compiled = {r.node.name: r.node.compiled_code for r in outcome.result if r.node.resource_type == "model"}
    models = {path.stem for path in (dbt_build.DBT_PROJECT / "models").rglob("*.sql")}
    # What has no table of its own is compiled as a part of what reads it.
    inside = {name for sql in compiled.values() for name in re.findall(r"__dbt__cte__(\w+)", sql)}
    assert set(compiled) | inside == models
    for name, sql in compiled.items():
        parsed = sqlglot.parse_one(sql, read="spark")
        assert parsed.find(sqlglot.exp.Select), name
        assert not [word for word in DUCKDB_ONLY if word in sql.lower()], name
