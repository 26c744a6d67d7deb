"""The ledger: migrations and models say the same, transactions are whole."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, inspect, select

from pipelines.services.ledger import MIGRATIONS, note, transaction
from pipelines.services.ledger_tables import Event, Ledger
from pipelines.settings import Settings


def config_of(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def test_migrations_make_what_the_models_say_and_can_be_undone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with engine.begin() as connection:
        command.upgrade(config_of(connection), "head")
        assert compare_metadata(MigrationContext.configure(connection), Ledger.metadata) == []
    with engine.begin() as connection:
        command.downgrade(config_of(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_what_raises_leaves_no_trace(settings: Settings) -> None:
    with pytest.raises(RuntimeError), transaction(settings) as session:
        note(session, "somebody", "begun")
        session.flush()
        raise RuntimeError
    assert count(settings) == 0


def test_writers_at_once_wait_for_one_another(settings: Settings) -> None:
    def read_then_write(number: int) -> None:
        with transaction(settings) as session:
            seen = session.scalar(select(func.count()).select_from(Event))
            note(session, "somebody", "seen", number=number, seen=seen)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read_then_write, range(40)))
    with transaction(settings) as session:
        assert [event.detail["seen"] for event in session.scalars(select(Event).order_by(Event.event_id))] == [
            *range(40)
        ]


def test_a_ledger_elsewhere_is_a_setting(settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"ledger_url": f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"})
    with transaction(elsewhere) as session:
        note(session, "somebody", "there")
    assert (count(elsewhere), count(settings)) == (1, 0)


def count(settings: Settings) -> int:
    with transaction(settings) as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0
