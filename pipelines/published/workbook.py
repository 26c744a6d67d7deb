"""An XLSX or ODS workbook → the cells of its sheets as text, row numbers as the spreadsheet shows them."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import TypeVar

import fastexcel
import polars as pl

from pipelines.published.header_rows import Grid
from pipelines.published.text_table import ROW

MAX_BYTES = 400_000_000  # Unpacked.
MAX_CELLS = 20_000_000  # Of one sheet: a single cell in its last corner would fill the memory.
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_XLSX_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_ODS_REPEATED = re.compile(rb'table:number-(rows|columns)-repeated="([0-9]+)"')
# What the reader calls the error of a formula → what the spreadsheet shows.
_SHOWN_AS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}
T = TypeVar("T")


class WorkbookError(Exception):
    """The workbook cannot be read; the message says why in plain words."""


def is_workbook(content: bytes) -> bool:
    """Whether these bytes are an office document, by content; a damaged one may be none."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return is_office_package(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def is_office_package(members: list[str]) -> bool:
    """Whether a ZIP with these members is an office document."""
    return "[Content_Types].xml" in members or {"content.xml", "META-INF/manifest.xml"} <= set(members)


class Workbook:
    """The sheets of one workbook, read one at a time. Raises WorkbookError."""

    def __init__(self, content: bytes) -> None:
        self._reader = _guarded(lambda: fastexcel.read_excel(_checked(content)))
        self.sheets: list[str] = list(self._reader.sheet_names)

    def grid(self, sheet: str) -> Grid:
        """The cells of a sheet. A cell whose formula gave an error holds the error's text, such as #DIV/0!."""
        return _guarded(lambda: self._grid(sheet))

    def _grid(self, sheet: str) -> Grid:
        loaded = self._reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        batch, errors = loaded.to_arrow_with_errors()
        cells = pl.DataFrame(pl.from_arrow(batch))
        cells = cells.rename({old: f"{i}" for i, old in enumerate(cells.columns)}).cast(pl.String)
        cells = cells.with_columns(pl.all().fill_null("").str.strip_chars())
        for error in errors.errors if errors else []:
            row, column = error.offset_position
            named = re.search(r"Error\((\w+)\)", error.detail)
            cells[row, f"{column}"] = _SHOWN_AS.get(named[1], error.detail) if named else error.detail
        return Grid(cells.with_columns(pl.int_range(1, cells.height + 1, dtype=pl.Int64).alias(ROW)))


def _guarded(read: Callable[[], T]) -> T:
    try:
        return read()
    except WorkbookError:
        raise
    except BaseException as fault:  # A panic of the reader's native code is not an Exception.
        if isinstance(fault, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise WorkbookError("it is damaged, protected by a password, or not a workbook") from fault


def _checked(content: bytes) -> bytes:
    """The workbook, with the `mimetype` member that some writers leave out of an ODS. Raises WorkbookError."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        unpacked = sum(member.file_size for member in package.infolist())
        if unpacked > MAX_BYTES:
            raise WorkbookError(f"it unpacks to more than {MAX_BYTES // 1_000_000} MB")
        names = package.namelist()
        if "content.xml" not in names:
            for name in names:
                if name.startswith("xl/worksheets/") and _cells_spanned(package.read(name)) > MAX_CELLS:
                    raise WorkbookError("a sheet has cells far outside its table")
            return content
        if _ods_cells(package.read("content.xml")) > MAX_CELLS:
            raise WorkbookError("a sheet has cells far outside its table")
        if "mimetype" in names:
            return content
        mended = BytesIO()
        with zipfile.ZipFile(mended, "w", zipfile.ZIP_DEFLATED) as whole:
            whole.writestr("mimetype", _ODS_TYPE, zipfile.ZIP_STORED)
            for name in names:
                whole.writestr(name, package.read(name))
        return mended.getvalue()


def _cells_spanned(sheet: bytes) -> int:
    width = depth = 0
    for match in _XLSX_CELL.finditer(sheet):
        width, depth = max(width, _column_number(match[1])), max(depth, int(match[2]))
    return width * depth


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _ods_cells(content: bytes) -> int:
    """Cells that repeated rows with something in them would come to, at most."""
    most = 0
    for row in re.finditer(rb"<table:table-row\b(.*?)</table:table-row>", content, re.DOTALL):
        if b"office:value" not in row[1] and b"<text:p" not in row[1]:
            continue
        times = width = 1
        for kind, number in _ODS_REPEATED.findall(row[1]):
            if kind == b"rows":
                times = int(number)
            else:
                width += int(number)
        most = max(most, times * (width if width < 16_000 else 1) if times > 1 else width)
    return most
