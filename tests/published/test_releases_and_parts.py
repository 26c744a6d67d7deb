"""Which release a file belongs to, what corrects it, and which files are left out on purpose."""

from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.published.landing import read_receipts
from pipelines.published.load import load_paths
from pipelines.published.receipts import clocks, release_of
from pipelines.published.vocabulary import Publication, Release
from pipelines.settings import Settings
from tests.published.made_up import layout
from tests.published.releases import csv_of, small_release

JUNE, JULY, NOW = datetime(2023, 6, 8, 9, 30), datetime(2023, 7, 13, 9, 30), datetime(2026, 1, 1)
MONTHLY = Publication(
    id="waits", title="Waits", publisher="p", licence="l", statistical_status="official_statistics", priority=1,
    contact="c", attribution="a",
    releases=[
        Release(id="waits_2023_04", published=JUNE, files=["community_2023-04*"]),
        Release(id="waits_2023_05", published=JULY, files=["Community_2023-05*"]),
        Release(id="waits_2023", published=NOW, reporting_year=2023),
    ],
)  # fmt: skip
PLANS = {"id": "plans_count", "value": "Plans"}


def test_a_release_may_name_its_files() -> None:
    mapping = layout(PLANS)
    found = {
        stem: release_of(MONTHLY, mapping, stem, 2023, None).id
        for stem in ("Community_2023-04-01.xlsx", "community_2023-05-01.xlsx", "other.xlsx")
    }
    assert list(found.values()) == ["waits_2023_04", "waits_2023_05", "waits_2023"]


def test_another_file_corrects_the_first_unless_the_dataset_is_in_parts() -> None:
    release = MONTHLY.releases[0]
    there: list[dict[str, Any]] = [{"release_id": release.id, "dataset": "made_up", "source_file": "Boys.csv"}]
    known = {
        (parts, stem): clocks(there, None, release, layout(PLANS, parts=parts), stem, None)[0] == JUNE
        for parts in (False, True)
        for stem in ("boys.csv", "girls.csv")
    }
    assert known == {
        (False, "boys.csv"): False,
        (False, "girls.csv"): False,
        (True, "boys.csv"): False,
        (True, "girls.csv"): True,
    }
    assert clocks(there, None, release, layout(PLANS), "boys.csv", JULY)[0] == JULY


def test_a_later_edition_that_is_loaded_first_is_not_known_before_it_was_out() -> None:
    release = MONTHLY.releases[0]
    first = {said: clocks([], None, release, layout(PLANS), "boys.csv", said)[0] for said in (None, JUNE, JULY)}
    assert first == {None: JUNE, JUNE: JUNE, JULY: JULY}


def test_a_file_left_out_on_purpose_says_why_and_is_never_read(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "timeliness_20_week.meta.csv").write_bytes(csv_of(small_release()))
    report = load_paths(settings, [tmp_path])
    (outcome,) = report.files
    assert (outcome.outcome, outcome.reason) == ("out of scope", "describes the columns of a data file")
    assert "timeliness_20_week.meta.csv: out of scope: describes the columns" in report.as_text()
    assert report.ok and not read_receipts(settings)
