"""The sheets of a file → the tables of its return, as text under the contract's column names.

Which sheet is which table, which column is which, and what is missing or unknown: every answer is a violation the
sender can act on, never an exception.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from pipelines.contracts.return_contract import Column, ReturnContract, Table
from pipelines.intake.sheets import read_sheets
from pipelines.intake.spelling import canonical, plain
from pipelines.intake.violations import Violation
from pipelines.published.problems import Problem
from pipelines.published.text_table import ROW, TextTable

_MOST_OF_A_TABLE = 0.6  # A sheet without a known name is a table when it has this share of its columns.


@dataclass
class RawTables:
    """Tables of one file. Each frame has source_row (as a spreadsheet shows it) and every column of its contract as
    text, null where empty. `sheets` says which sheet each table was, `header_rows` where its header stood, `violations`
    what reading found.
    """

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    header_rows: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    @property
    def is_readable(self) -> bool:
        """Whether everything was read, so that the rules can be judged."""
        return all(violation.severity != "error" for violation in self.violations)


def read_return(contract: ReturnContract, path: Path) -> RawTables:
    """Read a file (or a folder of one file a module). Never raises for what it holds; OSError if it cannot open."""
    columns = [column for table in contract.tables for column in table.columns]
    known = {plain(name) for column in columns for name in _spellings(column)}
    found = read_sheets(path, known)
    raw = RawTables(violations=[_unreadable(None, problem) for problem in found.faults])
    chosen = _assign(contract, found.sheets, raw)
    for table in contract.tables:
        if table.name in chosen:
            raw.sheets[table.name], sheet = chosen[table.name]
            _take(contract, table, sheet, raw)
        elif not found.faults:
            do = f"Add a file or sheet named {table.file_names[0]!r}; with nothing to report, only its header."
            raw.violations.append(
                Violation(table.name, None, None, "table", "error", "", f"The table {table.name} is missing.", do)
            )
    return raw


def _unreadable(table: str | None, problem: Problem) -> Violation:
    found = problem.found if table else f"{problem.file}: {problem.found}"
    return Violation(table, problem.row, problem.column, "readable", "error", found, f"{problem.rule}.", problem.do)


def _assign(
    contract: ReturnContract, sheets: list[tuple[str, TextTable]], raw: RawTables
) -> dict[str, tuple[str, TextTable]]:
    chosen: dict[str, tuple[str, TextTable]] = {}
    for name, sheet in sheets:
        table = _table_of(contract, name, sheet, only=len(sheets) == 1)
        if table is None:
            names = ", ".join(t.file_names[0] for t in contract.tables)
            do = f"If it belongs to the return, name it after its table: {names}."
            message = "A sheet was left out: it is no table of this return."
            raw.violations.append(Violation(None, None, None, "table", "information", name, message, do))
        elif table.name in chosen:
            both, message = f"{chosen[table.name][0]}, {name}", f"Two sheets are both the table {table.name}."
            raw.violations.append(
                Violation(table.name, None, None, "table", "error", both, message, "Send each table once.")
            )
        else:
            chosen[table.name] = (name, sheet)
    return chosen


def _table_of(contract: ReturnContract, name: str, sheet: TextTable, only: bool) -> Table | None:
    if only and len(contract.tables) == 1:
        return contract.tables[0]
    said = plain(name)
    named = [(len(plain(each)), t) for t in contract.tables for each in (t.name, *t.file_names) if plain(each) in said]
    if named:
        return max(named, key=lambda pair: pair[0])[1]
    columns = {plain(column) for column in sheet.frame.columns}
    shares = [
        (sum(any(plain(s) in columns for s in _spellings(c)) for c in t.columns) / len(t.columns), t)
        for t in contract.tables
    ]
    share, table = max(shares, key=lambda pair: pair[0])
    return table if share >= _MOST_OF_A_TABLE else None


def _take(contract: ReturnContract, table: Table, sheet: TextTable, raw: RawTables) -> None:
    """Put one sheet's rows into `raw` under the contract's names, and say what does not fit."""
    is_empty = not sheet.frame.height and not sheet.refused
    faults = [] if is_empty and sheet.frame.width > 1 else sheet.faults
    raw.violations += [_unreadable(table.name, problem) for problem in [*faults, *sheet.refused]]
    do = "Nothing, if names with accents look right."
    raw.violations += [
        Violation(table.name, None, None, "readable", "information", note, "The file is not in UTF-8.", do)
        for note in sheet.notes
    ]
    given = [name for name in sheet.frame.columns if name != ROW]
    if faults and not given:
        return
    found = {column.name: match for column in table.columns if (match := _match(column, given)) is not None}
    unknown = [n for n in given if n not in found.values() and not _is_ignored(contract, sheet, n)]
    raw.violations += _columns(table, sheet, found, unknown)
    if is_empty and not table.may_be_empty and not faults:
        do = "Send the rows of the return."
        raw.violations.append(
            Violation(table.name, None, None, "table", "error", "", f"The table {table.name} has no rows.", do)
        )
    frame = sheet.frame.select(
        pl.col(ROW).alias("source_row"),
        *((pl.col(found[c.name]) if c.name in found else pl.lit(None, pl.String)).alias(c.name) for c in table.columns),
    )
    raw.tables[table.name] = canonical(frame, table)
    raw.header_rows[table.name] = sheet.header_row


def _spellings(column: Column) -> tuple[str, ...]:
    return (column.name, *column.renamed)


def _match(column: Column, given: list[str]) -> str | None:
    by_plain = {plain(name): name for name in reversed(given)}
    return next((by_plain[plain(s)] for s in _spellings(column) if plain(s) in by_plain), None)


def _is_ignored(contract: ReturnContract, sheet: TextTable, name: str) -> bool:
    """Columns that the collection software adds, and unnamed columns without content."""
    if any(fnmatchcase(name, pattern) for pattern in contract.ignored_columns):
        return True
    return not sheet.spelling.get(name) and bool((sheet.frame[name] == "").all())


def _columns(table: Table, sheet: TextTable, found: dict[str, str], unknown: list[str]) -> Iterator[Violation]:
    missing = {plain(column.name): column for column in table.columns if column.name not in found}
    for name in unknown:
        spelt = sheet.spelling.get(name) or name
        near = get_close_matches(plain(name), list(missing), n=1, cutoff=0.8)
        if near:
            meant = missing.pop(near[0]).name
            message = f"There is no column {meant}, but one of nearly that name."
            do = f"Name it {meant}, or take it out if it is something else."
            yield Violation(table.name, None, meant, "columns", "error", spelt, message, do)
        else:
            message = "A column was left out: it is not part of this return."
            yield Violation(table.name, None, None, "columns", "information", spelt, message, "Nothing, if you agree.")
    for column in missing.values():
        if column.required:
            message, do = f"There is no column {column.name}.", f"Add the column: {column.description}"
            yield Violation(table.name, None, column.name, "columns", "error", "", message, do)
        else:
            message = f"There is no column {column.name}; it counts as empty."
            do = f"Add the column if you hold this: {column.description}"
            yield Violation(table.name, None, column.name, "columns", "query", "", message, do)
