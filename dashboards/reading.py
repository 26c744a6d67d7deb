"""Which version is read, by a session or without one, and what it answers.

The live version is looked up once a rerun (`pin`), so that one page never mixes two versions; frames are kept by
version, so a new version needs no clearing of caches.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl
import streamlit as st

from pipelines.publish.reader import current_version, open_version
from pipelines.settings import load_settings

Answer = TypeVar("Answer")
# The version to read where there is no session: on the thread of a download, in a command.
_READING: ContextVar[str | None] = ContextVar("version read outside a session", default=None)


@dataclass(frozen=True)
class Version:
    """The version a page shows."""

    version_id: str
    created_at: str
    world: str
    code_version: str


def pin() -> Version:
    """Look up the live version, to be read until the next call in this session. Raises NoVersionPublished."""
    st.session_state["_version"] = str(current_version(load_settings(), "public"))
    return version()


def version() -> Version:
    """The version that is being read."""
    row = frame("SELECT version_id, created_at, world, code_version FROM version_info").row(0, named=True)
    return Version(**row)


@contextmanager
def live_version() -> Iterator[Version]:
    """Read the live version for a while, outside a session. Raises NoVersionPublished."""
    token = _READING.set(str(current_version(load_settings(), "public")))
    try:
        yield version()
    finally:
        _READING.reset(token)


def answered_later(ask: Callable[[], Answer]) -> Callable[[], Answer]:
    """`ask` as this session would have it answered now, for whoever calls it later on a thread without a session."""
    context = copy_context()
    context.run(_READING.set, st.session_state["_version"])
    return lambda: context.copy().run(ask)


def world() -> str:
    """Which world this app shows, known even before anything is published."""
    return load_settings().world


def frame(query: str, *values: Any) -> pl.DataFrame:
    """What the version answers; kept, and shared between sessions."""
    return _answer(_read(), query, values)


def cursor() -> duckdb.DuckDBPyConnection:
    """A cursor on the version, for questions that pipelines.publish asks."""
    return _connection(_read()).cursor()


def _read() -> str:
    return _READING.get() or str(st.session_state["_version"])


@st.cache_resource(max_entries=2, show_spinner=False)
def _connection(version_dir: str) -> duckdb.DuckDBPyConnection:
    return open_version(Path(version_dir), threads=2)


@st.cache_resource(max_entries=1500, show_spinner=False)
def _answer(version_dir: str, query: str, values: tuple[Any, ...]) -> pl.DataFrame:
    given = [list(value) if isinstance(value, tuple) else value for value in values]
    answer = pl.from_arrow(_connection(version_dir).cursor().sql(query, params=given).to_arrow_table())
    assert isinstance(answer, pl.DataFrame)
    return answer
