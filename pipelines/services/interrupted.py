"""Submissions whose process died: found by the lock that nobody holds any more, and brought to an end.

What had landed is accepted, since the landed folder is what counts; what had not is interrupted and may be sent again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pipelines.intake.landing import receipts_of_returns, slot_of
from pipelines.intake.raw_files import under_way
from pipelines.publish.errors import PublishBusy
from pipelines.services.ledger import note, now, transaction
from pipelines.services.ledger_tables import Receipt, Submission
from pipelines.settings import Settings

AUTHOR = "inclusion"


def settle_interrupted(settings: Settings) -> None:
    """End every submission that is `received` although no process works on it."""
    with transaction(settings) as session:
        open_ones = session.scalars(select(Submission).where(Submission.state == "received")).all()
    for submission in open_ones:
        try:
            with under_way(settings, submission.submission_id):
                _settle(settings, submission.submission_id)
        except PublishBusy:
            continue


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


def _settle(settings: Settings, submission_id: str) -> None:
    with transaction(settings) as session:
        submission = session.get_one(Submission, submission_id)
        if submission.state != "received":  # its process ended it just now
            return
    slot = slot_of(submission.return_name, submission.period, submission.body)
    receipts = receipts_of_returns(settings, slot)
    at = next((n for n, receipt in enumerate(receipts) if receipt["submission_id"] == submission_id), None)
    if at is not None:
        record_receipt(settings, receipts[at], receipts[at - 1]["receipt_id"] if at else None)
        return
    with transaction(settings) as session:
        submission = session.get_one(Submission, submission_id)
        submission.state, submission.decided_at = "interrupted", now()
        note(session, AUTHOR, "interrupted", submission_id)
