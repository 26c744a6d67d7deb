"""Submissions, receipts, authorisations and events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "submissions",
        sa.Column("submission_id", sa.String(255), nullable=False),
        sa.Column("return_name", sa.String(255), nullable=False),
        sa.Column("body", sa.String(255), nullable=False),
        sa.Column("period", sa.String(255), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(255), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(255), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(255), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("contract_version", sa.String(255), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name="pk_submissions"),
    )
    op.create_index("ix_submissions_slot", "submissions", ["return_name", "period", "body"])
    op.create_table(
        "receipts",
        sa.Column("receipt_id", sa.String(255), nullable=False),
        sa.Column("submission_id", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(255), nullable=False),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(255), nullable=False),
        sa.Column("contract_version", sa.String(255), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name="pk_receipts"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.submission_id"], name="fk_receipts_submission_id_submissions"
        ),
        sa.UniqueConstraint("submission_id", name="uq_receipts_submission_id"),
    )
    op.create_table(
        "authorisations",
        sa.Column("authorisation_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("receipt_id", sa.String(255), nullable=False),
        sa.Column("who", sa.String(255), nullable=False),
        sa.Column("authorised_at", sa.DateTime(), nullable=False),
        sa.Column("statement", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("authorisation_id", name="pk_authorisations"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.receipt_id"], name="fk_authorisations_receipt_id_receipts"),
        sa.UniqueConstraint("receipt_id", name="uq_authorisations_receipt_id"),
    )
    op.create_table(
        "events",
        sa.Column("event_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("submission_id", sa.String(255), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(255), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_events"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.submission_id"], name="fk_events_submission_id_submissions"
        ),
    )
    op.create_index("ix_events_submission_id", "events", ["submission_id"])


def downgrade() -> None:
    """Drop them again, with everything in them."""
    for table in ("events", "authorisations", "receipts", "submissions"):
        op.drop_table(table)
