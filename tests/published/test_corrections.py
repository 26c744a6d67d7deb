"""The same file again changes nothing; another file for the same release corrects it; a new mapping reads it again."""

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.fingerprint import input_fingerprint
from pipelines.publish.reader import current_version, open_version
from pipelines.published.landing import published_dir, read_receipts
from pipelines.published.load import load_paths
from pipelines.published.mapping import load_mappings
from pipelines.run import run_pipeline
from pipelines.settings import Settings
from tests.published.releases import ENGLAND, HARTLEPOOL, LEEDS, csv_of, small_release, timeliness_row

NAME = "timeliness_20_week.csv"


def load(settings: Settings, folder: Path, rows: list[dict[str, str]], published_on: datetime | None = None) -> str:
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(csv_of(rows))
    (outcome,) = load_paths(settings, [folder / NAME], published_on=published_on).files
    return outcome.outcome


def test_the_same_release_twice_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    assert load(settings, tmp_path, small_release()) == "loaded"
    before = input_fingerprint(settings)
    files = {p: p.stat().st_mtime_ns for p in published_dir(settings).rglob("*")}
    assert load(settings, tmp_path / "again", small_release()) == "already loaded"
    assert input_fingerprint(settings) == before
    assert {p: p.stat().st_mtime_ns for p in published_dir(settings).rglob("*")} == files
    (outcome,) = load_paths(settings, [tmp_path / NAME]).files
    assert (outcome.read, outcome.loaded, outcome.figures) == (4, 4, 16)


def test_an_altered_copy_is_a_correction_known_from_its_own_publication(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, small_release())
    load(settings, tmp_path, small_release(la_name="Leeds City"), datetime(2025, 9, 1, 9, 30))
    load(settings, tmp_path, small_release(la_name="City of Leeds"))
    known = [receipt["known_from"] for receipt in read_receipts(settings)]
    assert known[:2] == ["2025-06-26T09:30:00", "2025-09-01T09:30:00"]
    assert known[2] == read_receipts(settings)[2]["received_at"] > known[1]


def test_an_unlisted_release_is_named_after_its_year(settings: Settings, tmp_path: Path) -> None:
    rows = [timeliness_row(HARTLEPOOL, year=2025)]
    load(settings, tmp_path, rows, datetime(2026, 6, 25, 9, 30))
    (receipt,) = read_receipts(settings)
    assert (receipt["release_id"], receipt["known_from"]) == ("ehc_plans_2026", "2026-06-25T09:30:00")


def test_a_changed_mapping_reads_the_same_file_again_under_its_old_date(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(settings, tmp_path, small_release(), datetime(2025, 7, 1))
    (before,) = read_receipts(settings)

    def fewer(count: int) -> None:
        changed = tuple(
            m.model_copy(update={"metrics": m.metrics[:count], "sha256": f"{count}" * 64})
            if m.dataset == "ehc_timeliness"
            else m
            for m in load_mappings()
        )
        monkeypatch.setattr("pipelines.published.file_names.load_mappings", lambda: changed)

    fewer(1)
    assert load(settings, tmp_path, small_release()) == "loaded"
    (after,) = read_receipts(settings)
    assert after["mapping_sha256"] == "1" * 64
    assert (after["known_from"], after["received_at"]) == (before["known_from"], before["received_at"])
    assert after["folder"] == before["folder"]
    assert pl.read_parquet(after["folder"] / "figures.parquet")["metric_id"].unique().to_list() == ["ehc_20wk_pct"]
    assert load(settings, tmp_path, small_release()) == "already loaded"
    # Interrupted between figures and receipt, it is read again.
    fewer(2)
    receipt = after["folder"] / "receipt.json"
    old = receipt.read_text()
    load(settings, tmp_path, small_release())
    receipt.write_text(old)
    assert load(settings, tmp_path, small_release()) == "loaded"
    assert json.loads(receipt.read_text())["figures"] == 8
    assert list((settings.landed_dir / ".incoming").iterdir()) == []


@pytest.mark.slow
def test_as_known_on_gives_what_was_said_before_and_after_a_correction(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, small_release())
    first = run_pipeline(settings)
    corrected = small_release()
    corrected[3] = timeliness_row(LEEDS, 24, 80)
    corrected[2] |= dict.fromkeys(["plans_issued_20_weeks_ex", "PC_plans_issued_20_weeks_ex"], "c")
    load(settings, tmp_path, corrected, datetime(2025, 9, 1, 9, 30))
    second = run_pipeline(settings)
    assert (first.rebuilt, second.rebuilt, run_pipeline(settings).rebuilt) == (True, True, False)

    con = open_version(current_version(settings, "public"))
    where = "WHERE metric_id = 'ehc_20wk_pct' AND breakdown_1 = 'total'"
    now = f"SELECT geography_code, value, status FROM fct_metric_current {where}"
    assert set(con.execute(f"{now} AND geography_code LIKE 'E0%'").fetchall()) == {
        (HARTLEPOOL, None, "suppressed"),
        (LEEDS, 30.0, "shown"),
    }
    known = f"SELECT geography_code, value FROM as_known_on(DATE '{{}}') {where} AND geography_code <> 'E12000001'"
    assert dict(con.execute(known.format("2025-07-01")).fetchall()) == {ENGLAND: 50.0, HARTLEPOOL: 75.0, LEEDS: 25.0}
    assert dict(con.execute(known.format("2025-10-01")).fetchall()) == {ENGLAND: 50.0, HARTLEPOOL: None, LEEDS: 30.0}
    assert con.execute(known.format("2025-06-01")).fetchall() == []
    # Leeds and Hartlepool were closed and opened again; England said the same twice, which is no revision.
    history = con.execute(
        f"SELECT geography_code, value, known_from::VARCHAR, known_to::VARCHAR FROM fct_metric {where} "
        "AND geography_code IN ('E92000001', 'E08000035') ORDER BY 1, 3"
    ).fetchall()
    published, again = "2025-06-26 09:30:00", "2025-09-01 09:30:00"
    assert history == [(LEEDS, 25.0, published, again), (LEEDS, 30.0, again, None), (ENGLAND, 50.0, published, None)]
