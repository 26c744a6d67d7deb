"""Returns whose every variant brings one child of its own, and what must be true of the store whatever happened.

Run as a program it sends in one variant, or rotates the key, and kills itself with SIGKILL before its n-th change to
the disk: `python -m tests.crash.submitting DATA_DIR FILE|rotate [N]`. Without N it prints the changes, as a JSON list.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from sqlalchemy import Engine, event

from pipelines.contracts.return_contract import load_return
from pipelines.intake.landing import receipts_of_returns
from pipelines.intake.spine_store import IDENTIFIER, PERSON, live_spine, rotate
from pipelines.services.outcome import SubmissionOutcome
from pipelines.services.submissions import history
from pipelines.services.submit import submit
from pipelines.settings import Settings
from tests.intake.valid_returns import upn, valid, write_zip

_CHANGES = ("fsync", "link", "replace", "rename", "mkdir", "symlink", "unlink", "rmdir", "open")
CHILDREN = 6
"""In every variant, besides its own."""


def write_variant(folder: Path, number: int) -> Path:
    """The valid SEN2 return with one more child, that of this number; the same file when asked for again."""
    file = folder / f"variant{number}.zip"
    if file.exists():
        return file
    tables = valid("sen2")
    own = tables["persons"][1] | {
        "persontableid": f"own{number}",
        "upn": upn(f"33020000{number:04d}"),
        "forename": f"N{number}",
    }
    tables["persons"].append(own)
    tables["requests"].append(
        tables["requests"][3] | {"requeststableid": f"own{number}", "persontableid": f"own{number}"}
    )
    return write_zip(file, "sen2", tables)


def send(settings: Settings, file: Path) -> SubmissionOutcome:
    """Send a variant in."""
    return submit(settings, file, "sen2", "330", "2025", "tester")


def assert_nothing_lost_or_doubled(settings: Settings, variants: set[int] | None = None) -> list[str]:
    """Files, ledger and persons say the same; returns the file names of accepted submissions, oldest first.

    `variants` are those whose children must be known, when that is certain.
    """
    records = history(settings)
    assert {record.state for record in records} <= {"accepted", "refused", "repeated", "interrupted"}
    accepted = sorted((r for r in records if r.receipt_id and r.known_from), key=lambda r: str(r.known_from))
    receipts = receipts_of_returns(settings)
    assert [r["receipt_id"] for r in receipts] == [r.receipt_id for r in accepted]
    assert [r.counts_now for r in accepted] == [False] * (len(accepted) - 1) + [True] * bool(accepted)
    tables = {f"{table.name}.parquet" for table in load_return("sen2").tables} | {"receipt.json", "violations.parquet"}
    spine = live_spine(settings)
    assert spine is not None
    known = _query(f"SELECT person_id FROM '{spine.glob(PERSON)}'")
    assert len(known) == len(set(known))
    pseudonyms = _query(f"SELECT pseudonym FROM '{spine.glob(IDENTIFIER)}'")
    assert len(pseudonyms) == len(set(pseudonyms))
    if variants is not None:
        assert len(known) == CHILDREN + len(variants)
    everybody = set()
    for receipt in receipts:
        assert {file.name for file in receipt["folder"].iterdir()} == tables
        persons = pl.read_parquet(receipt["folder"] / "persons.parquet")["person_id"]
        assert persons.n_unique() == CHILDREN + 1
        assert set(persons) <= set(known)
        everybody |= set(persons)
    assert len(everybody) == CHILDREN + len({record.file_name for record in accepted}) or not accepted
    return [record.file_name for record in accepted]


def _query(sql: str) -> list[str]:
    return [row[0] for row in duckdb.sql(sql).fetchall()]


def _die_before(change: int) -> list[str]:
    """Note every change to the disk and every commit of the ledger, and kill this process before one of them."""
    made: list[str] = []

    def note(name: str) -> None:
        made.append(name)
        if len(made) == change:
            os.kill(os.getpid(), signal.SIGKILL)

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            note(name)
            return function(*args, **kwargs)

        return call

    for name in _CHANGES:
        setattr(os, name, noted(name, getattr(os, name)))
    event.listen(Engine, "commit", lambda _: note("commit"))
    return made


if __name__ == "__main__":
    made_so_far = _die_before(int(sys.argv[3]) if len(sys.argv) > 3 else -1)
    store = Settings(data_dir=Path(sys.argv[1]))
    if sys.argv[2] == "rotate":
        rotate(store)
    else:
        send(store, Path(sys.argv[2]))
    print(json.dumps(made_so_far))
