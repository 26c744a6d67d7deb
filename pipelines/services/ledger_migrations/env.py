"""What Alembic runs to bring the ledger up to date; the connection is the caller's (pipelines/services/ledger.py)."""

from alembic import context

from pipelines.services.ledger_tables import Ledger

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Ledger.metadata,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
