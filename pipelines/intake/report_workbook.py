"""The sender's own sheets with columns that say what is wrong in each row, the cells meant marked in colour."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.intake.report import CheckReport, places
from pipelines.intake.spelling import plain

COLUMNS = {"error": "Errors", "query": "Queries", "information": "Remarks"}
SUMMARY = "What to correct"
_FILLS = {"error": "F8D7DA", "query": "FFF3CD", "information": "DCE6F1"}
_SUMMARY_ROWS = 100_000  # The sheets themselves mark every row; a list longer than this helps nobody.
_LONGEST_CELL = 32_000  # A spreadsheet takes 32,767 characters.


def write_workbook(report: CheckReport, path: Path) -> None:
    """Write the sender's workbook with error columns; a CSV or Parquet sender gets their rows as a workbook."""
    own = _own_workbook(report)
    book = own or openpyxl.Workbook()
    sheets = _own_sheets(own, report) if own else _sheets_of_rows(book, report)
    for table, sheet in sheets.items():
        _mark(sheet, report, table)
    _summarise(book, report)
    book.save(path)


def _own_workbook(report: CheckReport) -> Workbook | None:
    if report.file.suffix.lower() not in (".xlsx", ".xlsm") or not report.candidate.raw.sheets:
        return None
    try:
        return openpyxl.load_workbook(report.file)
    except Exception:
        # The reader takes workbooks that openpyxl does not (odd styles, for one); then only their rows are kept.
        return None


def _own_sheets(book: Workbook, report: CheckReport) -> dict[str, Worksheet]:
    return {table: book[name] for table, name in report.candidate.raw.sheets.items() if name in book.sheetnames}


def _sheets_of_rows(book: Workbook, report: CheckReport) -> dict[str, Worksheet]:
    """A sheet a table, each row where the sender's own file has it."""
    book.remove(book.worksheets[0])
    raw, sheets = report.candidate.raw, {}
    for table, frame in raw.tables.items():
        sheet = sheets[table] = book.create_sheet(table)
        columns = [name for name in frame.columns if name != "source_row"]
        for at, name in enumerate(columns, 1):
            _write(sheet, raw.header_rows[table], at, name)
        for row in frame.iter_rows(named=True):
            for at, name in enumerate(columns, 1):
                if row[name] is not None:
                    _write(sheet, row["source_row"], at, row[name])
    return sheets


def _mark(sheet: Worksheet, report: CheckReport, table: str) -> None:
    header = report.candidate.raw.header_rows[table]
    spelt = {plain(str(cell.value)): cell.column for cell in sheet[header] if cell.value is not None}
    columns = {
        column.name: spelt[plain(name)]
        for column in report.contract.table(table).columns
        for name in (*reversed(column.renamed), column.name)
        if plain(name) in spelt
    }
    first = sheet.max_column + 1
    for at, title in enumerate(COLUMNS.values(), first):
        _write(sheet, header, at, title).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(header, at).column_letter].width = 60
    said: dict[tuple[int, int], list[str]] = defaultdict(list)
    rows = report.violations.filter((pl.col("table") == table) & pl.col("source_row").is_not_null())
    for row in rows.iter_rows(named=True):
        at = first + list(COLUMNS).index(row["severity"])
        said[row["source_row"], at].append(f"{row['rule']} {row['message']} {row['do']}")
        for name in (row["column"] or "").split(", "):
            if name in columns:
                _fill(sheet.cell(row["source_row"], columns[name]), row["severity"])
    for (source_row, at), sentences in said.items():
        cell = _write(sheet, source_row, at, "\n".join(sentences))
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _summarise(book: Workbook, report: CheckReport) -> None:
    sheet = book.create_sheet(SUMMARY, 0)
    counts = ", ".join(f"{count:,} {COLUMNS[severity].lower()}" for severity, count in report.counts.items())
    _write(sheet, 1, 1, f"{report.file.name}: {report.verdict}, {counts}").font = Font(bold=True)
    for at, title in enumerate(("Severity", "Rule", "Where", "What is wrong", "What to do", "Found"), 1):
        _write(sheet, 3, at, title).font = Font(bold=True)
    shown = report.violations.head(_SUMMARY_ROWS)
    for at, (row, place) in enumerate(zip(shown.iter_rows(named=True), places(report, shown), strict=True), 4):
        cells = (row["severity"], row["rule"], place, row["message"], row["do"], row["found"])
        for column, text in enumerate(cells, 1):
            _write(sheet, at, column, text)
    for letter, width in zip("ABCDEF", (12, 10, 40, 60, 60, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    book.active = 0


def _write(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    """Write text as text: never as a formula, and without the characters that a workbook cannot hold."""
    cell = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_CELL]
    cell.data_type = "s"
    return cell


def _fill(cell: Any, severity: str) -> None:
    # The graver colour stays: violations come with errors first only within a rule.
    if cell.fill.fgColor.rgb != f"00{_FILLS['error']}":
        cell.fill = PatternFill("solid", fgColor=_FILLS[severity])
