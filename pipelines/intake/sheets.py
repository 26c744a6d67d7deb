"""A file of any kind we take → its sheets: tables of text with the row numbers that a spreadsheet shows.

CSV (any usual encoding and separator), XLSX, Parquet, a ZIP of these, or a folder of these (one file a module).
"""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.intake.workbook import UNPACKED_LIMIT, read_workbook
from pipelines.published.problems import Problem
from pipelines.published.text_table import ROW, TextTable, name_columns, read_text_table, settle_duplicate_headers

SEPARATORS = ",;\t|"
_TEXT = (".csv", ".txt", ".tsv")
_WORKBOOK = (".xlsx", ".xlsm")
_TAKEN = (*_TEXT, *_WORKBOOK, ".parquet")
_AS_TAKEN = "Send CSV, XLSX, Parquet, or a ZIP of these with one file a table."


@dataclass
class Sheets:
    """Every sheet of a file with its name, and what of the file could not be read at all."""

    sheets: list[tuple[str, TextTable]] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)


def read_sheets(path: Path, known: set[str]) -> Sheets:
    """Read a file or folder. Never raises for what a file holds; OSError when it cannot be opened.

    `known` are the plain names of the columns to look for below the titles of a workbook.
    """
    found = Sheets()
    for name, content in _files(path, found):
        _read_one(name, content, known, found)
    if not found.sheets and not found.faults:
        found.faults.append(Problem(path.name, "There is nothing to read", "no table in the file", _AS_TAKEN))
    return found


def _files(path: Path, found: Sheets) -> Iterator[tuple[str, bytes]]:
    paths = sorted(p for p in path.iterdir() if p.suffix.lower() in _TAKEN) if path.is_dir() else [path]
    for each in paths:
        if each.stat().st_size > UNPACKED_LIMIT:
            found.faults.append(
                Problem(each.name, "The file is too large", f"{each.stat().st_size:,} bytes", _AS_TAKEN)
            )
        elif each.suffix.lower() == ".zip":
            yield from _members(each.name, each.read_bytes(), found)
        else:
            yield each.name, each.read_bytes()


def _members(file: str, content: bytes, found: Sheets) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not _is_litter(m.filename)]
            unpacked = sum(member.file_size for member in members)
            if unpacked > UNPACKED_LIMIT:
                found.faults.append(Problem(file, "The ZIP is too large", f"{unpacked:,} bytes unpacked", _AS_TAKEN))
                return
            for member in members:
                yield PurePosixPath(member.filename).name, archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as fault:
        # RuntimeError is a password, NotImplementedError an unknown compression.
        do = "Make the ZIP again, without a password, and check that it opens."
        found.faults.append(Problem(file, "The ZIP cannot be unpacked", str(fault)[:100] or type(fault).__name__, do))


def _is_litter(name: str) -> bool:
    """Files that operating systems add to a ZIP."""
    path = PurePosixPath(name)
    return path.name.startswith(".") or "__MACOSX" in path.parts or path.name.lower() == "thumbs.db"


def _read_one(name: str, content: bytes, known: set[str], found: Sheets) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _TEXT:
        found.sheets.append((PurePosixPath(name).stem, read_text_table(content, name, SEPARATORS)))
    elif suffix in _WORKBOOK:
        try:
            found.sheets += read_workbook(content, name, known)
        except ValueError as fault:
            do = "Open it in a spreadsheet program, save it again as XLSX without a password, and send that."
            found.faults.append(Problem(name, "The workbook cannot be read", str(fault), do))
    elif suffix == ".parquet":
        try:
            found.sheets.append((PurePosixPath(name).stem, _parquet(content, name)))
        except (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError) as fault:
            found.faults.append(Problem(name, "The Parquet file cannot be read", str(fault)[:100], "Write it again."))
    else:
        found.faults.append(Problem(name, "This kind of file is not taken", suffix or "no extension", _AS_TAKEN))


def _parquet(content: bytes, file: str) -> TextTable:
    """A Parquet file as if it had been saved from a spreadsheet: header in row 1, the first row in row 2."""
    frame = pl.DataFrame(pl.from_arrow(pq.read_table(BytesIO(content))))
    header = frame.columns
    cells = frame.select(_as_text(frame[name], f"{i}") for i, name in enumerate(header))
    rows = pl.Series(ROW, range(2, frame.height + 2), dtype=pl.Int64)
    table = TextTable(pl.DataFrame(), {}, read=frame.height)
    table.frame, table.spelling = name_columns(cells, header, rows)
    settle_duplicate_headers(table, file)
    return table


def _as_text(values: pl.Series, name: str) -> pl.Series:
    kind = values.dtype
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise ValueError(f"column {values.name} holds {kind}, not plain values")
    if isinstance(kind, pl.Datetime):
        return values.dt.strftime("%Y-%m-%d %H:%M:%S").alias(name)
    return values.cast(pl.String).alias(name)
