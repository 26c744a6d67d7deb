"""Whatever is in a file, reading it and checking it ends in a report: no exception, no part taken for the whole."""

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts.return_contract import load_return
from pipelines.intake.batch import check_batch
from pipelines.intake.raw_tables import RawTables, read_return
from pipelines.intake.spelling import canonical
from pipelines.intake.violations import violations_frame, without_confidential
from pipelines.intake.workspace import Candidate
from tests.intake.valid_returns import csv_bytes, valid

CENSUS = load_return("school_census")
[PUPILS] = CENSUS.tables
COLUMNS = [column.name for column in PUPILS.columns]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _seeds() -> dict[str, bytes]:
    """A valid census in each form, as bytes."""
    rows = valid("school_census")["pupils"]
    text = csv_bytes(rows)
    book = openpyxl.Workbook()
    for row in [COLUMNS, *([row[name] for name in COLUMNS] for row in rows)]:
        book.worksheets[0].append(row)
    workbook, parquet, archive = io.BytesIO(), io.BytesIO(), io.BytesIO()
    book.save(workbook)
    pl.DataFrame(rows).write_parquet(parquet)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("pupils.csv", text)
    return {
        ".csv": text,
        ".xlsx": workbook.getvalue(),
        ".parquet": parquet.getvalue(),
        ".zip": archive.getvalue(),
    }


SEEDS = _seeds()


def read(suffix: str, content: bytes) -> RawTables:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"pupils{suffix}"
        path.write_bytes(content)
        return read_return(CENSUS, path)


def is_whole_or_refused(raw: RawTables) -> bool:
    """Either nothing was left unread, and every column of every row is there, or there is an error that says what."""
    if not raw.is_readable:
        return all(violation.message and violation.do for violation in raw.violations)
    frame = raw.tables["pupils"]
    rows = frame["source_row"].to_list()
    return frame.columns == ["source_row", *COLUMNS] and rows == sorted(set(rows)) and bool(rows)


@st.composite
def spoilt_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A valid file with some bytes changed, put in or cut off."""
    suffix = draw(st.sampled_from(sorted(SEEDS)))
    content = bytearray(SEEDS[suffix])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        match draw(st.sampled_from(["change", "insert", "cut", "drop"])):
            case "change" if content:
                content[at] = draw(st.integers(0, 255))
            case "insert":
                content[at:at] = draw(st.binary(max_size=20))
            case "cut":
                del content[at:]
            case _:
                del content[at : at + draw(st.integers(1, 40))]
    return suffix, bytes(content)


@QUICK
@given(st.sampled_from(sorted(SEEDS)), st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(suffix: str, content: bytes) -> None:
    assert is_whole_or_refused(read(suffix, content))


@settings(QUICK, max_examples=150)
@given(spoilt_files())
def test_a_damaged_file_is_read_or_refused(spoilt: tuple[str, bytes]) -> None:
    assert is_whole_or_refused(read(*spoilt))


# A cell runs over twenty lines at most (text_table), and a zero byte is no text; both are refused as such.
CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@st.composite
def grids(draw: st.DrawFn) -> list[list[str] | None]:
    """Records below a header of three columns, None for a blank row. The first cell names the row, so it is known."""
    rows = draw(st.lists(st.one_of(st.none(), st.tuples(CELLS, CELLS)), min_size=1, max_size=8))
    return [None if cells is None else [f"mark{at}", *cells] for at, cells in enumerate(rows)]


def marks(grid: list[list[str] | None]) -> list[tuple[str, int]]:
    return [(row[0], at) for at, row in enumerate(grid, 2) if row is not None]


@QUICK
@given(grids(), st.sampled_from(",;\t|"))
def test_row_numbers_of_any_csv_are_those_of_its_records(grid: list[list[str] | None], separator: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["surname", "forename", "urn"])
    for row in grid:
        if row is None:
            out.write("\r\n")
        else:
            writer.writerow(row)
    raw = read(".csv", out.getvalue().encode())
    found = raw.tables["pupils"].select("surname", "source_row").rows() if raw.tables else []
    refused = {v.source_row for v in raw.violations if v.rule == "readable"}
    assert found == [mark for mark in marks(grid) if mark[1] not in refused]


@QUICK
@given(grids())
def test_row_numbers_of_any_workbook_are_those_it_shows(grid: list[list[str] | None]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["surname", "forename", "urn"])
    for at, row in enumerate(grid, 2):
        for column, cell in enumerate(row or [], 1):
            text = "".join(letter for letter in cell if letter.isprintable())
            sheet.cell(at, column).value = text or None
            sheet.cell(at, column).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    raw = read(".xlsx", out.getvalue())
    found = raw.tables["pupils"].select("surname", "source_row").rows() if raw.tables else []
    assert found == marks(grid)


@QUICK
@given(st.lists(st.one_of(st.none(), CELLS, st.dates().map(str)), min_size=1, max_size=6))
def test_spelling_leaves_rows_where_they_are_and_never_invents_a_value(cells: list[str | None]) -> None:
    frame = pl.DataFrame(dict.fromkeys(COLUMNS, cells), schema=dict.fromkeys(COLUMNS, pl.String))
    spelt = canonical(frame, PUPILS)
    assert spelt.columns == COLUMNS and spelt.height == len(cells)
    for before, after in zip(cells, spelt["entrydate"], strict=True):
        assert after == (before or None) or len(after) == 10
    assert canonical(spelt, PUPILS).equals(spelt)


@QUICK
@given(spoilt_files())
def test_nobody_but_the_sender_sees_a_cell_of_a_damaged_file(spoilt: tuple[str, bytes]) -> None:
    violations = violations_frame("one", read(*spoilt).violations)
    seen = without_confidential(violations, CENSUS)
    assert seen.columns == violations.columns and seen.height == violations.height
    told = seen.select(pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator=" ")).to_series().to_list()
    assert not [text for text in told if "Ahmed" in text or "3302000" in text]


@settings(QUICK, max_examples=12)
@given(st.lists(st.lists(st.one_of(CELLS, st.dates().map(str)), min_size=26, max_size=26), min_size=1, max_size=20))
def test_whatever_the_cells_hold_every_row_is_judged_and_none_is_invented(rows: list[list[str]]) -> None:
    text = csv_bytes([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    raw = read(".csv", text)
    batch = check_batch(CENSUS, [Candidate("one", "100001", "2025-spring", raw)])
    named = set(batch.violations["source_row"].drop_nulls())
    assert named <= set(range(2, len(rows) + 2))
    if raw.is_readable:
        # No row of nonsense has a UPN with the right letter, a sex and a date of birth.
        assert set(raw.tables["pupils"]["source_row"]) == named
    assert batch.verdict("one") == "refused"
