"""The steps of a submission: write it down as received, check it, accept or refuse it, write that down."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts.return_contract import ReturnContract
from pipelines.intake.accepting import Checked, Taken, accept, current_receipt, is_same
from pipelines.intake.batch import BatchResult, check_batch
from pipelines.intake.landing import slot_of
from pipelines.intake.raw_files import keep_raw, write_raw
from pipelines.intake.raw_tables import read_return
from pipelines.intake.report import CheckReport, report_of
from pipelines.intake.workspace import Candidate
from pipelines.services.interrupted import record_receipt
from pipelines.services.ledger import note, now, transaction
from pipelines.services.ledger_tables import Submission
from pipelines.services.outcome import Incoming, SubmissionOutcome
from pipelines.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Received:
    """A file in its working folder, and its submission."""

    submission_id: str
    file: Path
    given: Incoming
    sha256: str
    at: datetime


def receive(
    settings: Settings, contract: ReturnContract, submission_id: str, folder: Path, given: Incoming
) -> Received:
    """Put a file into its working folder and its submission into the ledger."""
    file = write_raw(folder, given.file_name, given.content)
    received = Received(submission_id, file, given, sha256(given.content).hexdigest(), now())
    with transaction(settings) as session:
        session.add(
            Submission(
                submission_id=submission_id,
                return_name=contract.name,
                body=given.body,
                period=given.period,
                file_name=file.name,
                sha256=received.sha256,
                bytes=len(given.content),
                who=given.who,
                received_at=received.at,
                state="received",
                contract_version=contract.version,
                counts={},
            )
        )
        session.flush()
        note(session, given.who, "received", submission_id)
    return received


def decide(
    settings: Settings, contract: ReturnContract, received: list[Received], progress: Progress
) -> list[SubmissionOutcome]:
    """Check the files together and bring each submission to its end, in the order given."""
    outcomes: dict[str, SubmissionOutcome] = {}
    new = []
    for each in received:
        current = current_receipt(settings, contract, each.given.period, each.given.body)
        if current and is_same(current, each.sha256, contract):
            outcomes[each.submission_id] = _repeated(settings, contract, each, current)
        else:
            new.append(each)
    batch, candidates = _check(contract, new, progress)
    reports = {each.submission_id: report_of(batch, candidates[each.submission_id], each.file) for each in new}
    passed = {each.submission_id: each for each in new if batch.verdict(each.submission_id) == "accepted"}
    for each in new:
        if each.submission_id not in passed:
            outcomes[each.submission_id] = _refused(settings, each, batch, reports[each.submission_id])
    if passed:
        progress("Matching persons and taking in")
    for taken in accept(settings, contract, [_as_checked(each, batch) for each in passed.values()]):
        each = passed[taken.submission_id]
        if taken.repeated:  # another process took in the same file while this one was checking it
            outcomes[each.submission_id] = _repeated(settings, contract, each, taken.receipt)
        else:
            outcomes[each.submission_id] = _accepted(settings, each, taken, reports[each.submission_id])
    return [outcomes[each.submission_id] for each in received]


def _check(
    contract: ReturnContract, received: list[Received], progress: Progress
) -> tuple[BatchResult, dict[str, Candidate]]:
    candidates = {}
    for each in received:
        progress(f"Reading {each.file.name}")
        raw = read_return(contract, each.file)
        candidates[each.submission_id] = Candidate(each.submission_id, each.given.body, each.given.period, raw)
    progress("Checking every row against every rule")
    return check_batch(contract, list(candidates.values())), candidates


def _as_checked(received: Received, batch: BatchResult) -> Checked:
    return Checked(
        received.submission_id,
        received.sha256,
        received.given.body,
        received.given.period,
        batch.tables(received.submission_id),
        batch.violations_of(received.submission_id),
        _counts(received, batch),
    )


def _counts(received: Received, batch: BatchResult) -> dict[str, Any]:
    violations = batch.violations_of(received.submission_id)
    by_severity = dict(violations["severity"].value_counts().iter_rows())
    by_rule = violations.group_by("table", "rule").len().sort("table", "rule")
    is_accepted = batch.verdict(received.submission_id) == "accepted"
    tables = batch.tables(received.submission_id) if is_accepted else {}
    return {
        "rows": {name: table.height for name, table in tables.items()},
        **{severity: by_severity.get(severity, 0) for severity in ("error", "query", "information")},
        "rules": {f"{table or 'file'} {rule}": number for table, rule, number in by_rule.iter_rows()},
    }


def _accepted(settings: Settings, received: Received, taken: Taken, report: CheckReport) -> SubmissionOutcome:
    record_receipt(settings, taken.receipt, taken.supersedes)
    outcome = replace(
        _outcome(report.contract, received, "accepted", taken.receipt["counts"]),
        report=report,
        receipt_id=taken.receipt["receipt_id"],
        known_from=datetime.fromisoformat(taken.receipt["known_from"]),
        supersedes=taken.supersedes,
    )
    _keep(settings, received, outcome)
    return outcome


def _refused(settings: Settings, received: Received, batch: BatchResult, report: CheckReport) -> SubmissionOutcome:
    outcome = replace(_outcome(report.contract, received, "refused", _counts(received, batch)), report=report)
    _end(settings, received, outcome)
    _keep(settings, received, outcome)
    return outcome


def _repeated(
    settings: Settings, contract: ReturnContract, received: Received, current: dict[str, Any]
) -> SubmissionOutcome:
    outcome = replace(
        _outcome(contract, received, "repeated", current["counts"]),
        receipt_id=current["receipt_id"],
        known_from=datetime.fromisoformat(current["known_from"]),
    )
    _end(settings, received, outcome, of=current["receipt_id"])
    return outcome


def _outcome(contract: ReturnContract, received: Received, state: Any, counts: dict[str, Any]) -> SubmissionOutcome:
    return SubmissionOutcome(
        submission_id=received.submission_id,
        return_name=contract.name,
        body=received.given.body,
        period=received.given.period,
        file_name=received.file.name,
        state=state,
        counts=counts,
    )


def _end(settings: Settings, received: Received, outcome: SubmissionOutcome, **detail: Any) -> None:
    with transaction(settings) as session:
        submission = session.get_one(Submission, received.submission_id)
        submission.state, submission.decided_at, submission.counts = outcome.state, now(), outcome.counts
        note(session, received.given.who, outcome.state, received.submission_id, **detail)


def _keep(settings: Settings, received: Received, outcome: SubmissionOutcome) -> None:
    """Keep the raw file. The submission is decided by now: a full disk costs the copy, not the decision."""
    slot = slot_of(outcome.return_name, outcome.period, outcome.body)
    with suppress(OSError, pl.exceptions.PolarsError):
        keep_raw(settings, received.file, slot, received.submission_id, received.at, outcome.violations)
