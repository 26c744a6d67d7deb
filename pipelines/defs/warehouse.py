"""The marts, built by dbt, and the check of the figures against their contract."""

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from pipelines.defs.dbt_build import NodeOutcome, build, load_manifest
from pipelines.defs.published_figures import FIGURES
from pipelines.fingerprint import published_receipts
from pipelines.progress import RunLog
from pipelines.settings import Settings

FCT_METRIC = dg.AssetKey("fct_metric")
_PROBLEMS_SHOWN = 20


class OneUpstream(DagsterDbtTranslator):
    """Every dbt source is something that `published_figures` lays down."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return FIGURES
        return dg.AssetKey(dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return "warehouse"


def read_warehouse(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The warehouse, read-only and in bounded memory: what does not fit is sorted on disk."""
    return duckdb.connect(str(settings.warehouse_path), read_only=True, config={"memory_limit": "800MB", "threads": 2})


def definitions(settings: Settings, log: RunLog) -> dg.Definitions:
    """The dbt project as assets, its tests as checks, and the Great Expectations suite as a check."""
    translator = OneUpstream()

    @dbt_assets(manifest=load_manifest(settings), dagster_dbt_translator=translator, name="warehouse")
    def warehouse(context: dg.AssetExecutionContext) -> Iterator[Any]:
        with log.step("Modelling figures and testing the model"):
            # Or a failure here would point at what an earlier run found.
            shutil.rmtree(settings.warehouse_dir / "gx", ignore_errors=True)
            outcomes = build(settings)
        checks = {key.name: key for key in context.selected_asset_check_keys}
        for node in outcomes:
            if node.resource_type == "test" and node.name in checks:
                yield dg.AssetCheckResult(
                    asset_key=checks[node.name].asset_key,
                    check_name=node.name,
                    passed=node.passed,
                    metadata={"message": node.message},
                )
            elif node.resource_type in ("model", "seed") and node.passed:
                yield dg.MaterializeResult(asset_key=dg.AssetKey(node.name), metadata={"seconds": node.seconds})
        failed = [node for node in outcomes if not node.passed and node.message != "skipped"]
        if failed:
            log.problems += [_sentence(settings, node) for node in failed[:_PROBLEMS_SHOWN]]
            raise dg.Failure(f"{len(failed)} dbt node(s) failed: {', '.join(node.name for node in failed)}")

    @dg.asset_check(asset=FCT_METRIC, blocking=True)
    def figures_keep_their_contract() -> dg.AssetCheckResult:
        """data_contracts/published/figure.odcs.yaml, as Great Expectations, on every published figure landed."""
        if not published_receipts(settings):
            return dg.AssetCheckResult(passed=True, metadata={"expectations": 0})
        with log.step("Checking figures against their contract"):
            from pipelines.contracts.figure_contract import load_figure_contract
            from pipelines.contracts.figure_suite import check_figures

            outcome = check_figures(settings.warehouse_path, load_figure_contract(), settings.warehouse_dir / "gx")
        log.problems += outcome.failures[:_PROBLEMS_SHOWN]
        return dg.AssetCheckResult(
            passed=outcome.success,
            metadata={"expectations": outcome.expectations, "failures": outcome.failures, "docs": str(outcome.docs)},
        )

    return dg.Definitions(assets=[warehouse], asset_checks=[figures_keep_their_contract])


def _sentence(settings: Settings, node: NodeOutcome) -> str:
    if node.resource_type != "test" or not node.failing_rows:
        return f"{node.name}: {node.message}"
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        result = con.execute(f"SELECT * FROM ({node.failing_rows}) LIMIT 3")
        rows = [", ".join(map(str, row)) for row in result.fetchall()]
    claim = node.name.removeprefix("assert_").replace("_", " ")
    return f"Not so: {claim}. {node.message}. For example: {'; '.join(rows)}"
