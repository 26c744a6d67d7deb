"""A target of type spark that compiles and never connects, so that a model's Spark dialect can be read without Spark.

dbt chooses macros by the type of the adapter: with this one, `spark__` and then `default__` are taken and never
`duckdb__`. Types are written as dbt's own Spark adapter writes them.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from dbt.adapters.base import AdapterPlugin, Column
from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.contracts.connection import Credentials
from dbt.adapters.sql import SQLAdapter, SQLConnectionManager


class SparkColumn(Column):
    TYPE_LABELS: ClassVar[dict[str, str]] = {
        "STRING": "string",
        "INTEGER": "int",
        "BIGINT": "bigint",
        "FLOAT": "double",
        "TIMESTAMP": "timestamp",
        "BOOLEAN": "boolean",
    }


@dataclass
class SparkCredentials(Credentials):
    @property
    def type(self) -> str:
        return "spark"

    @property
    def unique_field(self) -> str:
        return "none"

    def _connection_keys(self) -> tuple[str, ...]:
        return ()


class SparkConnections(SQLConnectionManager):
    TYPE = "spark"

    @contextmanager
    def exception_handler(self, sql: str) -> Iterator[None]:
        yield

    def cancel(self, connection: Any) -> None:
        raise NotImplementedError

    @classmethod
    def open(cls, connection: Any) -> Any:
        raise NotImplementedError("this target only compiles")

    @classmethod
    def get_response(cls, cursor: Any) -> Any:
        raise NotImplementedError


class SparkAdapter(SQLAdapter):
    ConnectionManager = SparkConnections
    Column = SparkColumn

    @classmethod
    def date_function(cls) -> str:
        return "current_timestamp()"

    @classmethod
    def quote(cls, identifier: str) -> str:
        return f"`{identifier}`"

    @classmethod
    def is_cancelable(cls) -> bool:
        return False


def install(folder: Path) -> type[BaseAdapter]:
    """Make dbt find the adapter, with an empty package of macros in `folder`, and write a profile that uses it."""
    package = folder / "spark_macros"
    package.mkdir(parents=True)
    (package / "dbt_project.yml").write_text(
        "name: dbt_spark\nversion: '1.0'\nconfig-version: 2\nmacro-paths: [macros]\n"
    )
    (folder / "profiles.yml").write_text(
        "inclusion:\n  target: spark\n  outputs:\n    spark: {type: spark, database: spark, schema: main, threads: 1}\n"
    )
    plugin = AdapterPlugin(adapter=SparkAdapter, credentials=SparkCredentials, include_path=str(package))
    module = ModuleType("dbt.adapters.spark")
    module.Plugin = plugin  # type: ignore[attr-defined]
    sys.modules["dbt.adapters.spark"] = module
    versioned = ModuleType("dbt.adapters.spark.__version__")
    versioned.version = "1.0.0"  # type: ignore[attr-defined]
    sys.modules["dbt.adapters.spark.__version__"] = versioned
    return SparkAdapter
