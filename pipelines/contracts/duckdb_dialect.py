"""A small SQLAlchemy dialect for DuckDB: enough for Great Expectations to read tables and views, and nothing more.

Importing this module registers `duckdb` with SQLAlchemy; `duckdb:////path/to/file.duckdb?memory_limit=1GB` opens it
read-only, with DuckDB's settings as the query.
"""

from types import ModuleType
from typing import Any

import duckdb
from sqlalchemy import types
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.sql.compiler import IdentifierPreparer

_TYPES: dict[str, type[types.TypeEngine[Any]]] = {
    "BIGINT": types.BIGINT,
    "BOOLEAN": types.BOOLEAN,
    "DATE": types.DATE,
    "DOUBLE": types.DOUBLE,
    "FLOAT": types.FLOAT,
    "HUGEINT": types.NUMERIC,
    "INTEGER": types.INTEGER,
    "SMALLINT": types.SMALLINT,
    "TIMESTAMP": types.TIMESTAMP,
    "VARCHAR": types.VARCHAR,
}


def _reserved_words() -> set[str]:
    with duckdb.connect() as con:
        rows = con.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'")
        return {word for (word,) in rows.fetchall()}


class DuckDBIdentifierPreparer(IdentifierPreparer):
    """Quotes what DuckDB reserves; `value`, `end` and the like are ordinary column names of ours."""

    reserved_words = _reserved_words()


class DuckDBDialect(DefaultDialect):
    """SQLAlchemy's default SQL with DuckDB's reserved words, reflection from its catalogue, and no transactions."""

    name = "duckdb"
    driver = "duckdb"
    preparer = DuckDBIdentifierPreparer
    supports_statement_cache = True
    supports_alter = False
    supports_native_boolean = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        return duckdb

    def create_connect_args(self, url: URL) -> tuple[list[Any], dict[str, Any]]:
        return [url.database or ":memory:"], {"read_only": url.database is not None, "config": dict(url.query)}

    # The file is opened read-only, outside any transaction; DuckDB refuses to end one that was never begun.
    def do_begin(self, dbapi_connection: Any) -> None:
        pass

    def do_commit(self, dbapi_connection: Any) -> None:
        pass

    def do_rollback(self, dbapi_connection: Any) -> None:
        pass

    def _get_server_version_info(self, connection: Connection) -> tuple[int, ...]:
        return tuple(int(part) for part in duckdb.__version__.split(".")[:3] if part.isdigit())

    def _get_default_schema_name(self, connection: Connection) -> str:
        return "main"

    def get_schema_names(self, connection: Connection, **kw: Any) -> list[str]:
        return _names(connection, "SELECT DISTINCT schema_name FROM information_schema.schemata ORDER BY 1")

    def get_table_names(self, connection: Connection, schema: str | None = None, **kw: Any) -> list[str]:
        return _names(connection, _RELATIONS, schema or "main", "BASE TABLE")

    def get_view_names(self, connection: Connection, schema: str | None = None, **kw: Any) -> list[str]:
        return _names(connection, _RELATIONS, schema or "main", "VIEW")

    def has_table(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        return table_name in [*self.get_table_names(connection, schema), *self.get_view_names(connection, schema)]

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedColumn]:
        found = connection.exec_driver_sql(_COLUMNS, (schema or "main", table_name)).fetchall()
        if not found:
            raise NoSuchTableError(table_name)
        columns = [(str(name), str(kind), nullable == "YES") for name, kind, nullable in found]
        return [
            {"name": name, "type": _TYPES.get(kind, types.NullType)(), "nullable": nullable, "default": None}
            for name, kind, nullable in columns
        ]

    # Constraints are dbt's business; Great Expectations asks for them when it reflects a table.
    def get_pk_constraint(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return []

    def get_indexes(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return []


_RELATIONS = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type = ? ORDER BY table_name"
)
_COLUMNS = (
    "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
    "WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position"
)


def _names(connection: Connection, query: str, *parameters: str) -> list[str]:
    return [str(name) for (name,) in connection.exec_driver_sql(query, parameters).fetchall()]


registry.register("duckdb", __name__, "DuckDBDialect")
