"""The ledger of submissions, receipts, authorisations and events: transactions on SQLite (WAL) or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from pipelines.publish.durable import single_writer
from pipelines.services.ledger_tables import Event
from pipelines.settings import Settings

MIGRATIONS = Path(__file__).parent / "ledger_migrations"
_WAIT_SECONDS = 30


def now() -> datetime:
    """The time as the ledger writes it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def transaction(settings: Settings) -> Iterator[Session]:
    """A session that is committed when the block ends and undone when it raises."""
    with Session(_engine(settings.ledger_address), expire_on_commit=False) as session, session.begin():
        yield session


def note(session: Session, who: str, kind: str, submission_id: str | None = None, **detail: Any) -> None:
    """Write an event. `detail` may hold codes and counts, never anything read from a row."""
    session.add(Event(submission_id=submission_id, at=now(), who=who, kind=kind, detail=detail))


@lru_cache(maxsize=8)
def _engine(address: str) -> Engine:
    engine = create_engine(address)
    if engine.dialect.name != "sqlite":
        _migrate(engine)
        return engine
    folder = Path(str(engine.url.database)).parent
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    # Two processes may both be the first.
    with single_writer(folder / "ledger.migrating", wait=True):
        _migrate(engine)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin a transaction late, and two that read before they write cannot both go on.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # Commits survive a power cut, not only a crash of the process.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
