"""A broken release gets a report that names file, row, column and what to do, and changes nothing."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.published import sources
from pipelines.published.landing import published_dir
from pipelines.published.load import load_paths
from pipelines.published.problems import LoadReport
from pipelines.settings import Settings
from tests.published.releases import HARTLEPOOL, HEADER, csv_of, small_release, timeliness_row

NAME = "timeliness_20_week.csv"
GOOD = csv_of(small_release())


def workbook() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


def damaged_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, GOOD)
    return stream.getvalue()[:-40]


def tear(row: int, change: Callable[[bytes], bytes]) -> bytes:
    """The good file with one row, counted as a spreadsheet does, changed."""
    lines = GOOD.split(b"\n")
    lines[row - 1] = change(lines[row - 1])
    return b"\n".join(lines)


# name of the fault → content, then what the report must name: row, column, rule, a piece of what to do; loaded in part
BROKEN: dict[str, tuple[bytes, int | None, str | None, str, str, int]] = {
    "a missing column": (
        csv_of(small_release(), [c for c in HEADER if c != "plans_issued_20_weeks_ex"]),
        1, "plans_issued_20_weeks_ex", "A mapped column is missing", "ehc_timeliness.yaml", 4,
    ),
    "a missing area column": (
        csv_of(small_release(), [c for c in HEADER if c != "new_la_code"]),
        1, "new_la_code", "A mapped column is missing", "whole file", 0,
    ),
    "an unknown area code": (
        csv_of(small_release(new_la_code="E08000099")),
        5, "new_la_code", "The area code is not recognised", "'Leeds' is known to us as E08000035", 3,
    ),
    "an area at the wrong level": (
        csv_of(small_release(new_la_code="E12000001", la_name="North East")),
        5, "new_la_code", "The area code is not recognised", "E12000001", 3,
    ),
    "text in a number": (
        csv_of(small_release(plans_issued_den_ex="about 80")),
        5, "plans_issued_den_ex", "Text where a number belongs", "Correct the cell", 3,
    ),
    "a number beyond all bounds": (
        csv_of(small_release(plans_issued_den_ex="1e999")),
        5, "plans_issued_den_ex", "Text where a number belongs", "Correct the cell", 3,
    ),
    "an unknown period": (
        csv_of(small_release(time_period="202425")),
        5, "time_period", "The period is not recognised", "by calendar year", 3,
    ),
    "a file cut short": (
        GOOD[:-60],
        5, None, "A row has the wrong number of columns", "cut short: fetch it again", 3,
    ),
    "a torn row": (
        tear(3, lambda line: line[:50]),
        3, None, "A row has the wrong number of columns", "missing or an extra comma", 3,
    ),
    "a row with a comma too many": (
        tear(4, lambda line: line + b",1"),
        4, None, "A row has the wrong number of columns", "missing or an extra comma", 3,
    ),
    "a quotation mark that is never closed": (
        tear(4, lambda line: line.replace(b"Hartlepool", b'"Hartlepool')),
        4, None, "A quotation mark is never closed", "Close the quotation mark", 3,
    ),
    "an empty file": (b"", None, None, "The file is empty", "as it was published", 0),
    "nothing but a byte-order mark": (b"\xef\xbb\xbf\n\n", None, None, "The file is empty", "as it was published", 0),
    "a header and no rows": (csv_of([]), None, None, "The file has no rows", "as it was published", 0),
    "a blank first row": (b"\n" + GOOD, 1, None, "The first row is blank", "column names", 0),
    "binary rubbish": (bytes(range(256)) * 40, None, None, "The file cannot be read as text", "CSV UTF-8", 0),
    "a workbook that is none": (workbook(), None, None, "The workbook cannot be read", "Fetch the file again", 0),
    "a ZIP cut short": (damaged_zip(), None, None, "The file cannot be opened", "Fetch the file again", 0),
    "a gzip cut short": (gzip.compress(GOOD)[:-20], None, None, "The file cannot be opened", "Fetch the file again", 0),
    "another table under this name": (
        b"name,age\nAda,36\n",
        1, None, "The file is not the table that its mapping describes", "20 of the 20 columns", 0,
    ),
    "only rows of a level that is not used": (
        csv_of([timeliness_row(HARTLEPOOL, geographic_level="Ward")]),
        None, None, "The file holds no figure in scope", "right file", 0,
    ),
}  # fmt: skip


def load(settings: Settings, folder: Path, content: bytes, partial: bool = False) -> LoadReport:
    path = folder / NAME
    path.write_bytes(content)
    return load_paths(settings, [path], partial=partial)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_report_names_the_place_and_what_to_do_and_nothing_lands(
    settings: Settings, tmp_path: Path, fault: str
) -> None:
    content, row, column, rule, do, _ = BROKEN[fault]
    (tmp_path / "before").mkdir()
    load(settings, tmp_path / "before", GOOD.replace(b"2024", b"2023"))
    before = tree(settings.data_dir)
    report = load(settings, tmp_path, content)
    assert tree(settings.data_dir) == before
    assert not report.ok
    (outcome,) = report.files
    match = [p for p in outcome.problems if (p.row, p.column, p.rule) == (row, column, rule)]
    assert match, report.as_text()
    assert do in match[0].do + match[0].found
    assert outcome.read == outcome.loaded + outcome.refused + outcome.out_of_scope
    text = report.as_text()
    place = NAME + (f", row {row}" if row else "") + (f", column {column}" if column else "")
    assert place in text and match[0].do in text
    assert "1 file refused" in text
    assert "ehc_plans_1" not in text


@pytest.mark.parametrize("fault", BROKEN)
def test_partial_loads_the_good_rows_and_keeps_the_refused_ones_beside_them(
    settings: Settings, tmp_path: Path, fault: str
) -> None:
    content, row, _, rule, _, good = BROKEN[fault]
    report = load(settings, tmp_path, content, partial=True)
    (outcome,) = report.files
    assert outcome.read == outcome.loaded + outcome.refused + outcome.out_of_scope
    folders = list(published_dir(settings).glob("*/*/*"))
    if not good:
        assert (outcome.outcome, folders) == ("refused", [])
        assert "--partial" not in report.as_text()
        return
    assert (outcome.outcome, outcome.loaded) == ("loaded in part", good)
    (folder,) = folders
    assert pl.read_parquet(folder / "figures.parquet")["source_row"].n_unique() == good
    refused = pl.read_parquet(folder / "refused.parquet")
    assert (row, rule) in refused.select("row", "rule").rows()


def test_every_fault_of_a_file_is_reported_at_once(settings: Settings, tmp_path: Path) -> None:
    rows = small_release(plans_issued_den_ex="many", plans_issued_den="few")
    rows[2]["new_la_code"] = "E0600001"
    rows[1]["time_period"] = "next year"
    report = load(settings, tmp_path, csv_of(rows) + b"2024,Calendar year\n")
    places = {(p.row, p.column) for p in report.problems}
    assert places == {
        (3, "time_period"), (4, "new_la_code"), (5, "plans_issued_den_ex"), (5, "plans_issued_den"), (6, None),
    }  # fmt: skip
    (outcome,) = report.files
    assert (outcome.read, outcome.refused) == (5, 5)


def test_a_thousand_faults_are_counted_in_the_text_and_listed_in_the_json(settings: Settings, tmp_path: Path) -> None:
    rows = [timeliness_row(HARTLEPOOL, year=2024, new_la_code=f"E99{n:06}") for n in range(1_000)]
    report = load(settings, tmp_path, csv_of(rows))
    text = report.as_text()
    assert "The area code is not recognised (1,000)" in text
    assert "… and 980 more: --report FILE lists every one" in text
    assert report.as_json().count('"rule"') == 1_000


def test_one_bad_file_does_not_keep_the_others_out(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / NAME).write_bytes(GOOD)
    (folder / "timeliness_20_week_old.csv").write_bytes(b"")
    (folder / "notes.txt").write_text("Not data.")
    report = load_paths(settings, [folder, tmp_path / "nowhere"])
    outcomes = {f.file: f.outcome for f in report.files}
    assert outcomes == {
        "release/notes.txt": "out of scope",
        "release/timeliness_20_week.csv": "loaded",
        "release/timeliness_20_week_old.csv": "refused",
        str(tmp_path / "nowhere"): "refused",
    }
    text = report.as_text()
    assert "no mapping contract names a file like these:\n  release/notes.txt" in text
    assert "there is no file or folder of this name. Check the path." in text


def test_an_archive_that_unpacks_beyond_the_limit_is_not_unpacked(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 2_000_000)
    zeros = bytes(1_500_000)
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, zeros)
        archive.writestr("requests.csv", zeros)
    (tmp_path / "timeliness_20_week.csv.gz").write_bytes(gzip.compress(zeros * 2))
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("the archive was unpacked"))
    report = load_paths(settings, [path, tmp_path / "timeliness_20_week.csv.gz"])
    assert [f.outcome for f in report.files] == ["refused", "refused"]
    assert all("larger than 2 MB" in p.found for p in report.problems)


def test_a_file_that_borrows_its_denominator_says_which_file_it_needs(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "personal_budgets.csv"
    path.write_bytes(GOOD)
    (outcome,) = load_paths(settings, [path]).files
    (problem,) = outcome.problems
    assert "no ehc_caseload file has been loaded, which personal_budget_pct and" in problem.found
    assert problem.do == "Load the folder or ZIP of the whole release."


def test_a_locked_zip_is_named_file_by_file(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(NAME, GOOD)
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1  # the bit that says "encrypted"
    path.write_bytes(content)
    (outcome,) = load_paths(settings, [path]).files
    assert (outcome.file, outcome.outcome) == (f"release.zip/{NAME}", "refused")
    assert "damaged or locked" in outcome.problems[0].found
