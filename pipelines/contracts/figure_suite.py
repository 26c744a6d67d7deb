"""Great Expectations from the figure contract, run on the warehouse, with Data Docs.

Importing this module takes seconds: only the pipeline's check does.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.expectations_run import gxe, run_expectations
from pipelines.contracts.figure_contract import FigureContract, Property, Rule

_NAME = "published figures"
_EXAMPLES = 3
_PLACE = "concat(min(source_file), ', row ', min(source_row), ', column ', min(source_column))"


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
    expectations = {contract.table.name: list(expectations_of(contract))}
    results = run_expectations(warehouse, expectations, docs_dir, _NAME, {"result_format": "SUMMARY"})
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
