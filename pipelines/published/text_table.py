"""Bytes of a CSV → a table of text with row numbers, and a problem for every record that is not whole."""

import codecs
import csv
import io
import re
from dataclasses import dataclass, field

import polars as pl

from pipelines.published.problems import Problem

ROW = "_row"
_COPY = "\0"  # Between a name and its number when a header repeats it; no text that we read holds it.
SHEET_ROWS = 10_000_000  # In a table of several sheets, `_row` is the sheet's number × this + its row there.
LEVELS_OF_HEADER = " / "  # Between the cells of a header of several rows.
TORN_LIMIT = 20  # A quoted cell may run over this many lines; beyond that the quotation mark was never closed.


@dataclass
class TextTable:
    """`frame` holds text columns under case-folded names, and `_row` as a spreadsheet counts rows.

    `read` rows are those of the frame, the refused and the blank. `spelling` is case-folded name → name as published.
    A table of a sheet, or below titles, is `titled`; `titles` is the text above the header, sheet by sheet.
    A row made of rows of several sheets is one in the frame and several in `read`. `stands_for`: its `_row` → `origin`,
    each of them; `sheet_of`: column → the number of the sheet that its cells stand in.
    """

    frame: pl.DataFrame
    spelling: dict[str, str]
    header_row: int = 1
    read: int = 0
    blank: int = 0
    refused: list[Problem] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    titled: bool = False
    titles: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    stands_for: pl.DataFrame | None = None
    sheet_of: dict[str, int] = field(default_factory=dict)


def read_text_table(content: bytes, file: str, separators: str = ",") -> TextTable:
    """Read a CSV. Never raises: what cannot be read is a problem in `faults` (whole file) or `refused` (a row).

    Of `separators`, the one that the header holds most of is the file's.
    """
    table = TextTable(pl.DataFrame(schema={ROW: pl.Int64}), {})
    text, note = decode(content)
    if text is None:
        table.faults.append(
            Problem(
                file,
                "The file cannot be read as text",
                note,
                "Save it again as CSV UTF-8 (comma delimited), or give the file as it was published.",
            )
        )
        return table
    if note:
        table.notes.append(note)
    records = records_of(text)
    if not records:
        table.faults.append(Problem(file, "The file is empty", "no rows", "Give the file as it was published."))
        return table
    bare = re.sub(r'"[^"]*"', "", records[0])
    separator = max(separators, key=bare.count)
    header = cells_of(records[0], separator) if records[0].strip() else None
    if header is None and not records[0].strip():
        table.faults.append(
            Problem(file, "The first row is blank", "no column names", "The first row must hold the column names.", 1)
        )
        return table
    if header is None:
        table.faults.append(
            Problem(file, "The header is torn", repr(records[0][:80]), "Check the quotation marks of row 1.", 1)
        )
        return table
    return _fill(table, header, records[1:], file, separator)


def decode(content: bytes) -> tuple[str | None, str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _try(content, "utf-16", "the file is UTF-16; read as such")
    if content[:4096].count(0) > len(content[:4096]) // 4:
        little = content[1:4096:2].count(0) >= content[0:4096:2].count(0)
        return _try(content, "utf-16-le" if little else "utf-16-be", "the file is UTF-16; read as such")
    text, _ = _try(content, "utf-8-sig", "")
    if text is None:
        text, note = _try(content, "cp1252", "the file is not UTF-8; read as Windows-1252")
        return text, note
    return (None, "zero bytes inside the text") if "\0" in text else (text, "")


def _try(content: bytes, encoding: str, note: str) -> tuple[str | None, str]:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as fault:
        return None, f"bytes that are neither UTF-8, UTF-16 nor Windows-1252 (at byte {fault.start:,})"
    return (None, "zero bytes inside the text") if "\0" in text else (text.removeprefix("\ufeff"), note)


def records_of(text: str) -> list[str]:
    """Lines, with a cell that runs over several lines put back together. Line ends of every kind."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if '"' not in text:
        return lines
    odd = (pl.Series(lines, dtype=pl.String).str.count_matches('"', literal=True) % 2 == 1).to_list()
    if not any(odd):
        return lines
    records, at = [], 0
    while at < len(lines):
        end = at
        if odd[at]:
            closing = next((i for i in range(at + 1, min(at + 1 + TORN_LIMIT, len(lines))) if odd[i]), None)
            end = closing if closing is not None else at
        records.append("\n".join(lines[at : end + 1]))
        at = end + 1
    return records


def cells_of(record: str, separator: str) -> list[str] | None:
    if record.count('"') % 2:
        return None
    try:
        rows = list(csv.reader(io.StringIO(record), delimiter=separator, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _fill(table: TextTable, header: list[str], records: list[str], file: str, separator: str) -> TextTable:
    width = len(header)
    table.read = len(records)
    if not records:
        table.faults.append(
            Problem(file, "The file has no rows", "a header and nothing below it", "Give the file as it was published.")
        )
        none = pl.DataFrame(schema={f"{i}": pl.String for i in range(width)})
        table.frame, table.spelling = name_columns(none, header, pl.Series(ROW, [], dtype=pl.Int64))
        return table
    lines = pl.DataFrame({"line": records}, schema={"line": pl.String}).with_row_index(ROW, offset=2)
    # Separators outside quotation marks; a mark left over after paired ones are taken out means a torn cell.
    bare = pl.col("line").str.replace_all(r'"[^"]*"', "")
    lines = lines.with_columns(
        pl.col(ROW).cast(pl.Int64),
        found=bare.str.count_matches(separator, literal=True) + 1,
        torn=bare.str.contains('"', literal=True),
        blank=pl.col("line").str.contains(rf'^[\s"{re.escape(separator)}]*$'),
    )
    table.blank = lines.filter(pl.col("blank") & ~pl.col("torn")).height
    lines = lines.filter(~(pl.col("blank") & ~pl.col("torn")))
    whole = pl.col("found") == width
    last = lines[ROW].max()
    for row, found, torn in lines.filter(~whole | pl.col("torn")).select(ROW, "found", "torn").iter_rows():
        table.refused.append(_torn_row(file, row, found, torn, width, row == last))
    good = lines.filter(whole & ~pl.col("torn"))
    table.frame, table.spelling, unreadable = _parse(good, header, separator)
    for row in unreadable:
        table.refused.append(
            Problem(
                file,
                "A row cannot be parsed",
                "quotation marks in the middle of a cell",
                "Correct the quotation marks of this row.",
                row,
            )
        )
    settle_duplicate_headers(table, file)
    return table


def _torn_row(file: str, row: int, found: int, torn: bool, width: int, last: bool) -> Problem:
    if torn:
        return Problem(
            file,
            "A quotation mark is never closed",
            "an opening quotation mark without its pair",
            "Close the quotation mark, or fetch the file again.",
            row,
        )
    do = (
        "The file seems to be cut short: fetch it again."
        if last and found < width
        else "Check this row for a missing or an extra comma."
    )
    return Problem(
        file, "A row has the wrong number of columns", f"{found} columns where the header has {width}", do, row
    )


def _parse(good: pl.DataFrame, header: list[str], separator: str) -> tuple[pl.DataFrame, dict[str, str], list[int]]:
    names = [f"{i}" for i in range(len(header))]
    unreadable: list[int] = []
    rows = good[ROW]
    try:
        parsed = pl.read_csv(
            ("\n".join(good["line"].to_list()) + "\n").encode(),
            has_header=False,
            new_columns=names,
            separator=separator,
            schema_overrides=dict.fromkeys(names, pl.String),
            infer_schema=False,
        )
        if parsed.height != good.height or parsed.width != len(names):
            raise pl.exceptions.ComputeError("rows were lost")
    except pl.exceptions.PolarsError:
        kept: list[list[str]] = []
        for row, line in good.iter_rows() if good.width == 2 else good.select(ROW, "line").iter_rows():
            cells = cells_of(line, separator)
            if cells is None or len(cells) != len(header):
                unreadable.append(row)
            else:
                kept.append(cells)
        parsed = pl.DataFrame(kept, schema=dict.fromkeys(names, pl.String), orient="row")
        rows = rows.filter(~rows.is_in(unreadable))
    frame, spelling = name_columns(parsed, header, rows)
    return frame, spelling, unreadable


def name_columns(cells: pl.DataFrame, header: list[str], rows: pl.Series) -> tuple[pl.DataFrame, dict[str, str]]:
    """Cells under columns "0", "1", … → stripped text under case-folded names with `_row`, and the spelling of names.

    A name that repeats is kept apart until settle_duplicate_headers.
    """
    spelling: dict[str, str] = {}
    rename: dict[str, str] = {}
    for i, spelt in enumerate(header):
        name = spelt.strip().casefold() or f"column {i + 1}"
        copies = sum(1 for given in rename.values() if given.split(_COPY)[0] == name)
        rename[f"{i}"] = name if not copies else f"{name}{_COPY}{copies + 1}"
        spelling.setdefault(name, spelt.strip())
    frame = cells.rename(rename).with_columns(pl.all().fill_null("").str.strip_chars())
    return frame.with_columns(rows.alias(ROW)), spelling


def settle_duplicate_headers(table: TextTable, file: str) -> None:
    """Columns of one name that agree everywhere are one column; columns that differ are a fault."""
    for extra in [c for c in table.frame.columns if _COPY in c]:
        name = extra.split(_COPY)[0]
        spelt = table.spelling.get(name, name)
        # By series: to pl.col a name such as "*" is a pattern.
        differing = table.frame.filter(table.frame[name] != table.frame[extra])
        if differing.height:
            table.faults.append(
                Problem(
                    file,
                    "Two columns share one name and disagree",
                    f"{differing[name][0]!r} and {differing[extra][0]!r}",
                    "Give each column its own name.",
                    differing[ROW][0],
                    spelt,
                )
            )
        table.frame = table.frame.drop(extra)
