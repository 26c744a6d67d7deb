"""Where the person spine is kept: immutable parts in one live generation, `spine/versions/<n>-<key_id>/<part>/`.

A part holds the persons and identifiers that one batch added, and appears whole or not at all. A new generation
(key rotation, or merging many parts) is written beside the live one and made live by moving one link.
Whoever writes holds `writing(settings)`.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from pipelines.intake.key_chain import Key, KeyChain, add_key, load_chain, pseudonym_sql
from pipelines.landed_folder import sweep_abandoned, whole_folder
from pipelines.publish.durable import live_id, point_at, single_writer
from pipelines.publish.errors import PublishBusy
from pipelines.settings import Settings

_MANY_PARTS = 200
PERSON = "int_person"
IDENTIFIER = "int_person_identifier"
COLUMNS = {
    PERSON: {
        "person_id": "VARCHAR",
        "sex": "VARCHAR",
        "birth_month": "DATE",
        "first_seen": "TIMESTAMP",
        "first_return": "VARCHAR",
    },
    IDENTIFIER: {
        "pseudonym": "VARCHAR",
        "id_type": "VARCHAR",
        "key_id": "VARCHAR",
        "person_id": "VARCHAR",
        "match_rule": "VARCHAR",
        "match_quality": "VARCHAR",
    },
}


@dataclass(frozen=True)
class Spine:
    """The live generation: its folder, and the key its pseudonyms are made with last."""

    folder: Path

    @property
    def key_id(self) -> str:
        return self.folder.name.rsplit("-", 1)[-1]

    def glob(self, table: str) -> str:
        """What read_parquet takes to read one table of every part."""
        return f"{self.folder.as_posix()}/*/{table}.parquet"

    def count(self, table: str) -> int:
        """Rows of one table over all parts."""
        counted = duckdb.connect().execute(f"SELECT count(*) FROM read_parquet('{self.glob(table)}')").fetchall()
        return int(counted[0][0])


@contextmanager
def writing(settings: Settings) -> Iterator[None]:
    """Hold the spine alone; a second process waits. The operating system lets go when a process dies."""
    with single_writer(settings.spine_dir, wait=True):
        yield


def live_spine(settings: Settings) -> Spine | None:
    """The live generation, or None before the first person. For readers of `int_person`: needs no lock."""
    generation = live_id(settings.spine_dir)
    return Spine(settings.spine_dir / "versions" / generation) if generation else None


def open_spine(settings: Settings) -> tuple[Spine, KeyChain]:
    """The live generation and the chain it is keyed with; the first call makes both.

    Raises KeyChainError when there is a spine but not its keys.
    """
    spine = live_spine(settings)
    if spine is None:
        chain = load_chain(settings.key_file) if settings.key_file.exists() else add_key(settings.key_file)
        return _begin_generation(settings, None, chain.newest, ()), chain
    chain = load_chain(settings.key_file)
    chain.until(spine.key_id)
    _delete_all_but(spine)
    return spine, chain


def write_part(con: duckdb.DuckDBPyConnection, settings: Settings, spine: Spine) -> None:
    """Add the rows of the tables `int_person` and `int_person_identifier` of this connection as one part."""
    sweep_abandoned(settings.spine_dir)
    with whole_folder(settings.spine_dir, spine.folder / uuid4().hex) as incoming:
        for table in COLUMNS:
            _copy(con, f"FROM {table}", {}, incoming / f"{table}.parquet")


def merge_parts(settings: Settings, spine: Spine) -> Spine:
    """Write the live generation again as one part once it has many; not while a build may be reading them."""
    if sum(1 for _ in spine.folder.iterdir()) < _MANY_PARTS:
        return spine
    try:
        with single_writer(settings.warehouse_dir):
            return _begin_generation(settings, spine, spine.key_id, ())
    except PublishBusy:
        return spine


def rotate(settings: Settings) -> Spine:
    """Make a new key and turn every pseudonym into its pseudonym under that key; nothing else changes.

    A rotation that died half-way is finished with the key it had made. Raises PublishBusy when a build is under way
    (it may be reading the generation that goes), KeyChainError when the key file does not fit.
    """
    with single_writer(settings.warehouse_dir), writing(settings):
        spine, chain = open_spine(settings)
        if chain.newest == spine.key_id:
            chain = add_key(settings.key_file)
        return _begin_generation(settings, spine, chain.newest, chain.keys[len(chain.until(spine.key_id)) :])


def _begin_generation(settings: Settings, before: Spine | None, key_id: str, keys: tuple[Key, ...]) -> Spine:
    """Write one part with everything of the generation before, re-keyed; make it live; delete what went before."""
    versions = settings.spine_dir / "versions"
    number = 1 + (int(before.folder.name.split("-")[0]) if before else 0)
    spine = Spine(versions / f"{number:06d}-{key_id}")
    shutil.rmtree(spine.folder, ignore_errors=True)  # begun by a process that died before it was live
    pseudonym, parameters = pseudonym_sql("pseudonym", keys)
    with duckdb.connect() as con, whole_folder(settings.spine_dir, spine.folder / uuid4().hex) as incoming:
        create_tables(con)
        sources = {table: f"read_parquet('{before.glob(table)}')" if before else table for table in COLUMNS}
        _copy(con, f"FROM {sources[PERSON]} ORDER BY person_id", {}, incoming / f"{PERSON}.parquet")
        rekeyed = f"SELECT * REPLACE ({pseudonym} AS pseudonym, '{key_id}' AS key_id) FROM {sources[IDENTIFIER]}"
        _copy(con, f"FROM ({rekeyed}) ORDER BY pseudonym", parameters, incoming / f"{IDENTIFIER}.parquet")
    point_at(settings.spine_dir, spine.folder.name)
    _delete_all_but(spine)
    return spine


def _delete_all_but(live: Spine) -> None:
    """Old pseudonyms must not outlive their key: also those of a rotation that died before it came to this."""
    for other in live.folder.parent.iterdir():
        if other != live.folder:
            shutil.rmtree(other, ignore_errors=True)


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """The two tables of the spine, empty."""
    for table, columns in COLUMNS.items():
        con.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")


def _copy(con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, bytes], file: Path) -> None:
    con.execute(f"COPY ({query}) TO '{file.as_posix()}' (FORMAT parquet, COMPRESSION zstd)", parameters)
