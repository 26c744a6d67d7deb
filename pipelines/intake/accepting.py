"""Taking in what passed its checks: persons first, then each submission's folder, one after another under one lock.

The landed folder is what counts. A crash after it is there leaves a ledger that is behind, and
pipelines/services/interrupted.py brings that up to date; a crash before it leaves persons nobody refers to yet, who are
found again when the file is sent again. Nothing is lost or doubled either way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import polars as pl

from pipelines.contracts.return_contract import ReturnContract
from pipelines.intake import spine_store
from pipelines.intake.facts import LINK, facts_of, people_of, person_table
from pipelines.intake.landing import land_return, receipt_id_of, receipts_of_returns, slot_of
from pipelines.intake.person_spine import link_people
from pipelines.intake.violations import without_confidential
from pipelines.published.geography import boundary_set_on, load_areas
from pipelines.settings import Settings


@dataclass(frozen=True)
class Checked:
    """A submission that passed: its typed tables with submission_id and source_row, and the queries about it."""

    submission_id: str
    sha256: str
    body: str
    period: str
    tables: dict[str, pl.DataFrame]
    violations: pl.DataFrame
    counts: dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """What became of one: `receipt` is its own, or with `repeated` that of the same file, which counts already."""

    submission_id: str
    receipt: dict[str, Any]
    repeated: bool
    supersedes: str | None


def accept(settings: Settings, contract: ReturnContract, submissions: list[Checked]) -> Iterator[Taken]:
    """Land each submission, yielding it once it counts.

    Raises OSError when the disk is full: what was yielded before counts, the rest has left nothing behind.
    """
    with spine_store.writing(settings):
        waiting = []
        for each in submissions:
            current = current_receipt(settings, contract, each.period, each.body)
            if current and is_same(current, each.sha256, contract):
                yield Taken(each.submission_id, current, True, None)
            else:
                waiting.append(each)
        people = _link(settings, contract, waiting)
        for each, linked in zip(waiting, people, strict=True):
            current = current_receipt(settings, contract, each.period, each.body)
            receipt = _receipt(contract, each, current, linked)
            facts = facts_of(contract, each.tables, linked)
            land_return(settings, receipt, facts, without_confidential(each.violations, contract))
            yield Taken(each.submission_id, receipt, False, current["receipt_id"] if current else None)


def current_receipt(settings: Settings, contract: ReturnContract, period: str, body: str) -> dict[str, Any] | None:
    """The receipt that counts for a return, period and body, or None."""
    return next(reversed(receipts_of_returns(settings, slot_of(contract.name, period, body))), None)


def is_same(receipt: dict[str, Any], file_sha256: str, contract: ReturnContract) -> bool:
    """Whether a receipt is of this very file, checked by this very contract."""
    return bool(receipt["sha256"] == file_sha256 and receipt["contract_version"] == contract.version)


def _link(settings: Settings, contract: ReturnContract, submissions: list[Checked]) -> list[pl.DataFrame]:
    """LINK for each row of each submission's person table; one match for the whole batch."""
    table = person_table(contract)
    if table is None or not submissions:
        return [pl.DataFrame(schema=dict.fromkeys(LINK, pl.String)) for _ in submissions]
    areas = load_areas(settings.geography_dir)
    people = pl.concat([people_of(contract, each.tables[table.name], each.body, areas) for each in submissions])
    numbered = people.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))
    linked = link_people(settings, numbered, contract.name, _now()).rows
    parts, start = [], 0
    for each in submissions:
        parts.append(linked.slice(start, each.tables[table.name].height).select(LINK))
        start += each.tables[table.name].height
    return parts


def _receipt(
    contract: ReturnContract, submission: Checked, current: dict[str, Any] | None, linked: pl.DataFrame
) -> dict[str, Any]:
    known_from = _now()
    if current:
        # Two of one moment would leave it open which of them counts.
        known_from = max(known_from, datetime.fromisoformat(current["known_from"]) + timedelta(microseconds=1))
    reference = contract.reference_date(submission.period)
    return {
        "receipt_id": receipt_id_of(submission.submission_id, submission.sha256),
        "submission_id": submission.submission_id,
        "return_name": contract.name,
        "body_kind": contract.body_kind,
        "period": submission.period,
        "body": submission.body,
        "reference_date": reference.isoformat(),
        "geography_vintage": boundary_set_on(reference),
        "sha256": submission.sha256,
        "received_at": known_from.isoformat(timespec="microseconds"),
        "known_from": known_from.isoformat(timespec="microseconds"),
        "contract_version": contract.version,
        "code_version": version("inclusion"),
        "counts": submission.counts | {"matched": dict(sorted(linked["match_rule"].value_counts().iter_rows()))},
    }


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
