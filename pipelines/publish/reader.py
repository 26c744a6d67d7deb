"""Opening a version for reading: an in-memory DuckDB with views over that version's parts and nothing else."""

from pathlib import Path

import duckdb

from pipelines.publish.manifest import Manifest, TableEntry, read_manifest
from pipelines.publish.page_tables import PAGE_TABLES
from pipelines.publish.tables import TABLES, derived_views
from pipelines.publish.versions import current_version

__all__ = ["current_version", "open_version"]

# Nothing is fetched, nothing is spilled to disk, nothing is loaded that is not compiled in.
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # Or a misspelt table name would read a Python variable of whoever runs the query.
    "python_enable_replacements": "false",
}


def open_version(
    version_dir: Path, *, locked: bool = True, memory_mb: int | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a version: one view a table, the derived views of tables.py, the tables of page_tables.py, the macro
    `as_known_on(date)`, and `version_info` (one row: which version this is).

    Locked, the connection can read files of this version only and its configuration cannot be changed; it can still
    write inside the version (DuckDB allows it), so whoever takes SQL from strangers goes through sandbox.py.
    Cursors of the connection (`.cursor()`) may be used from several threads. A relative `version_dir` keeps absolute
    paths out of what SQL can see. Raises DamagedVersion when the manifest cannot be read.
    """
    con = open_tables(version_dir, read_manifest(version_dir), memory_mb=memory_mb, threads=threads)
    if locked:
        con.execute(f"SET allowed_directories = [{_quoted(version_dir.as_posix())}]")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    return con


def open_tables(
    version_dir: Path, manifest: Manifest, *, memory_mb: int | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """The same, not locked, of a folder that is still being written: `manifest` says what is in it so far."""
    limits: dict[str, str | bool | int | float | list[str]] = {}
    if memory_mb:
        limits["memory_limit"] = f"{memory_mb}MB"
    if threads:
        limits["threads"] = threads
    con = duckdb.connect(config={**_CLOSED, **limits})
    con.execute("SET parquet_metadata_cache = true")
    _create_views(con, version_dir, manifest)
    return con


def _create_views(con: duckdb.DuckDBPyConnection, version_dir: Path, manifest: Manifest) -> None:
    for name, entry in manifest.tables.items():
        con.execute(f'CREATE VIEW "{name}" AS {_select(version_dir, entry)}')
    facts = ("version_id", "created_at", "audience", "world", "fingerprint", "code_version")
    row = ", ".join(f"{_quoted(str(getattr(manifest, fact)))} AS {fact}" for fact in facts)
    con.execute(f"CREATE VIEW version_info AS SELECT {row}")
    if {name for name, table in TABLES.items() if table.required} <= set(manifest.tables):
        for statement in derived_views().values():
            con.execute(statement)
        for name, query in PAGE_TABLES.items():
            if name not in manifest.tables:
                con.execute(f"CREATE VIEW {name} AS {query}")


def _select(version_dir: Path, entry: TableEntry) -> str:
    if not entry.parts:
        columns = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in entry.columns.items())
        return f"SELECT {columns} WHERE false"
    files = ", ".join(_quoted((version_dir / part.path).as_posix()) for part in entry.parts)
    return f"SELECT * FROM read_parquet([{files}], hive_partitioning = false)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
