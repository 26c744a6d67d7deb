"""The commands around submitting, run as a user runs them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipelines.settings import Settings
from tests.intake.valid_returns import valid, write_zip

pytestmark = pytest.mark.slow


def inclusion(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "INCLUSION_DATA_DIR": str(settings.data_dir)}
    command = [sys.executable, "-c", "from pipelines.cli.main import main; main()", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


SLOT = ("--return", "sen2", "--body", "330", "--period", "2025", "--who", "sender@la", "--land-only")


@pytest.mark.slow
def test_from_sending_in_to_authorising(settings: Settings, tmp_path: Path) -> None:
    file = write_zip(tmp_path / "sen2.zip", "sen2", valid("sen2"))
    sent = inclusion(settings, "submit", str(file), *SLOT)
    assert (sent.returncode, sent.stderr.splitlines()[0]) == (0, "Reading sen2.zip …")
    number = re.search(r"Receipt ([0-9a-f]{16})\.", sent.stdout)
    assert number is not None
    listed = inclusion(settings, "submissions", "list", "--body", "330").stdout
    assert re.search(r"sen2 +E08000025 +2025 +accepted +sender@la +sen2.zip", listed)
    authorised = inclusion(settings, "submissions", "authorise", number[1], "--who", "director@la")
    assert authorised.stdout.startswith("Authorised by director@la: I answer for this return")
    shown = inclusion(settings, "submissions", "show", number[1]).stdout
    assert "accepted and authorised" in shown
    assert "Matched     new 6" in shown
    rotated = inclusion(settings, "person", "rotate-key")
    assert rotated.stdout.startswith("10 pseudonyms are now keyed with k2.")


@pytest.mark.slow
def test_a_refused_return_is_explained_and_its_report_written(settings: Settings, tmp_path: Path) -> None:
    spoilt = valid("sen2")
    spoilt["persons"][2]["sex"] = "X"
    file = write_zip(tmp_path / "sen2.zip", "sen2", spoilt)
    report = tmp_path / "report.json"
    sent = inclusion(settings, "submit", str(file), *SLOT, "--report", str(report))
    assert sent.returncode == 1
    assert "Refused: 1 error. What was there before stays." in sent.stdout
    assert "row 4, sex: X" in sent.stdout
    assert [v["source_row"] for v in json.loads(report.read_text())["violations"]] == [4]
    again = tmp_path / "again.csv"
    sent_number = inclusion(settings, "submissions", "list").stdout.split()[0]
    assert inclusion(settings, "submissions", "show", sent_number, "--report", str(again)).returncode == 0
    assert pl.read_csv(again).select("table", "source_row", "found").rows() == [("persons", 4, "X")]
    book = tmp_path / "report.xlsx"
    assert inclusion(settings, "submit", str(file), *SLOT, "--report", str(book)).returncode == 1
    marked = pl.read_excel(book, sheet_name="persons")
    assert "sex has a code" in marked["Errors"][2]
    assert not [path for path in settings.data_dir.rglob("report*") if path.is_file()]


def test_what_cannot_be_taken_in_ends_with_two_and_no_traceback(settings: Settings, tmp_path: Path) -> None:
    sent = inclusion(settings, "submit", str(tmp_path / "nothing.zip"), *SLOT)
    assert (sent.returncode, sent.stderr.count("Traceback")) == (2, 0)
    assert "cannot be read: No such file" in sent.stderr
