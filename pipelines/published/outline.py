"""Where the table stands in a file that no mapping describes: which sheet, which rows are header, where data begins."""

import re
from dataclasses import dataclass, field

import polars as pl

from pipelines.published.geography import load_areas
from pipelines.published.header_rows import Grid, grid_of_csv, table_below, without_footnotes
from pipelines.published.layout import Header
from pipelines.published.profiles import AREA_CODES
from pipelines.published.text_table import ROW, TextTable, read_text_table
from pipelines.published.workbook import Workbook, WorkbookError, is_workbook

_MOST_SHEETS = 40
_DEEPEST = 3
_LOOKED_AT = 400  # Rows from the top in which the header is looked for.
_FOOTNOTE = re.compile(r"[^\W\d]\d+$")


@dataclass(frozen=True)
class Outline:
    """`table` as it was found; `sheet` of a workbook; `header` where it is not simply row 1; `notes` for the reader."""

    table: TextTable
    sheet: str | None = None
    header: Header | None = None
    notes: list[str] = field(default_factory=list)


class NoTableError(Exception):
    """The file holds no table that can be made out; the message says why, and what to do."""


def find_outline(content: bytes, file: str) -> Outline:
    """The table in a CSV or workbook. Raises NoTableError."""
    if content.startswith(b"PK"):
        return _in_workbook(content, file)
    table = read_text_table(content, file)
    whole = not table.faults and len(table.refused) * 20 <= table.read
    if whole and _names_columns([table.spelling.get(c, c) for c in table.frame.columns if c != ROW]):
        return Outline(table, notes=list(table.notes))
    grid = grid_of_csv(content, file)
    if grid.faults:
        raise NoTableError(f"{grid.faults[0].rule}: {grid.faults[0].found}. {grid.faults[0].do}")
    header, _ = _find_header(grid)
    if header is None:
        fault = table.faults[0] if table.faults else None
        why = f"{fault.rule}: {fault.found}. {fault.do}" if fault else "No row looks like a header with data below it."
        raise NoTableError(why)
    return _below(grid, header, file, None, [])


def _in_workbook(content: bytes, file: str) -> Outline:
    try:
        if not is_workbook(content):
            raise WorkbookError("it is damaged, cut short or no workbook")
        book = Workbook(content)
        names = book.sheets
        best, grid, header, most = "", None, None, -1
        for name in names[:_MOST_SHEETS]:
            # One sheet beside the best so far: together they could fill the memory.
            looked_at = book.grid(name)
            found, areas = _find_header(looked_at)
            if areas > most:
                best, grid, header, most = name, looked_at, found, areas
    except WorkbookError as fault:
        raise NoTableError(f"The workbook cannot be read: {fault}. Fetch the file again.") from None
    if grid is None or header is None:
        raise NoTableError(f"No sheet looks like a table of areas; there are {', '.join(names) or 'none'}.")
    others = [name for name in names if name != best]
    notes = [f"sheet {best!r} has the most rows of areas; the others: {', '.join(others)}"] if others else []
    if len(names) > _MOST_SHEETS:
        notes.append(f"only the first {_MOST_SHEETS} sheets were looked at")
    return _below(grid, header, file, best, notes)


def _below(grid: Grid, header: Header, file: str, sheet: str | None, notes: list[str]) -> Outline:
    table = table_below(grid, header, file)
    if table.faults:
        raise NoTableError(f"{table.faults[0].rule}: {table.faults[0].found}. {table.faults[0].do}")
    return Outline(table, sheet, header, [*notes, *table.notes])


def _find_header(grid: Grid) -> tuple[Header | None, int]:
    """The header, and how many rows below name an area (or hold anything, where none does)."""
    columns = [c for c in grid.cells.columns if c != ROW]
    if not columns or not grid.cells.height:
        return None, 0
    rows, numbers = grid.cells.select(columns).rows(), grid.cells[ROW].to_list()
    places = [_area_cells(grid.cells[c]) for c in columns]
    at = max(range(len(columns)), key=lambda i: int(places[i].sum()))
    areas = int(places[at].sum())
    first = _first_row_of_data(places, at, rows) if areas else _first_full_row(rows) + 1
    above = first - 1
    while above >= 0 and not any(rows[above]):
        above -= 1
    lowest = above
    while above > 0 and lowest - above + 1 < _DEEPEST and sum(map(bool, rows[above - 1])) > 1:
        above -= 1
    if lowest < 0 or above < 0 or not any(rows[lowest]) or first >= len(rows):
        return None, 0
    notes = any(_FOOTNOTE.search(cell) for row in rows[above : lowest + 1] for cell in row)
    header = Header(
        row=numbers[above], depth=lowest - above + 1, footnote_digits=notes, skip=numbers[first] - numbers[lowest] - 1
    )
    return header, areas


def _first_row_of_data(places: list[pl.Series], at: int, rows: list[tuple[str, ...]]) -> int:
    """The first area of the column with the most, or an earlier row that names one elsewhere beside a figure."""
    first = int(places[at].arg_true()[0])
    for n in range(first):
        if any(column[n] for column in places) and any(re.fullmatch(r"-?[\d,]+(\.\d+)?", cell) for cell in rows[n]):
            return n
    return first


def _area_cells(cells: pl.Series) -> pl.Series:
    known = load_areas().by_name
    distinct = {cell: _is_area(cell, known) for cell in cells.unique()}
    return cells.replace_strict(distinct, return_dtype=pl.Boolean)


def _is_area(cell: str, names: dict[str, str]) -> bool:
    return without_footnotes(cell).casefold() in names or any(form.fullmatch(cell) for form in AREA_CODES.values())


def _first_full_row(rows: list[tuple[str, ...]]) -> int:
    filled = [sum(map(bool, row)) for row in rows[:_LOOKED_AT]]
    most = max(filled)
    return next((n for n, count in enumerate(filled) if count * 2 > most), 0)


def _names_columns(header: list[str]) -> bool:
    """Whether the first row names columns: nearly every cell says something, and few are figures."""
    said = [cell for cell in header if cell]
    figures = sum(1 for cell in said if re.fullmatch(r"[\d.,%-]+", cell))
    return len(said) > 1 and len(said) * 10 >= len(header) * 8 and figures * 2 < len(said)
