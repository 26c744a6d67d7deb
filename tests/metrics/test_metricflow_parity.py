"""MetricFlow, in process, computes every metric from the same definitions; the compiled measures must agree with it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from tests.metrics.spec_returns import load_specs

pytestmark = pytest.mark.slow
METRICS = [spec.metric for spec in load_specs()]
COUNTRY = "S99900001"
Values = dict[tuple[Any, ...], float]


@pytest.fixture(scope="module")
def engine(dbt_target: Path) -> MetricFlowEngine:
    manifest = parse_manifest_from_dbt_generated_manifest((dbt_target / "semantic_manifest.json").read_text())
    # It is asked for SQL only, which our own connection runs.
    client = SimpleNamespace(sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer())
    return MetricFlowEngine(SemanticManifestLookup(manifest), client)  # type: ignore[arg-type]


@pytest.mark.parametrize("metric", METRICS)
def test_metricflow_recomputes_areas_and_breakdowns(
    metric: str, engine: MetricFlowEngine, warehouse: duckdb.DuckDBPyConnection
) -> None:
    cuts = warehouse.execute(
        "SELECT breakdown_1, breakdown_2, linked_return IS NOT NULL FROM int_returns__metric_breakdowns "
        "WHERE metric_id = ?",
        [metric],
    ).fetchall()
    assert len(cuts) >= 3
    for first, second, is_linked in cuts:
        dimensions = [each for each in (first, second) if each != "total"]
        theirs = _by_metricflow(engine, warehouse, metric, ["area", *dimensions])
        ours = _compiled(warehouse, metric, first, second)
        assert ours or is_linked
        # A linked breakdown is not given where the other return has not come; MetricFlow counts all of it as unknown.
        wanted = {key: value for key, value in theirs.items() if key in ours or not is_linked}
        assert ours == pytest.approx(wanted, rel=1e-12), (first, second)


@pytest.mark.parametrize("metric", METRICS)
def test_metricflow_recomputes_the_country(
    metric: str, engine: MetricFlowEngine, warehouse: duckdb.DuckDBPyConnection
) -> None:
    theirs = _by_metricflow(engine, warehouse, metric, [])
    rows = warehouse.execute(
        "SELECT f.period_end, f.base * f.numerator / coalesce(f.denominator, 1) FROM (FROM int_returns__history "
        "JOIN int_returns__metrics USING (metric_id)) f WHERE metric_id = ? AND geography_code = ? "
        "AND breakdown_1 = 'total' AND known_to IS NULL",
        [metric, COUNTRY],
    ).fetchall()
    assert {(day,): value for day, value in rows} == pytest.approx(theirs, rel=1e-12)


def _by_metricflow(
    engine: MetricFlowEngine, con: duckdb.DuckDBPyConnection, metric: str, group_by: list[str]
) -> Values:
    """Value by last day of the period and then what it is grouped by; without those that divide by nobody."""
    names = {item.name: item.dunder_name for item in engine.simple_dimensions_for_metrics([metric])}
    request = MetricFlowQueryRequest.create(
        metric_names=[metric],
        group_by_names=["metric_time", *(names.get(each, each) for each in group_by)],
        where_constraints=[f"{{{{ Dimension('{names['is_current']}') }}}} = true"],
    )
    sql = engine.explain(request).sql_statement.sql
    columns = ["CAST(metric_time__day AS DATE)", *(names.get(each, each) for each in group_by), metric]
    base = con.execute("SELECT base FROM int_returns__metrics WHERE metric_id = ?", [metric]).fetchall()[0][0]
    rows = con.execute(f"SELECT {', '.join(columns)} FROM ({sql})").fetchall()
    return {row[:-1]: base * row[-1] for row in rows if row[-1] is not None}


def _compiled(con: duckdb.DuckDBPyConnection, metric: str, first: str, second: str) -> Values:
    rows = con.execute(
        "SELECT f.period_end, f.geography_code, f.value_1, f.value_2, f.value FROM fct_metric f "
        "JOIN dim_geography g USING (geography_code) WHERE f.metric_id = ? AND f.breakdown_1 = ? "
        "AND f.breakdown_2 = ? AND g.level = 'la' AND f.known_to IS NULL AND f.value IS NOT NULL",
        [metric, first, second],
    ).fetchall()
    dimensions = sum(each != "total" for each in (first, second))
    return {(*row[:2], *row[2 : 2 + dimensions]): row[4] for row in rows}
