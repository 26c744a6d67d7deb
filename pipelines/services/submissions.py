"""What was sent in and what became of it; saying that a return is right; reading a report again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import select

from pipelines.intake.landing import VIOLATIONS, receipts_of_returns, slot_of
from pipelines.intake.raw_files import kept_report
from pipelines.services.interrupted import settle_interrupted
from pipelines.services.ledger import note, now, transaction
from pipelines.services.ledger_tables import Authorisation, Receipt, Submission
from pipelines.settings import Settings

STATEMENT = "I answer for this return, and to the best of my knowledge it is complete and right."

_STANDINGS = {
    "received": "being checked",
    "refused": "refused",
    "repeated": "the same file again",
    "interrupted": "interrupted, send again",
}


class NotAuthorised(Exception):  # noqa: N818  (as in pipelines.publish.errors, the name says what happened)
    """This submission cannot be authorised; the message says why."""


@dataclass(frozen=True)
class Record:
    """One submission as its sender sees it. Times are UTC without a zone.

    `counts_now`: it is the one that figures are made from. `superseded_at` is when a later one took its place.
    """

    submission_id: str
    return_name: str
    body: str
    period: str
    file_name: str
    sha256: str
    who: str
    received_at: datetime
    state: str
    counts: dict[str, Any]
    receipt_id: str | None
    known_from: datetime | None
    superseded_at: datetime | None
    authorised_by: str | None
    authorised_at: datetime | None

    @property
    def standing(self) -> str:
        """What became of it, in words."""
        if self.receipt_id is None:
            return _STANDINGS[self.state]
        if not self.counts_now:
            return "accepted, then replaced"
        return "accepted and authorised" if self.authorised_by else "accepted"

    @property
    def counts_now(self) -> bool:
        return self.receipt_id is not None and self.superseded_at is None


def history(
    settings: Settings, return_name: str | None = None, body: str | None = None, period: str | None = None
) -> list[Record]:
    """Every submission (of a return, body or period), the latest first, refused and interrupted ones too."""
    settle_interrupted(settings)
    wanted = (
        select(Submission, Receipt, Authorisation)
        .outerjoin(Receipt, Receipt.submission_id == Submission.submission_id)
        .outerjoin(Authorisation, Authorisation.receipt_id == Receipt.receipt_id)
        .order_by(Submission.received_at.desc(), Submission.submission_id)
    )
    for column, value in ((Submission.return_name, return_name), (Submission.body, body), (Submission.period, period)):
        wanted = wanted.where(column == value) if value else wanted
    with transaction(settings) as session:
        rows: list[tuple[Submission, Receipt | None, Authorisation | None]] = [
            (*row,) for row in session.execute(wanted)
        ]
    next_known: dict[tuple[str, str, str], datetime] = {}
    superseded: dict[str, datetime | None] = {}
    accepted = [(submission, receipt) for submission, receipt, _ in rows if receipt]
    for submission, receipt in sorted(accepted, key=lambda pair: pair[1].known_from, reverse=True):
        slot = (submission.return_name, submission.period, submission.body)
        superseded[receipt.receipt_id] = next_known.get(slot)
        next_known[slot] = receipt.known_from
    return [_record(*row, superseded) for row in rows]


def find(settings: Settings, number: str) -> Record | None:
    """The one submission whose own number or receipt number begins with `number`, or None."""
    matching = [
        r for r in history(settings) if r.submission_id.startswith(number) or (r.receipt_id or "").startswith(number)
    ]
    return matching[0] if len(matching) == 1 and number else None


def authorise(settings: Settings, submission_id: str, who: str, statement: str = STATEMENT) -> Record:
    """Record that somebody answers for an accepted submission; figures do not wait for it.

    Raises NotAuthorised when it was not accepted, no longer counts, or is authorised already.
    """
    record = next((r for r in history(settings) if r.submission_id == submission_id), None)
    if record is None or record.receipt_id is None:
        raise NotAuthorised("Only an accepted submission can be authorised.")
    if not record.counts_now:
        raise NotAuthorised("A later submission has taken its place. Authorise that one.")
    if record.authorised_by is not None:
        raise NotAuthorised(f"{record.authorised_by} has authorised it already.")
    with transaction(settings) as session:
        if session.scalars(select(Authorisation).where(Authorisation.receipt_id == record.receipt_id)).first():
            raise NotAuthorised("Somebody has authorised it just now.")
        at = now()
        session.add(Authorisation(receipt_id=record.receipt_id, who=who, authorised_at=at, statement=statement))
        note(session, who, "authorised", submission_id)
    return next(r for r in history(settings) if r.submission_id == submission_id)


def report_of(settings: Settings, record: Record) -> pl.DataFrame | None:
    """What was found in a submission, row by row; None when it was refused and its raw file is gone.

    Once the raw file is gone, what is left of an accepted one quotes nothing confidential.
    """
    slot = slot_of(record.return_name, record.period, record.body)
    kept = kept_report(settings, slot, record.submission_id, record.received_at)
    if kept is not None or record.receipt_id is None:
        return kept
    receipts = receipts_of_returns(settings, slot)
    folder = next((r["folder"] for r in receipts if r["receipt_id"] == record.receipt_id), None)
    return pl.read_parquet(folder / VIOLATIONS) if folder else None


def _record(
    submission: Submission,
    receipt: Receipt | None,
    authorisation: Authorisation | None,
    superseded: dict[str, datetime | None],
) -> Record:
    return Record(
        submission_id=submission.submission_id,
        return_name=submission.return_name,
        body=submission.body,
        period=submission.period,
        file_name=submission.file_name,
        sha256=submission.sha256,
        who=submission.who,
        received_at=submission.received_at,
        state=submission.state,
        counts=submission.counts,
        receipt_id=receipt.receipt_id if receipt else None,
        known_from=receipt.known_from if receipt else None,
        superseded_at=superseded.get(receipt.receipt_id) if receipt else None,
        authorised_by=authorisation.who if authorisation else None,
        authorised_at=authorisation.authorised_at if authorisation else None,
    )
