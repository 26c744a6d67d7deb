"""Great Expectations from the figure contract, run on the warehouse, with Data Docs.

Importing this module takes seconds: only the pipeline's check does.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.figure_contract import FigureContract, Property, Rule

# Read by Great Expectations while it is imported. Its type stubs export nothing, so it is imported untyped.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
gx: Any = import_module("great_expectations")
gxe: Any = import_module("great_expectations.expectations")
# Registers `duckdb` with SQLAlchemy.
import_module("pipelines.contracts.duckdb_dialect")
# It warns once a column that it has no module of types for our dialect; the types it falls back on are the right ones.
logging.getLogger("great_expectations").setLevel(logging.ERROR)

_NAME = "published figures"
_EXAMPLES = 3
_PLACE = "concat(min(source_file), ', row ', min(source_row), ', column ', min(source_column))"
_LIMITS = "memory_limit=800MB&threads=2"


@dataclass(frozen=True)
class SuiteOutcome:
    """What the check found; `failures` are sentences, `docs` is the page to open."""

    success: bool
    expectations: int
    failures: list[str]
    docs: Path


def expectations_of(contract: FigureContract) -> Iterator[Any]:
    """One expectation for each thing the contract says: columns in order, types, presence, bounds, code sets, rules."""
    table = contract.table
    yield gxe.ExpectTableColumnsToMatchOrderedList(
        column_list=[column.name for column in table.properties],
        description="The columns are those of the contract, in its order.",
    )
    for column in table.properties:
        yield from _of_column(column)
    for rule in table.quality:
        yield _of_rows(rule)


def check_figures(warehouse: Path, contract: FigureContract, docs_dir: Path) -> SuiteOutcome:
    """Run the suite on the contract's table in a DuckDB file (opened read-only) and write Data Docs to `docs_dir`."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    for site in list(context.list_data_docs_sites()):
        context.delete_data_docs_site(site)
    context.add_data_docs_site(
        site_name="figures",
        site_config={
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs_dir)},
        },
    )
    source = context.data_sources.add_sql("warehouse", connection_string=f"duckdb:///{warehouse.as_posix()}?{_LIMITS}")
    batch = source.add_table_asset(_NAME, table_name=contract.table.name).add_batch_definition_whole_table("all")
    suite = context.suites.add(gx.ExpectationSuite(name=_NAME))
    for expectation in expectations_of(contract):
        suite.add_expectation(expectation)
    validation = context.validation_definitions.add(gx.ValidationDefinition(name=_NAME, data=batch, suite=suite))
    actions = [gx.checkpoint.UpdateDataDocsAction(name="docs")]
    checkpoint = gx.Checkpoint(
        name=_NAME, validation_definitions=[validation], actions=actions, result_format="SUMMARY"
    )
    outcome = context.checkpoints.add(checkpoint).run()
    results = [result for run in outcome.run_results.values() for result in run.results]
    source.get_execution_engine().close()
    source.get_engine().dispose()
    broken = [result for result in results if not result.success]
    places = _places(warehouse, contract) if broken else {}
    failures = [_sentence(result, places.get(result.expectation_config.description, [])) for result in broken]
    return SuiteOutcome(not failures, len(results), failures, docs_dir / "index.html")


def _of_column(column: Property) -> Iterator[Any]:
    yield gxe.ExpectColumnValuesToBeOfType(
        column=column.name,
        type_=column.physical_type,
        description=f"{column.name} is stored as {column.physical_type}.",
    )
    if column.required:
        yield gxe.ExpectColumnValuesToNotBeNull(column=column.name, description=f"{column.name} is never empty.")
    if column.limits and (column.limits.minimum is not None or column.limits.maximum is not None):
        yield gxe.ExpectColumnValuesToBeBetween(
            column=column.name,
            min_value=column.limits.minimum,
            max_value=column.limits.maximum,
            description=f"{column.name} lies within its limits.",
        )
    if column.limits and column.limits.min_length is not None:
        yield gxe.ExpectColumnValueLengthsToBeBetween(
            column=column.name,
            min_value=column.limits.min_length,
            max_value=column.limits.max_length,
            description=f"{column.name} has the right length.",
        )
    for rule in column.quality:
        yield gxe.ExpectColumnValuesToBeInSet(
            column=column.name,
            value_set=rule.arguments["validValues"],
            description=f"{column.name} is one of its codes.",
        )


def _of_rows(rule: Rule) -> Any:
    if rule.type == "sql":
        return gxe.UnexpectedRowsExpectation(
            unexpected_rows_query=f"SELECT * FROM {{batch}} WHERE {rule.condition}", description=rule.description
        )
    # Great Expectations' own check of compound keys numbers every row in a window; grouping needs far less memory.
    key = ", ".join(rule.arguments["properties"])
    return gxe.UnexpectedRowsExpectation(
        unexpected_rows_query=f"SELECT {key}, COUNT(*) FROM {{batch}} GROUP BY {key} HAVING COUNT(*) > 1",
        description=rule.description,
    )


def _sentence(result: Any, places: list[str]) -> str:
    config = result.expectation_config
    said = config.description or config.type
    found = result.result or {}
    count = found.get("unexpected_count", found.get("observed_value"))
    if count is None or result.exception_info.get("raised_exception"):
        return f"{said} Could not be checked: {result.exception_info.get('exception_message', 'a column is missing')}"
    if not isinstance(count, int):
        return f"{said} Not so: {count}"
    examples = [str(each) for each in found.get("partial_unexpected_list", [])[:_EXAMPLES] if each is not None]
    told = "; ".join(examples or places)
    return f"{said} Not so for {count:,}" + (f", for example {told}" if told else "")


def _places(warehouse: Path, contract: FigureContract) -> dict[str | None, list[str]]:
    """Description of each rule over whole rows → where the first rows stand that break it. Empty if it cannot run."""
    found: dict[str | None, list[str]] = {}
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for rule in contract.table.quality:
            query = f"SELECT {_PLACE} FROM {contract.table.name} {_breaking(rule)} LIMIT {_EXAMPLES}"
            with suppress(duckdb.Error):
                found[rule.description] = [place for (place,) in con.execute(query).fetchall()]
    return found


def _breaking(rule: Rule) -> str:
    """What follows FROM to select the rows, or the groups of rows, that break a rule over whole rows."""
    if rule.type == "sql":
        return f"WHERE {rule.condition} GROUP BY source_file, source_row, source_column"
    return f"GROUP BY {', '.join(rule.arguments['properties'])} HAVING count(*) > 1"
