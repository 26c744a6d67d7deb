"""Submissions whose process died: found by the lock that nobody holds any more, and brought to an end.

What had landed is accepted, since the landed folder is what counts; what had not is interrupted and may be sent again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pipelines.intake.landing import receipts_of_returns, slot_of
from pipelines.intake.raw_files import sweep_under_way
from pipelines.services.ledger import note, now, transaction
from pipelines.services.ledger_tables import Receipt, Submission
from pipelines.settings import Settings

AUTHOR = "inclusion"


def settle_interrupted(settings: Settings) -> None:
    """End every submission that is `received` although no process works on it."""
    with transaction(settings) as session:
        open_ones = session.scalars(select(Submission).where(Submission.state == "received")).all()
    alive = sweep_under_way(settings)
    for submission in open_ones:
        if submission.submission_id not in alive:
            _settle(settings, submission)


def record_receipt(settings: Settings, receipt: dict[str, Any], supersedes: str | None) -> None:
    """Write an accepted submission's receipt into the ledger; a second time changes nothing."""
    with transaction(settings) as session:
        submission = session.get_one(Submission, receipt["submission_id"])
        if session.get(Receipt, receipt["receipt_id"]) is not None:
            return
        submission.state, submission.decided_at = "accepted", now()
        submission.counts = receipt["counts"]
        session.add(
            Receipt(
                receipt_id=receipt["receipt_id"],
                submission_id=submission.submission_id,
                sha256=receipt["sha256"],
                known_from=datetime.fromisoformat(receipt["known_from"]),
                who=submission.who,
                contract_version=receipt["contract_version"],
                counts=receipt["counts"],
            )
        )
        note(session, submission.who, "accepted", submission.submission_id, supersedes=supersedes)


def _settle(settings: Settings, submission: Submission) -> None:
    slot = slot_of(submission.return_name, submission.period, submission.body)
    receipts = receipts_of_returns(settings, slot)
    own = [at for at, receipt in enumerate(receipts) if receipt["submission_id"] == submission.submission_id]
    if own:
        before = receipts[own[0] - 1]["receipt_id"] if own[0] else None
        record_receipt(settings, receipts[own[0]], before)
        return
    with transaction(settings) as session:
        now_there = session.get_one(Submission, submission.submission_id)
        if now_there.state == "received":  # else its process, or another one like this, has just ended it
            now_there.state, now_there.decided_at = "interrupted", now()
            note(session, AUTHOR, "interrupted", submission.submission_id)
