"""The tables of the submissions ledger. Migrations in ledger_migrations/ make them; a test holds the two together."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STATES = ("received", "refused", "accepted", "interrupted")


class Ledger(DeclarativeBase):
    """Times are UTC without a zone. Nothing here comes out of a file but its name and counts of its rows."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: String(255), dict[str, Any]: JSON, datetime: DateTime()}


class Submission(Ledger):
    """One file somebody sent, whatever became of it."""

    __tablename__ = "submissions"
    __table_args__ = (Index("ix_submissions_slot", "return_name", "period", "body"),)

    submission_id: Mapped[str] = mapped_column(primary_key=True)
    return_name: Mapped[str]
    body: Mapped[str]
    period: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    who: Mapped[str]
    received_at: Mapped[datetime]
    state: Mapped[str]
    decided_at: Mapped[datetime | None]
    contract_version: Mapped[str]
    counts: Mapped[dict[str, Any]]
    """`rows` per table; `errors`, `queries`, `information`: rows that broke rules; `rules`: {"table.rule": rows}."""


class Receipt(Ledger):
    """What was accepted. The latest of a return, body and period counts; older ones are its history."""

    __tablename__ = "receipts"

    receipt_id: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.submission_id"), unique=True)
    sha256: Mapped[str]
    known_from: Mapped[datetime]
    who: Mapped[str]
    contract_version: Mapped[str]
    counts: Mapped[dict[str, Any]]


class Authorisation(Ledger):
    """Somebody answerable for the return says that it is right."""

    __tablename__ = "authorisations"

    authorisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    receipt_id: Mapped[str] = mapped_column(ForeignKey("receipts.receipt_id"), unique=True)
    who: Mapped[str]
    authorised_at: Mapped[datetime]
    statement: Mapped[str]


class Event(Ledger):
    """What happened, in order; never changed afterwards."""

    __tablename__ = "events"

    event_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submissions.submission_id"), index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    kind: Mapped[str]
    detail: Mapped[dict[str, Any]]
