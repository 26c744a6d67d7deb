"""Sheets of an XLSX workbook → tables of text whose row numbers are those that the spreadsheet shows."""

import re
import zipfile
from io import BytesIO

import fastexcel
import polars as pl

from pipelines.intake.spelling import plain
from pipelines.published.problems import Problem
from pipelines.published.text_table import ROW, TextTable, name_columns, settle_duplicate_headers
from pipelines.published.workbook import WorkbookError, measured

HEADER_SEARCH = 10  # A template may have titles above its header, never more rows than this.
UNPACKED_LIMIT = 2_000_000_000  # bytes; no return comes near it, a file made to fill the memory would

# A program other than a spreadsheet may write formulas without their values; such a cell would be read as empty.
# (A formula whose value is the empty text has t="str".)
_UNCOMPUTED = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"(?![^>]*t="str")[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


def read_workbook(content: bytes, file: str, known: set[str]) -> list[tuple[str, TextTable]]:
    """Visible sheets that hold anything, each with its name. `known` are the plain names of columns to look for.

    Raises ValueError saying why the workbook as a whole cannot be read.
    """
    try:
        whole = measured(content, UNPACKED_LIMIT)
        with zipfile.ZipFile(BytesIO(whole)) as package:
            _refuse_uncomputed(package)
        reader = fastexcel.read_excel(whole)
        sheets = [(name, _sheet(reader, name, f"{file}, sheet {name}", known)) for name in reader.sheet_names]
    except ValueError:
        raise
    except WorkbookError as fault:
        raise ValueError(str(fault)) from None
    except BaseException as fault:  # A panic of the reader's native code is not an Exception.
        if isinstance(fault, KeyboardInterrupt | SystemExit):
            raise
        raise ValueError("it is damaged, protected by a password, or not a workbook") from fault
    return [(name, table) for name, table in sheets if table is not None]


def _refuse_uncomputed(package: zipfile.ZipFile) -> None:
    for name in package.namelist():
        if name.startswith("xl/worksheets/") and (cell := _UNCOMPUTED.search(package.read(name))):
            raise ValueError(f"the formula in cell {cell[1].decode()} was never computed, so it has no value")


def _sheet(reader: fastexcel.ExcelReader, name: str, place: str, known: set[str]) -> TextTable | None:
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if sheet.visible != "visible" or not sheet.height:
        return None
    batch, errors = sheet.to_arrow_with_errors()
    cells = pl.DataFrame(pl.from_arrow(batch))
    cells = cells.rename({old: f"{i}" for i, old in enumerate(cells.columns)}).cast(pl.String)
    cells = cells.with_columns(pl.all().fill_null("").str.strip_chars()).with_row_index(ROW, offset=1)
    cells = cells.with_columns(pl.col(ROW).cast(pl.Int64))
    filled = cells.filter(~pl.all_horizontal(pl.exclude(ROW) == ""))
    if not filled.height:
        return None
    at = _header_row(filled, known)
    header = [str(cell) for cell in filled.row(at)[1:]]
    below = filled.slice(at + 1)
    table = TextTable(pl.DataFrame(), {}, header_row=int(filled[ROW][at]), read=below.height)
    table.frame, table.spelling = name_columns(below.drop(ROW), header, below[ROW])
    for error in errors.errors if errors else []:
        row, column = error.offset_position[0] + 1, header[error.offset_position[1]]
        if row > table.header_row:
            fault = "The formula of this cell gives an error"
            table.refused.append(Problem(place, fault, error.detail, "Type the value in place of it.", row, column))
    settle_duplicate_headers(table, place)
    return table


def _header_row(filled: pl.DataFrame, known: set[str]) -> int:
    """Index of the row, among the first that hold anything, with most known column names."""
    hits = [sum(plain(str(cell)) in known for cell in row[1:]) for row in filled.head(HEADER_SEARCH).iter_rows()]
    return max(range(len(hits)), key=lambda at: (hits[at], -at))
