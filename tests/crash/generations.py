"""Versions whose every table says which generation it belongs to, so that half of one and half of another shows.

Run as a program it publishes one generation, and kills itself with SIGKILL before its n-th change to the disk:
`python -m tests.crash.generations DATA_DIR GENERATION [N]`. Without N it prints how many changes it made.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.publish.publisher import VersionInfo, publish_version
from pipelines.publish.reader import open_version
from pipelines.settings import Settings
from tests.publish.tiny_version import tiny_tables

# Every way in which a publisher changes the disk or makes a change durable.
_CHANGES = ("fsync", "link", "replace", "mkdir", "symlink", "unlink", "rmdir", "chmod")
_STAMPED = {
    "fct_metric": "release_id",
    "fct_comparison": "method_version",
    "dim_metric": "description",
    "dim_source": "next_release",
    "dim_release": "dataset",
    "dim_geography": "aliases",
}


def publish_generation(settings: Settings, generation: int) -> VersionInfo:
    """Publish the tiny tables stamped with a generation; the other tables stay the same and are linked."""
    tables = tiny_tables()
    for name, column in _STAMPED.items():
        tables[name] = tables[name].with_columns(pl.lit(f"g{generation}").alias(column))
    return publish_version(
        settings, tables, audience="public", fingerprint=f"g{generation}", code_version="test", timings=None
    )


def generation_of(version_dir: Path) -> str:
    """The one generation that all tables of a version belong to. Fails when they differ."""
    con = open_version(version_dir)
    seen = {con.execute("SELECT fingerprint FROM version_info").fetchall()[0][0]}
    for name, column in _STAMPED.items():
        seen |= {row[0] for row in con.execute(f"SELECT DISTINCT {column} FROM {name}").fetchall()}
    assert len(seen) == 1, f"{version_dir.name} mixes {sorted(map(str, seen))}"
    rows = con.execute("SELECT count(*) FROM fct_metric").fetchall()[0][0]
    assert rows == 25, f"{version_dir.name} holds {rows} of 25 rows"
    return str(seen.pop())


def _die_before(change: int) -> list[int]:
    """Replace the disk functions of `os` by ones that count, and that kill this process at one count."""
    made = [0]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            made[0] += 1
            if made[0] == change:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return call

    for name in _CHANGES:
        setattr(os, name, counted(getattr(os, name)))
    return made


if __name__ == "__main__":
    made_so_far = _die_before(int(sys.argv[3]) if len(sys.argv) > 3 else -1)
    publish_generation(Settings(data_dir=Path(sys.argv[1])), int(sys.argv[2]))
    print(made_so_far[0])
