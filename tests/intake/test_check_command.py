"""`inclusion check` and its reports: what is said, in each format, for the sender's eyes; and how it ends."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from pipelines.contracts.return_contract import load_return
from pipelines.intake.batch import check_batch
from pipelines.intake.raw_tables import read_return
from pipelines.intake.violations import without_confidential
from pipelines.intake.workspace import Candidate
from tests.intake.test_reading import workbook
from tests.intake.valid_returns import Return, csv_bytes, valid, write_zip

# The reports quote these cells of the sender, and nobody else may see them.
SECRET = "=Ahmed"


def spoilt() -> Return:
    """A census with an error of form in row 3, one of a rule in row 4, and a query in row 2."""
    tables = valid("school_census")
    rows = tables["pupils"]
    rows[0]["sentype2"], rows[0]["surname"] = "ASD", SECRET
    rows[1]["upn"] = "=SECRET"
    rows[2]["leavingdate"] = "2019-01-01"
    return tables


def run(*arguments: object) -> Result:
    given = ["check", *map(str, arguments), "--return", "school_census", "--body", "100001", "--period", "2025-spring"]
    return CliRunner().invoke(app, given)


def test_a_good_return_is_accepted_in_few_words(tmp_path: Path) -> None:
    result = run(write_zip(tmp_path / "census.zip", "school_census", valid("school_census")))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "census.zip: accepted",
        "  School census: pupils, 2025-spring, census day 16 January 2025",
        "  5 pupils",
        "  0 errors, 0 queries, 0 remarks",
    ]


def test_a_faulty_return_is_refused_with_rule_place_and_remedy(tmp_path: Path) -> None:
    file = tmp_path / "pupils.csv"
    file.write_bytes(csv_bytes(spoilt()["pupils"]))
    result = run(file)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "pupils.csv: refused"
    assert "  2 errors, 1 query, 0 remarks" in lines
    at = lines.index("error S09: The pupil left before joining. (1)")
    assert lines[at + 1 : at + 3] == [
        "  Correct one of the two dates.",
        "    sheet pupils, row 4, entrydate, leavingdate: entrydate 2019-09-02; leavingdate 2019-01-01",
    ]
    assert lines[-1] == "Rules across rows and tables are judged once the errors above are corrected."


def test_every_failing_row_is_in_the_report_file_though_the_text_shows_twenty(tmp_path: Path) -> None:
    rows = valid("school_census")["pupils"]
    many = [{**rows[1], "upn": f"Z{330200001100 + n}", "sex": "Q"} for n in range(25)]
    (tmp_path / "pupils.csv").write_bytes(csv_bytes(many))
    result = run(tmp_path / "pupils.csv", "--report", tmp_path / "report.json")
    assert "… and 5 more: --report FILE lists every one" in result.stdout
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    sexes = [each["source_row"] for each in report["violations"] if each["column"] == "sex"]
    assert sexes == list(range(2, 27))
    assert (report["verdict"], report["rows"], report["rules_across_rows_judged"]) == ("refused", {"pupils": 25}, False)


def test_a_csv_report_cannot_run_in_a_spreadsheet(tmp_path: Path) -> None:
    file = tmp_path / "pupils.csv"
    file.write_bytes(csv_bytes(spoilt()["pupils"]))
    run(file, "--report", tmp_path / "report.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "report.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["rule"], row["source_row"], row["found"]) for row in rows if row["rule"] == "format"] == [
        ("format", "3", "'=SECRET")
    ]
    assert {row["rule"] for row in rows} == {"format", "S09", "S13"}


@pytest.mark.parametrize("titles", [0, 2])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_senders_own_sheet_comes_back_with_its_rows_and_what_is_wrong_in_them(
    form: str, titles: int, tmp_path: Path
) -> None:
    file = tmp_path / f"pupils.{form}"
    if form == "xlsx":
        workbook(file, spoilt(), titles=titles)
    else:
        file.write_bytes(csv_bytes(spoilt()["pupils"]))
    down = titles if form == "xlsx" else 0
    assert run(file, "--report", tmp_path / "marked.xlsx").exit_code == 1
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    sheet = book["pupils"]
    header = [cell.value for cell in sheet[1 + down]]
    assert header[-3:] == ["Errors", "Queries", "Remarks"]
    errors, queries = header.index("Errors"), header.index("Queries")
    said = {row[0].row - down: (row[errors].value, row[queries].value) for row in sheet.iter_rows(min_row=2 + down)}
    assert said[3][0].startswith("format upn is not of the right form") and said[3][1] is None
    assert said[4][0].startswith("S09 The pupil left before joining.")
    assert said[2][0] is None and said[2][1].startswith("S13 ")
    assert said[5] == said[6] == (None, None)
    upn = sheet.cell(3 + down, header.index("upn") + 1)
    assert upn.fill.fill_type == "solid" and upn.data_type == "s"
    assert sheet.cell(4 + down, header.index("upn") + 1).fill.fill_type is None
    summary = [cell.value for cell in book["What to correct"][1]]
    assert summary[0] == f"pupils.{form}: refused, 2 errors, 1 queries, 0 remarks"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--return", "sen3"], "There is no return 'sen3'"),
        (["--return", "sen2", "--body", "no such body"], "is no code of a body"),
        (["--return", "sen2", "--period", "2025-spring"], "is no period of SEN2"),
        (["--return", "sen2", "--report", "report.pdf"], "A report is one of .json, .csv, .xlsx"),
    ],
)
def test_what_cannot_be_checked_ends_with_2_and_says_why(arguments: list[str], said: str, tmp_path: Path) -> None:
    file = write_zip(tmp_path / "sen2.zip", "sen2", valid("sen2"))
    result = CliRunner().invoke(app, ["check", str(file), *arguments])
    assert result.exit_code == 2
    assert said in result.stderr


def test_what_others_may_see_has_no_confidential_cell(tmp_path: Path) -> None:
    contract = load_return("school_census")
    file = tmp_path / "pupils.csv"
    file.write_bytes(csv_bytes(spoilt()["pupils"]))
    batch = check_batch(contract, [Candidate("one", "100001", "2025-spring", read_return(contract, file))])
    seen = without_confidential(batch.violations, contract)
    by_rule = {row["rule"]: row for row in seen.iter_rows(named=True)}
    assert by_rule["format"]["found"] == "" and by_rule["format"]["column"] == "upn"
    assert by_rule["S13"]["found"] == "sentype1 ASD; sentype2 ASD"
    assert seen.drop("found").equals(batch.violations.drop("found"))
    assert batch.violations.filter(pl.col("rule") == "format")["found"].to_list() == ["=SECRET"]


def test_checking_loads_none_of_the_slow_libraries(tmp_path: Path) -> None:
    file = write_zip(tmp_path / "census.zip", "school_census", valid("school_census"))
    arguments = ["inclusion", "check", str(file), "--return", "school_census"]
    script = (
        f"import sys; sys.argv = {arguments!r}\n"
        "from pipelines.cli.main import app\n"
        "app(standalone_mode=False)\n"
        "print(sorted({'dagster', 'dbt', 'great_expectations', 'pandas', 'openpyxl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
