"""Cells of a sheet, or of a CSV with titles → a table below its header, with the titles that stood above it."""

import re
from dataclasses import dataclass, field
from itertools import count

import polars as pl

from pipelines.published.layout import Header
from pipelines.published.problems import Problem
from pipelines.published.text_table import (
    LEVELS_OF_HEADER,
    ROW,
    TextTable,
    cells_of,
    decode,
    name_columns,
    records_of,
    settle_duplicate_headers,
)

MAX_CELLS = 20_000_000  # Of one sheet or CSV: a single cell in its last corner would fill the memory.
# Digits stuck to the end of a word: "Decisions1,9" but not "Table 4".
_FOOTNOTES = re.compile(r"(?<=[^\W\d])\d+(?:,\s*\d+)*(?=\s|$)")


@dataclass
class Grid:
    """`cells`: stripped text in columns "0", "1", … with `_row`. Rows in `refused` are not among them."""

    cells: pl.DataFrame
    refused: list[Problem] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def grid_of_csv(content: bytes, file: str) -> Grid:
    """Every record of a CSV as a row; a shorter record is filled with blanks. Never raises."""
    grid = Grid(pl.DataFrame(schema={ROW: pl.Int64}))
    text, note = decode(content)
    if text is None:
        do = "Save it again as CSV UTF-8 (comma delimited), or give the file as it was published."
        grid.faults.append(Problem(file, "The file cannot be read as text", note, do))
        return grid
    grid.notes += [note] if note else []
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, record in enumerate(records_of(text), start=1):
        cells = cells_of(record, ",") if record else []
        if cells is None:
            do = "Close the quotation mark, or fetch the file again."
            grid.refused.append(Problem(file, "A row cannot be parsed", "quotation marks do not pair", do, number))
        else:
            rows.append(cells)
            numbers.append(number)
    width = max(map(len, rows), default=0)
    if len(rows) * width > MAX_CELLS:
        # One long record would be filled up in every other.
        found = f"{len(rows):,} rows, the longest of {width:,} cells"
        do = "Give the file as it was published."
        grid.faults.append(Problem(file, "The table spans more cells than are read", found, do))
        return grid
    columns = {f"{i}": [row[i] if i < len(row) else "" for row in rows] for i in range(width)}
    cells_only = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    grid.cells = cells_only.with_columns(pl.all().str.strip_chars()).with_columns(
        pl.Series(ROW, numbers, dtype=pl.Int64)
    )
    return grid


def table_below(grid: Grid, header: Header, file: str) -> TextTable:
    """The table whose header `header` describes. Never raises: a header that is not there, or is torn, is a fault.

    Rows beneath are counted as read, blank and torn ones too, up to the last that holds anything.
    """
    table = TextTable(pl.DataFrame(schema={ROW: pl.Int64}), {}, titled=True, faults=grid.faults, notes=grid.notes)
    if table.faults:
        return table
    names = [c for c in grid.cells.columns if c != ROW]
    torn = {problem.row or 0 for problem in grid.refused}
    starts = _where_it_starts(grid.cells, names, header)
    if starts is None or not names:
        what = f"no cell starts with {header.find!r}" if header.find else f"there is no row {header.row}"
        if header.find is None and header.row in torn:
            what = f"the quotation marks of row {header.row} do not pair"
        do = "Give the file as it was published, or correct `header` in the mapping."
        table.faults.append(Problem(file, "The header is not where the mapping says", what, do))
        return table
    # In row numbers, not positions: a torn row has a number too.
    ends, first = starts + header.depth, starts + header.depth + header.skip
    if broken := sorted(torn & set(range(starts, ends))):
        do = f"Check the quotation marks of row {broken[0]}, or give the file as it was published."
        table.faults.append(Problem(file, "The header is torn", "quotation marks do not pair", do, broken[0]))
        return table
    table.header_row = starts
    above = grid.cells.filter(pl.col(ROW) < starts).select(names).rows()
    upper = grid.cells.filter(pl.col(ROW).is_between(starts, ends - 1)).select(names).rows()
    table.titles = [" ".join(cell for row in above for cell in row if cell)]
    below = grid.cells.filter(pl.col(ROW) >= first)
    filled = pl.any_horizontal(pl.col(c) != "" for c in names)
    last = below.filter(filled)[ROW].max()
    below = below.filter(pl.col(ROW) <= (last if last is not None else -1))
    table.refused = [problem for problem in grid.refused if (problem.row or 0) >= first]
    data = below.filter(filled)
    table.blank = below.height - data.height
    table.read = below.height + len(table.refused)
    table.frame, table.spelling = name_columns(data.select(names), _joined(upper, header), data[ROW])
    if not table.read:
        do = "Give the file as it was published."
        table.faults.append(Problem(file, "The file has no rows", "a header and nothing below it", do))
    _number_repeats(table)
    return table


def _where_it_starts(cells: pl.DataFrame, names: list[str], header: Header) -> int | None:
    """The number of the first row of the header."""
    if header.find is None:
        return header.row if header.row in cells[ROW] else None
    wanted = _words(header.find, footnotes=True).casefold()
    for row, *texts in cells.select(ROW, *names).iter_rows():
        if any(_words(text, footnotes=True).casefold().startswith(wanted) for text in texts if text):
            return int(row)
    return None


def _joined(rows: list[tuple[str, ...]], header: Header) -> list[str]:
    """One name a column: the cells of the header rows, upper first, a merged upper cell over each of its columns."""
    cleaned = [[_words(cell, header.footnote_digits) for cell in row] for row in rows]
    *uppers, lowest = cleaned
    for n, row in enumerate(uppers):
        beneath = cleaned[n + 1 :]
        for i in range(1, len(row)):
            if not row[i] and any(lower[i] for lower in beneath):
                row[i] = row[i - 1]
    return [LEVELS_OF_HEADER.join(cell for cell in parts if cell) for parts in zip(*uppers, lowest, strict=True)]


def _words(cell: str, footnotes: bool) -> str:
    text = " ".join(cell.split())
    return without_footnotes(text) if footnotes else text


def without_footnotes(text: str) -> str:
    """The text without the numbers of footnotes at the ends of its words."""
    return _FOOTNOTES.sub("", text).strip()


def _number_repeats(table: TextTable) -> None:
    """Columns of one name that agree are one; those that differ are "name (1)", "name (2)", and none is "name"."""
    for name in [c for c in table.frame.columns if c != ROW]:
        copies = [c for c in table.frame.columns if c.startswith(f"{name}\0")]
        if any((table.frame[c] != table.frame[name]).any() for c in copies):
            free = (n for n in count(1) if f"{name} ({n})" not in table.frame.columns)
            numbers = {c: next(free) for c in [name, *copies]}
            table.frame = table.frame.rename({c: f"{name} ({n})" for c, n in numbers.items()})
            table.spelling |= {f"{name} ({n})": f"{table.spelling[name]} ({n})" for n in numbers.values()}
    settle_duplicate_headers(table, "")
