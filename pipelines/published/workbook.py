"""An XLSX or ODS workbook → the cells of its sheets as text, row numbers as the spreadsheet shows them."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import TypeVar

import fastexcel
import polars as pl

from pipelines.published.header_rows import MAX_CELLS, Grid
from pipelines.published.spans import cells_of_sheet, cells_of_tables
from pipelines.published.text_table import ROW

MAX_BYTES = 400_000_000  # Unpacked.
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_BINARY = "xl/workbook.bin"  # Its sheets cannot be measured.
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
        self._reader = _guarded(lambda: fastexcel.read_excel(measured(content, MAX_BYTES)))
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


def measured(content: bytes, most: int) -> bytes:
    """The workbook packed anew, of the members that were measured and no others; they unpack to `most` bytes at most.

    Raises WorkbookError for a workbook that would fill the memory, and whatever a damaged archive raises.
    An ODS gets the `mimetype` member that some writers leave out.
    """
    whole = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as package, zipfile.ZipFile(whole, "w") as packed:
        names = list(dict.fromkeys(package.namelist()))
        if sum(member.file_size for member in package.infolist()) > most:
            raise WorkbookError(f"it unpacks to more than {most // 1_000_000:,} MB")
        if _BINARY in map(str.casefold, names):
            raise WorkbookError("it is a binary workbook; save it as XLSX")
        if "content.xml" in names and "mimetype" not in names:
            packed.writestr("mimetype", _ODS_TYPE)
        for name in names:
            # Never more than the size that it declares, which is in the sum.
            member = package.read(name)
            cells = cells_of_tables(member) if name == "content.xml" else 0
            if b"sheetData" in member:
                cells = max(cells, cells_of_sheet(member))
            if cells > MAX_CELLS:
                raise WorkbookError("a sheet has cells far outside its table")
            packed.writestr(name, member)
    return whole.getvalue()
