"""Great Expectations over tables of a DuckDB file, with Data Docs. Importing this module takes seconds."""

import logging
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

# Read by Great Expectations while it is imported. Its type stubs export nothing, so it is imported untyped.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
gx: Any = import_module("great_expectations")
gxe: Any = import_module("great_expectations.expectations")
# Registers `duckdb` with SQLAlchemy.
import_module("pipelines.contracts.duckdb_dialect")
# It warns once a column that it has no module of types for our dialect; the types it falls back on are the right ones.
logging.getLogger("great_expectations").setLevel(logging.ERROR)

_LIMITS = "memory_limit=800MB&threads=2"


def run_expectations(
    database: Path, expectations: Mapping[str, Sequence[Any]], docs_dir: Path, name: str, result_format: dict[str, Any]
) -> list[Any]:
    """Run expectations, by the table they are of, in one checkpoint on a DuckDB file that is opened read-only.

    Returns the result of each expectation and writes Data Docs to `docs_dir`.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    for site in list(context.list_data_docs_sites()):
        context.delete_data_docs_site(site)
    context.add_data_docs_site(
        site_name=name,
        site_config={
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs_dir)},
        },
    )
    source = context.data_sources.add_sql(name, connection_string=f"duckdb:///{database.as_posix()}?{_LIMITS}")
    validations = []
    for table, expected in expectations.items():
        title = f"{name} {table}"
        batch = source.add_table_asset(title, table_name=table).add_batch_definition_whole_table("all")
        suite = context.suites.add(gx.ExpectationSuite(name=title, expectations=list(expected)))
        validation = gx.ValidationDefinition(name=title, data=batch, suite=suite)
        validations.append(context.validation_definitions.add(validation))
    checkpoint = gx.Checkpoint(
        name=name,
        validation_definitions=validations,
        actions=[gx.checkpoint.UpdateDataDocsAction(name="docs")],
        result_format=result_format,
    )
    outcome = context.checkpoints.add(checkpoint).run()
    source.get_execution_engine().close()
    source.get_engine().dispose()
    return [result for run in outcome.run_results.values() for result in run.results]
