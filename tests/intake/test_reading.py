"""Readers: one return in every form it comes in, what a file can be wrong about, and whatever bytes anyone sends."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from pipelines.contracts.return_contract import load_return
from pipelines.intake.batch import check_batch
from pipelines.intake.raw_tables import RawTables, read_return
from pipelines.intake.workspace import Candidate
from tests.intake.valid_returns import BODY, PERIOD, Return, Rows, csv_bytes, valid, write_zip

pytestmark = pytest.mark.slow

SEN2 = load_return("sen2")
CENSUS = load_return("school_census")


def workbook(path: Path, tables: Return, titles: int = 0, names: dict[str, str] | None = None) -> Path:
    """A return as a workbook of text cells, `titles` rows above each header."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for table, rows in tables.items():
        sheet = book.create_sheet((names or {}).get(table, table))
        for number in range(titles):
            sheet.append([f"Title {number}"] if number % 2 == 0 else [])
        for at, row in enumerate([list(rows[0]), *(list(row.values()) for row in rows)], titles + 1):
            for column, text in enumerate(row, 1):
                if text:
                    sheet.cell(at, column).value = text
                    sheet.cell(at, column).data_type = "s"
    book.save(path)
    return path


def typed(name: str, raw: RawTables) -> dict[str, pl.DataFrame]:
    batch = check_batch(load_return(name), [Candidate("one", BODY[name], PERIOD[name], raw)])
    assert batch.violations.rows() == []
    return batch.tables("one")


COLLECT_NAMES = {
    "persons": "Person",
    "requests": "Requests",
    "assessments": "Assessments",
    "named_plans": "Named Plan",
    "plan_details": "Plan Detail",
    "active_plans": "Active Plan",
    "placements": "Placement Detail",
    "sen_needs": "SEN Need",
}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def as_collect(tables: Return) -> Return:
    """The same content as the collection system exports it: its own dates, flags, spellings and extra columns."""
    contract, out = SEN2, {}
    for table, rows in tables.items():
        kinds = {column.name: column.logical_type for column in contract.table(table).columns}
        out[table] = []
        for row in rows:
            spelt = {"NativeId": "x1", f"{table}orderseqcolumn": "7"}
            for name, cell in row.items():
                if cell and kinds[name] == "date":
                    year, month, day = cell.split("-")
                    cell = f"{year}-{MONTHS[int(month) - 1]}-{day} 00:00:00"
                elif cell and kinds[name] == "boolean":
                    cell = {"1": "True", "0": "False"}[cell]
                elif cell and kinds[name] == "integer":
                    cell = f"{cell}.0"
                elif name == "upn":
                    cell = cell.lower()
                spelt[{"sex": "GenderCurrent", "requestsource": "rquestsource"}.get(name, name)] = cell
            out[table].append(spelt)
    return out


def zip_of(path: Path, tables: Return, names: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._Person.csv", b"litter")
        for table, rows in tables.items():
            archive.writestr(f"export/{names[table]}.csv", csv_bytes(rows))
    return path


def folder_of(path: Path, tables: Return) -> Path:
    path.mkdir()
    for table, rows in tables.items():
        (path / f"330 {COLLECT_NAMES[table]} 2025.csv").write_bytes(csv_bytes(rows, separator=";"))
    return path


def parquet_zip(path: Path, tables: Return) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, rows in tables.items():
            kinds = {c.name: c.logical_type for c in SEN2.table(table).columns}
            frame = pl.DataFrame(rows).with_columns(
                pl.when(pl.col(name) != "").then(pl.col(name)).cast(pl.Float64 if kind == "integer" else pl.String)
                if kind != "date"
                else pl.col(name).str.to_date(strict=False)
                for name, kind in kinds.items()
            )
            out = io.BytesIO()
            frame.write_parquet(out)
            archive.writestr(f"{table}.parquet", out.getvalue())
    return path


FORMS: dict[str, Callable[[Path], Path]] = {
    "workbook": lambda at: workbook(at / "r.xlsx", valid("sen2")),
    "workbook of the collection system": lambda at: workbook(
        at / "r.xlsx", as_collect(valid("sen2")), names=COLLECT_NAMES
    ),
    "export of the collection system": lambda at: zip_of(at / "r.zip", as_collect(valid("sen2")), COLLECT_NAMES),
    "folder of one file a module": lambda at: folder_of(at / "r", valid("sen2")),
    "parquet": lambda at: parquet_zip(at / "r.zip", valid("sen2")),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_return_is_the_same_in_every_form_it_comes_in(form: str, tmp_path: Path) -> None:
    plain = typed("sen2", read_return(SEN2, write_zip(tmp_path / "plain.zip", "sen2", valid("sen2"))))
    raw = read_return(SEN2, FORMS[form](tmp_path))
    assert [violation for violation in raw.violations if violation.severity == "error"] == []
    batch = check_batch(SEN2, [Candidate("one", "330", "2025", raw)])
    for table, frame in batch.tables("one").items():
        assert frame.equals(plain[table]), table


def test_titles_above_the_header_move_the_row_numbers_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    raw = read_return(CENSUS, workbook(tmp_path / "r.xlsx", valid("school_census"), titles=3))
    assert raw.tables["pupils"]["source_row"].to_list() == [5, 6, 7, 8, 9]
    assert raw.header_rows == {"pupils": 4}


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8-sig", ","), ("cp1252", ";"), ("utf-16", "\t"), ("utf-8", "|")]
)
def test_csv_of_any_usual_encoding_and_separator(encoding: str, separator: str, tmp_path: Path) -> None:
    rows = valid("school_census")["pupils"]
    rows[1]["surname"] = "Müller, Zoë"
    file = tmp_path / "pupils.csv"
    file.write_bytes(csv_bytes(rows, separator=separator).decode().encode(encoding))
    raw = read_return(CENSUS, file)
    assert raw.is_readable
    assert raw.tables["pupils"]["surname"][1] == "Müller, Zoë"


def test_blank_rows_are_passed_over_and_the_numbers_of_the_others_stay(tmp_path: Path) -> None:
    lines = csv_bytes(valid("school_census")["pupils"]).decode().split("\r\n")
    file = tmp_path / "pupils.csv"
    file.write_text("\n".join([*lines[:2], "", "," * 25, *lines[2:], "", ""]), encoding="utf-8")
    assert read_return(CENSUS, file).tables["pupils"]["source_row"].to_list() == [2, 5, 6, 7, 8]


def census_csv(change: Callable[[str], str]) -> Callable[[Path], Path]:
    def write(at: Path) -> Path:
        (at / "pupils.csv").write_bytes(change(csv_bytes(valid("school_census")["pupils"]).decode()).encode())
        return at / "pupils.csv"

    return write


def bytes_as(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(at: Path) -> Path:
        (at / name).write_bytes(content)
        return at / name

    return write


def census_rows(change: Callable[[Rows], Rows]) -> Callable[[Path], Path]:
    def write(at: Path) -> Path:
        rows = change(valid("school_census")["pupils"])
        (at / "pupils.csv").write_bytes(csv_bytes(rows))
        return at / "pupils.csv"

    return write


def cell_in_error(at: Path) -> Path:
    file = workbook(at / "r.xlsx", valid("school_census"))
    book = openpyxl.load_workbook(file)
    book["pupils"]["I4"] = "#REF!"
    book.save(file)
    return file


def formula_without_value(at: Path) -> Path:
    file = workbook(at / "r.xlsx", valid("school_census"))
    book = openpyxl.load_workbook(file)
    book["pupils"]["I4"] = '="E"&"NG"'
    book.save(file)
    return file


def cell_in_the_last_corner(at: Path) -> Path:
    file = workbook(at / "r.xlsx", valid("school_census"))
    book = openpyxl.load_workbook(file)
    book["pupils"].cell(1_048_576, 16_384).value = "x"
    book.save(file)
    return file


def two_of_a_table(at: Path) -> Path:
    rows = csv_bytes(valid("school_census")["pupils"])
    with zipfile.ZipFile(at / "r.zip", "w") as archive:
        archive.writestr("pupils a.csv", rows)
        archive.writestr("pupils b.csv", rows)
    return at / "r.zip"


# What is wrong with the file → (rule, row, column) of its one error.
UNREADABLE: dict[str, tuple[Callable[[Path], Path], tuple[str, int | None, str | None]]] = {
    "empty file": (bytes_as("pupils.csv", b""), ("readable", None, None)),
    "zero bytes": (bytes_as("pupils.csv", b"urn,upn\n1,\0\n"), ("readable", None, None)),
    "no such kind of file": (bytes_as("pupils.pdf", b"%PDF"), ("readable", None, None)),
    "workbook that is none": (bytes_as("pupils.xlsx", b"PK\3\4 not a workbook"), ("readable", None, None)),
    "ZIP that is none": (bytes_as("pupils.zip", b"PK\3\4 not a zip"), ("readable", None, None)),
    "Parquet that is none": (bytes_as("pupils.parquet", b"PAR1 PAR1"), ("readable", None, None)),
    "header only": (census_csv(lambda text: text.split("\r\n")[0]), ("table", None, None)),
    "blank first row": (census_csv(lambda text: "\r\n" + text), ("readable", 1, None)),
    "torn row": (census_csv(lambda text: text.replace("|", "").replace("Hana,", "Hana")), ("readable", 4, None)),
    "quotation mark never closed": (census_csv(lambda text: text.replace("Ives", '"Ives')), ("readable", 5, None)),
    "missing column": (
        census_rows(lambda rows: [{k: v for k, v in row.items() if k != "sex"} for row in rows]),
        ("columns", None, "sex"),
    ),
    "misspelt column": (
        census_csv(lambda text: text.replace("senprovision", "senprovison")),
        ("columns", None, "senprovision"),
    ),
    "cell in error": (cell_in_error, ("readable", 4, "language")),
    "formula that was never computed": (formula_without_value, ("readable", None, None)),
    "cell in the last corner": (cell_in_the_last_corner, ("readable", None, None)),
    "two files of one table": (two_of_a_table, ("table", None, None)),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_whole_says_where_and_is_not_judged_further(case: str, tmp_path: Path) -> None:
    make, expected = UNREADABLE[case]
    raw = read_return(CENSUS, make(tmp_path))
    errors = [v for v in raw.violations if v.severity == "error"]
    assert [(v.rule, v.source_row, v.column) for v in errors] == [expected]
    assert all(v.message and v.do for v in raw.violations)
    batch = check_batch(CENSUS, [Candidate("one", "100001", "2025-spring", raw)])
    assert (batch.verdict("one"), batch.violations.height) == ("refused", len(raw.violations))
    with pytest.raises(ValueError, match="was refused"):
        batch.tables("one")


def test_a_missing_table_is_one_error_and_an_empty_one_none(tmp_path: Path) -> None:
    tables = valid("sen2")
    del tables["plan_details"]
    raw = read_return(SEN2, write_zip(tmp_path / "r.zip", "sen2", tables))
    assert [(v.rule, v.table) for v in raw.violations] == [("table", "plan_details")]
    raw = read_return(SEN2, write_zip(tmp_path / "r.zip", "sen2", valid("sen2") | {"plan_details": []}))
    assert typed("sen2", raw)["plan_details"].height == 0


def test_an_optional_column_left_out_is_asked_about_and_an_unknown_one_left_out(tmp_path: Path) -> None:
    rows = [{**row, "favourite colour": "green"} for row in valid("school_census")["pupils"]]
    for row in rows:
        del row["home_lsoa"]
    (tmp_path / "pupils.csv").write_bytes(csv_bytes(rows))
    raw = read_return(CENSUS, tmp_path / "pupils.csv")
    said = [(v.rule, v.column, v.severity, v.found) for v in raw.violations]
    assert said == [
        ("columns", None, "information", "favourite colour"),
        ("columns", "home_lsoa", "query", ""),
    ]
    assert raw.is_readable and raw.tables["pupils"]["home_lsoa"].null_count() == 5
