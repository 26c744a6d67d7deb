"""A second opinion on a batch of returns: Great Expectations counts what breaks a sample of the rules, by its own SQL.

The checks of form, keys and references are asked in other words than pipelines/intake uses, the check digits are
computed another way, and the contract's rules run as the contract writes them, on stored tables instead of the scan.
Each count must equal that of rule_results. The sample moves on from batch to batch, so that every rule has its turn.
Data Docs show counts and row numbers, never a cell.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.contracts.expectations_run import gxe, run_expectations
from pipelines.contracts.return_contract import Column, ReturnContract, Rule, Table
from pipelines.intake.batch import BatchResult
from pipelines.intake.check_digits import LETTERS
from pipelines.intake.workspace import Candidate, Workspace

SAMPLE = 24  # expectations a batch; the largest return has its every rule asked within ten batches
# Great Expectations puts a subquery with an alias of its own in place of {batch}.
_BATCH = "(SELECT * FROM {batch})"
_IS_WHOLE = "regexp_matches({0}, '^-?[0-9]+$') AND length(ltrim({0}, '-')) < 10"
_DATES = "DATE '1900-01-01' AND DATE '2099-12-31'"

# The check digits once more, position by position, where pipelines/intake/check_digits.py does arithmetic on the whole.
_OTHER_MACROS = (
    f"""CREATE OR REPLACE MACRO upn_is_valid(upn) AS regexp_matches(upn, '^[A-Z][0-9]{{11}}[0-9A-Z]$') AND
        strpos('{LETTERS}', substr(upn, 1, 1)) - 1 = list_sum([
            w * (strpos('0123456789', substr(upn, w, 1)) - 1) for w in range(2, 13)
        ] || [13 * CASE WHEN substr(upn, 13, 1) IN ('I', 'O', 'S') THEN NULL
            ELSE greatest(strpos('0123456789', substr(upn, 13, 1)), strpos('{LETTERS}', substr(upn, 13, 1))) - 1
        END]) % 23""",
    """CREATE OR REPLACE MACRO uln_is_valid(uln) AS uln = '9999999999' OR list_sum([
            (11 - p) * TRY_CAST(substr(uln, p, 1) AS INTEGER) for p in range(1, 10)
        ]) % 11 + TRY_CAST(substr(uln, 10, 1) AS INTEGER) = 10""",
)


@dataclass(frozen=True)
class SecondOpinion:
    """How many counts were compared, and a sentence for each that differs. `docs` is the page to open."""

    compared: int
    disagreements: list[str]
    docs: Path

    @property
    def agrees(self) -> bool:
        return not self.disagreements


@dataclass(frozen=True)
class _Asked:
    table: str
    rule: str
    column: str
    of_well_formed: bool
    expectation: Any


def second_opinion(
    batch: BatchResult,
    candidates: Sequence[Candidate],
    docs_dir: Path,
    sample: int = SAMPLE,
    work_dir: Path | None = None,
) -> SecondOpinion:
    """Ask Great Expectations about a sample of the rules on the readable submissions of a batch, and compare.

    The rows lie in a database in `work_dir` (the system's own folder without one) while this runs.
    """
    readable = [each for each in candidates if each.raw.is_readable]
    if not readable:
        return SecondOpinion(0, [], docs_dir / "index.html")
    asked = list(_asked(batch.contract))
    start = _turn(readable) * sample % len(asked)
    chosen = [*asked[start:], *asked[:start]][:sample]
    with tempfile.TemporaryDirectory(dir=work_dir) as folder:
        database = Path(folder) / "batch.duckdb"
        with duckdb.connect(str(database)) as con:
            space = Workspace(con, batch.contract, readable, stored=True)
            well = space.submissions.filter(pl.col("submission_id").is_in(batch.well_formed))
            space.hold(well["submission_no"])
            for macro in _OTHER_MACROS:
                con.execute(macro)
        by_table: dict[str, list[Any]] = {}
        for each in chosen:
            by_table.setdefault(each.table if each.of_well_formed else f"text_{each.table}", []).append(
                each.expectation
            )
        shown = {"result_format": "BASIC", "partial_unexpected_count": 0}
        results = run_expectations(database, by_table, docs_dir, batch.contract.name, shown)
    counted = {_place(result.expectation_config.meta): result for result in results}
    differences = [_difference(batch, each, counted[each.table, each.rule, each.column]) for each in chosen]
    return SecondOpinion(len(chosen), [said for said in differences if said], docs_dir / "index.html")


def _turn(candidates: Sequence[Candidate]) -> int:
    """A number that differs from batch to batch and is the same whenever the same batch is asked about."""
    return int(sha256(" ".join(sorted(each.submission_id for each in candidates)).encode()).hexdigest()[:8], 16)


def _place(meta: dict[str, str]) -> tuple[str, str, str]:
    return meta["table"], meta["rule"], meta["column"]


def _difference(batch: BatchResult, asked: _Asked, result: Any) -> str | None:
    place = f"{asked.table} {asked.rule} ({asked.column})"
    theirs = (result.result or {}).get("unexpected_count", (result.result or {}).get("observed_value"))
    if theirs is None:
        return f"{place} could not be counted: {str(result.exception_info)[:300]}"
    rows = batch.rule_results.filter(
        (pl.col("table") == asked.table) & (pl.col("rule") == asked.rule) & (pl.col("column") == asked.column)
    )
    if asked.of_well_formed:
        rows = rows.filter(pl.col("submission_id").is_in(batch.well_formed))
    ours = int(rows["rows"].sum())
    return None if theirs == ours else f"{place}: the report has {ours:,} rows, Great Expectations counts {theirs}"


def _asked(contract: ReturnContract) -> Iterator[_Asked]:
    for table in contract.tables:
        for column in table.columns:
            for form, expectation in _of_column(column):
                yield _named(table, form, column.name, False, expectation)
        if table.key:
            yield _named(table, "key", ", ".join(table.key), False, _same_key(table))
        for rule in table.judged_rules:
            yield _named(table, rule.id, ", ".join(rule.columns), True, _of_rule(rule))


def _named(table: Table, rule: str, column: str, of_well_formed: bool, expectation: Any) -> _Asked:
    expectation.meta = {"table": table.name, "rule": rule, "column": column}
    expectation.description = f"{table.name}: {rule} ({column})"
    return _Asked(table.name, rule, column, of_well_formed, expectation)


def _of_column(column: Column) -> Iterator[tuple[str, Any]]:
    name, text = column.name, "{batch}"
    if column.required:
        yield "required", gxe.ExpectColumnValuesToNotBeNull(column=name)
    if column.logical_type == "boolean":
        yield "type", gxe.ExpectColumnValuesToBeInSet(column=name, value_set=["0", "1"])
    elif column.logical_type == "date":
        yield "type", _rows(f"FROM {text} WHERE {name} > '' AND try_cast({name} AS DATE) IS NULL")
        yield "range", _rows(f"FROM {text} WHERE try_cast({name} AS DATE) NOT BETWEEN {_DATES}")
    elif column.logical_type == "integer":
        yield "type", _rows(f"FROM {text} WHERE NOT ({_IS_WHOLE.format(name)})")
    if column.minimum is not None and column.maximum is not None:
        bounds = f"{column.minimum:g} AND {column.maximum:g}"
        yield (
            "range",
            _rows(f"FROM {text} WHERE {_IS_WHOLE.format(name)} AND try_cast({name} AS DOUBLE) NOT BETWEEN {bounds}"),
        )
    if column.code_set:
        yield "codes", _rows(f"FROM {text} JOIN submissions USING (submission_no) WHERE {_is_no_code(column)}")
    if column.pattern:
        # Great Expectations fills in {batch} by str.format, which takes braces of a pattern for its own.
        pattern = column.pattern.replace("{", "{{").replace("}", "}}")
        yield "format", _rows(f"FROM {text} WHERE NOT regexp_matches({name}, '{pattern}')")
    if column.max_length:
        yield "length", gxe.ExpectColumnValueLengthsToBeBetween(column=name, max_value=column.max_length)
    if column.references:
        parent, key = column.references.split(".")
        known = f"SELECT submission_no, {key} FROM text_{parent} WHERE {key} IS NOT NULL"
        yield "reference", _rows(f"FROM {text} WHERE {name} > '' AND (submission_no, {name}) NOT IN ({known})")


def _is_no_code(column: Column) -> str:
    valid = " OR ".join(
        f"({column.name} = '{c.code}' AND reference_date BETWEEN DATE '{c.valid_from}' "
        f"AND DATE '{c.valid_to or '9999-12-31'}')"
        for c in column.codes
    )
    return f"{column.name} > '' AND NOT ({valid})"


def _same_key(table: Table) -> Any:
    key = ", ".join(("submission_no", *table.key))
    same = " AND ".join(f"a.{name} = b.{name}" for name in ("submission_no", *table.key))
    twice = f"SELECT {key} FROM text_{table.name} GROUP BY {key} HAVING COUNT(*) > 1"
    return _rows(f"FROM {_BATCH} AS a JOIN ({twice}) AS b ON {same}", "a.")


def _of_rule(rule: Rule) -> Any:
    if rule.kind == "share":
        return gxe.UnexpectedRowsExpectation(unexpected_rows_query=rule.failing_shares("{batch}"))
    return gxe.UnexpectedRowsExpectation(unexpected_rows_query=rule.failing_rows(_BATCH))


def _rows(rest: str, of: str = "") -> Any:
    """An expectation that no row is selected; only places are, so that Data Docs hold no cell."""
    return gxe.UnexpectedRowsExpectation(unexpected_rows_query=f"SELECT {of}submission_no, {of}source_row {rest}")
