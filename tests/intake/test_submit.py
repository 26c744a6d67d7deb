"""Sending in a return: what lands, what counts, what stays, and where identifiers may not be found."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.return_contract import load_returns
from pipelines.intake.facts import people_of, person_table
from pipelines.intake.landing import returns_dir
from pipelines.intake.raw_files import purge_raw
from pipelines.published.geography import load_areas
from pipelines.services.outcome import Incoming, SubmissionOutcome, SubmitFailed
from pipelines.services.submissions import NotAuthorised, authorise, find, history, report_of
from pipelines.services.submit import delete_old_raw_files, submit, submit_batch
from pipelines.settings import Settings
from tests.intake.marked_child import BORN, SURNAME, UPN, found_in, marked
from tests.intake.valid_returns import BODY, PERIOD, Return, valid, write_zip

pytestmark = pytest.mark.slow


def send(settings: Settings, tables: Return, name: str = "sen2", **other: str) -> SubmissionOutcome:
    file = write_zip(settings.data_dir.parent / "sent.zip", name, tables)
    return submit(settings, file, name, other.get("body", BODY[name]), PERIOD[name], other.get("who", "sender@la"))


def landed(settings: Settings, outcome: SubmissionOutcome, table: str) -> pl.DataFrame:
    assert outcome.receipt_id is not None
    folder = returns_dir(settings) / outcome.return_name / outcome.period / outcome.body / outcome.receipt_id[:16]
    return pl.read_parquet(folder / f"{table}.parquet")


def with_changed_sex() -> Return:
    changed = valid("sen2")
    changed["persons"][0]["sex"] = "M"
    return changed


def test_an_accepted_return_lands_as_facts_about_persons(settings: Settings) -> None:
    outcome = send(settings, valid("sen2"))
    assert (outcome.state, outcome.counts["rows"]["persons"], outcome.counts["error"]) == ("accepted", 6, 0)
    persons = landed(settings, outcome, "persons")
    gone = {"persontableid", "surname", "forename", "postcode", "upn", "uniquelearnernumber"}
    assert not gone & set(persons.columns)
    assert persons["personbirthdate"].to_list()[:2] == [date(2015, 3, 1), date(2017, 9, 1)]
    assert persons["source_row"].to_list() == [2, 3, 4, 5, 6, 7]
    assert persons["person_id"].n_unique() == 6
    assert set(persons["submission_id"]) == {outcome.submission_id}
    # Alia's plan names Alia, through request r1; so do her two placements and two needs.
    alia = persons["person_id"][0]
    for table, rows in {"requests": 1, "assessments": 1, "named_plans": 1, "active_plans": 1, "placements": 2}.items():
        assert landed(settings, outcome, table).filter(pl.col("person_id") == alia).height == rows, table
    assert landed(settings, outcome, "sen_needs")["person_id"].to_list()[:2] == [alia, alia]


def test_the_census_and_sen2_meet_in_the_same_person(settings: Settings) -> None:
    sen2, census = send(settings, valid("sen2")), send(settings, valid("school_census"), "school_census")
    alia = landed(settings, census, "pupils").row(0, named=True)
    assert alia["person_id"] == landed(settings, sen2, "persons")["person_id"][0]
    assert (alia["match_rule"], alia["match_quality"]) == ("upn", "agrees")
    assert census.counts["matched"] == {"new": 4, "upn": 1}


def test_a_refused_return_changes_nothing_and_its_report_can_be_read_again(settings: Settings) -> None:
    first = send(settings, valid("sen2"))
    before = sorted(returns_dir(settings).rglob("*"))
    spoilt = valid("sen2")
    spoilt["persons"][2]["sex"] = "X"
    outcome = send(settings, spoilt)
    assert (outcome.state, outcome.receipt_id, outcome.counts["rules"]) == ("refused", None, {"persons codes": 1})
    assert outcome.message == "Refused: 1 error. What was there before stays."
    assert sorted(returns_dir(settings).rglob("*")) == before
    refused, accepted = history(settings)
    assert (refused.state, accepted.receipt_id, accepted.counts_now) == ("refused", first.receipt_id, True)
    report = report_of(settings, refused)
    assert report is not None
    assert report.select("table", "source_row", "column", "found").row(0) == ("persons", 4, "sex", "X")


def test_a_resubmission_counts_and_the_one_before_stays_in_history(settings: Settings) -> None:
    first, second = send(settings, valid("sen2")), send(settings, with_changed_sex())
    assert second.supersedes == first.receipt_id
    assert [(r.receipt_id, r.counts_now) for r in history(settings)] == [
        (second.receipt_id, True),
        (first.receipt_id, False),
    ]
    assert history(settings)[1].superseded_at == second.known_from
    # The children are the same ones; both submissions can be read.
    assert landed(settings, first, "persons")["person_id"].equals(landed(settings, second, "persons")["person_id"])
    assert [landed(settings, each, "persons")["sex"][0] for each in (first, second)] == ["F", "M"]
    # And back again: the first file is not "there already", the second is what counts.
    third = send(settings, valid("sen2"))
    assert (third.state, third.supersedes) == ("accepted", second.receipt_id)
    assert third.receipt_id not in (first.receipt_id, second.receipt_id)


def test_the_same_file_again_changes_nothing(settings: Settings) -> None:
    file = write_zip(settings.data_dir.parent / "sent.zip", "sen2", valid("sen2"))
    first, again = (submit(settings, file, "sen2", "330", "2025", who) for who in ("one@la", "two@la"))
    assert (again.state, again.receipt_id) == ("repeated", first.receipt_id)
    assert len(list(returns_dir(settings).rglob("receipt.json"))) == 1
    assert [r.state for r in history(settings)] == ["repeated", "accepted"]


@pytest.mark.slow
def test_another_body_and_another_period_are_other_returns(settings: Settings) -> None:
    send(settings, valid("sen2"))
    other = send(settings, valid("sen2"), body="331")
    assert (other.state, other.supersedes) == ("accepted", None)
    assert len([r for r in history(settings, "sen2") if r.counts_now]) == 2


def test_a_body_is_one_body_under_either_of_its_codes(settings: Settings) -> None:
    first, second = send(settings, valid("sen2")), send(settings, with_changed_sex(), body="E08000025")
    assert second.supersedes == first.receipt_id
    assert [record.body for record in history(settings)] == ["E08000025", "E08000025"]


@pytest.mark.slow
def test_receipts_of_one_return_never_share_a_moment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.intake import accepting

    monkeypatch.setattr(accepting, "_now", lambda: datetime(2026, 3, 1, 12))
    outcomes = [send(settings, tables) for tables in (valid("sen2"), with_changed_sex(), valid("sen2"))]
    moments = [each.known_from for each in outcomes if each.known_from]
    assert moments == [datetime(2026, 3, 1, 12) + timedelta(microseconds=n) for n in range(3)]


@pytest.mark.slow
def test_a_batch_decides_each_file_by_itself(settings: Settings, tmp_path: Path) -> None:
    spoilt = valid("sen2")
    spoilt["requests"][0]["receiveddate"] = "soon"
    files = [
        Incoming(
            f"{body}.zip", write_zip(tmp_path / f"{body}.zip", "sen2", tables).read_bytes(), body, "2025", "sensor"
        )
        for body, tables in (("330", valid("sen2")), ("331", spoilt), ("332", valid("sen2")))
    ]
    outcomes = submit_batch(settings, "sen2", files)
    assert [each.state for each in outcomes] == ["accepted", "refused", "accepted"]
    assert [each.body for each in outcomes] == ["E08000025", "E08000026", "E08000027"]
    assert set(landed(settings, outcomes[2], "persons")["submission_id"]) == {outcomes[2].submission_id}
    # The two have the same children, matched within the batch; the areas differ, so those without a number do not meet.
    both = [set(landed(settings, each, "persons")["person_id"]) for each in (outcomes[0], outcomes[2])]
    assert len(both[0] & both[1]) == 4


@pytest.mark.parametrize(
    ("name", "body", "period", "named"),
    [
        ("sen3", "330", "2025", "sen2"),
        ("sen2", "../x", "2025", "body"),
        ("sen2", "999", "2025", "no local authority"),
        ("sen2", "330", "2025-spring", "period"),
    ],
)
def test_what_cannot_be_taken_in_says_why(settings: Settings, name: str, body: str, period: str, named: str) -> None:
    file = write_zip(settings.data_dir.parent / "sent.zip", "sen2", valid("sen2"))
    with pytest.raises(SubmitFailed, match=named):
        submit(settings, file, name, body, period, "sender@la")
    assert not settings.landed_dir.exists()


@pytest.mark.slow
def test_authorising_is_for_what_counts_and_once(settings: Settings) -> None:
    first, second = send(settings, valid("sen2")), send(settings, with_changed_sex())
    with pytest.raises(NotAuthorised, match="later submission"):
        authorise(settings, first.submission_id, "director@la")
    record = authorise(settings, second.submission_id, "director@la")
    assert (record.authorised_by, record.counts_now) == ("director@la", True)
    with pytest.raises(NotAuthorised, match="director@la has authorised it already"):
        authorise(settings, second.submission_id, "other@la")
    with pytest.raises(NotAuthorised, match="accepted"):
        authorise(settings, "0" * 32, "director@la")
    assert find(settings, second.submission_id[:8]) == record


def test_raw_files_are_kept_thirty_days_and_not_longer(settings: Settings) -> None:
    outcome = send(settings, valid("sen2"))
    kept = next(settings.raw_dir.rglob("sent.zip"))
    assert (kept.stat().st_mode & 0o777, settings.raw_dir.stat().st_mode & 0o777) == (0o600, 0o700)
    sent = history(settings)[0].received_at
    assert purge_raw(settings, sent + timedelta(days=29, hours=23)) == []
    assert purge_raw(settings, sent + timedelta(days=30)) == [outcome.submission_id]
    assert not [path for path in settings.raw_dir.rglob("[!.]*") if path.is_file()]
    # An accepted return's report is still there, without anything confidential.
    report = report_of(settings, history(settings)[0])
    assert report is not None


@pytest.mark.slow
def test_no_raw_file_is_kept_when_the_setting_says_so(settings: Settings) -> None:
    brief = settings.model_copy(update={"raw_days": 0})
    assert send(brief, valid("sen2")).state == "accepted"
    assert not [path for path in brief.raw_dir.rglob("[!.]*") if path.is_file()]
    assert delete_old_raw_files(brief) == 0


@pytest.mark.parametrize("raw_days", [30, pytest.param(0, marks=pytest.mark.slow)])
def test_marked_identifiers_are_found_in_the_raw_folder_and_nowhere_else(
    settings: Settings, capfd: pytest.CaptureFixture[str], raw_days: int
) -> None:
    settings = settings.model_copy(update={"raw_days": raw_days})
    accepted = send(settings, marked("sen2"))
    assert (accepted.state, accepted.counts["rules"]) == ("accepted", {"persons P04": 1})
    assert accepted.violations["found"].to_list() == [BORN], "the sender is shown what was found"
    assert send(settings, marked("school_census"), "school_census").state == "accepted"
    refused = marked("sen2")
    refused["persons"][0]["upn"] = "A" + UPN[1:] if UPN[0] != "A" else "B" + UPN[1:]
    outcome = send(settings, refused)
    assert outcome.state == "refused"
    assert outcome.violations["found"].str.contains(UPN[1:]).any()
    out, err = capfd.readouterr()
    assert found_in(settings, out + err) == []
    # The search finds what is there: the same tables with one column put back.
    assert len(list(settings.raw_dir.rglob("sent.zip"))) == (3 if raw_days else 0)
    leak = returns_dir(settings) / "leak.parquet"
    pl.DataFrame({"surname": [SURNAME] * 3, "born": [date(1999, 7, 23)] * 3}).write_parquet(leak)
    assert {mark for mark, _ in found_in(settings, "")} == {SURNAME, BORN}


def test_every_return_about_people_gives_matching_what_it_needs(settings: Settings) -> None:
    for contract in load_returns().values():
        table = person_table(contract)
        assert table is not None
        unknown = [
            c.name for c in table.columns if c.intake == "identifier" and c.name not in ("upn", "uniquelearnernumber")
        ]
        assert unknown == [], "an identifier that no matching rule knows"
        kinds = {
            "DATE": pl.Date,
            "BOOLEAN": pl.Boolean,
            "INTEGER": pl.Int32,
            "DOUBLE": pl.Float64,
            "VARCHAR": pl.String,
        }
        rows = pl.DataFrame(schema={column.name: kinds[column.physical_type] for column in table.columns}).clear(1)
        people = people_of(contract, rows, "E08000035", load_areas())
        assert people["area"].to_list() in (["E08000035"], [None])
        assert "birth_date" in people.columns


def test_the_receipt_says_what_was_accepted_and_names_no_file_and_no_sender(settings: Settings) -> None:
    outcome = send(settings, valid("sen2"))
    (path,) = returns_dir(settings).rglob("receipt.json")
    receipt = json.loads(path.read_text())
    assert receipt["sha256"] == history(settings)[0].sha256
    assert (receipt["receipt_id"], receipt["reference_date"]) == (outcome.receipt_id, "2025-01-16")
    assert not {"who", "file_name"} & set(receipt)
