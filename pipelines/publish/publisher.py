"""Publishing a version: write what changed, link what did not, then move one link."""

import errno
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import structlog

from pipelines.publish.durable import (
    link_or_copy,
    live_id,
    remove_folder,
    single_writer,
    sync_folder,
    sync_tree,
    write_durably,
)
from pipelines.publish.errors import DamagedVersion, DiskFull, PublishRefused
from pipelines.publish.manifest import MANIFEST_NAME, Manifest, Part, TableEntry, read_manifest, sha256_of
from pipelines.publish.page_tables import PAGE_TABLES
from pipelines.publish.parts import EncodedPart, collect, conform, encode, encode_sorted
from pipelines.publish.reader import open_tables
from pipelines.publish.release import public_tables, refuse_mixed_worlds
from pipelines.publish.tables import TABLES
from pipelines.publish.versions import READER_GRACE_SECONDS, Audience, audience_root, make_live, prune_under_lock, sweep
from pipelines.settings import Settings

log = structlog.get_logger()
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class VersionInfo:
    """What publishing did. `bytes_written` counts new parts only; linked parts cost nothing."""

    version_id: str
    path: Path
    audience: Audience
    created_at: str
    rows: dict[str, int]
    parts_written: int
    parts_linked: int
    bytes_written: int
    seconds: float
    pruned: list[str]


def publish_version(
    settings: Settings,
    tables: Mapping[str, pl.DataFrame | Path],
    *,
    audience: Audience,
    fingerprint: str,
    code_version: str,
    timings: dict[str, Any] | None = None,
) -> VersionInfo:
    """Make these tables the live version of an audience.

    `tables` holds every table of tables.TABLES as a frame or a Parquet file. A crash at any point, a full disk or a
    refusal leaves the live version as it was; the next publish sweeps what was left.
    Raises PublishRefused (wrong or missing tables, no figures, mixed worlds), PublishBusy or DiskFull.
    """
    started = time.perf_counter()
    ready = _prepare(tables, audience, settings.world)
    root = audience_root(settings, audience)
    with single_writer(root):
        created = datetime.now(UTC)
        version_id = f"{created:%Y%m%dT%H%M%S}{created.microsecond // 1000:03d}Z-{secrets.token_hex(4)}"
        staging = root / "versions" / f".staging-{version_id}"
        try:
            (root / "versions").mkdir(exist_ok=True)
            sweep(root)
            writer = _Writer(staging, _parts_of_live(root))
            entries = {name: writer.add(name, frame) for name, frame in ready.items()}
            manifest = Manifest(
                version_id=version_id,
                created_at=created.isoformat(timespec="milliseconds"),
                audience=audience,
                world=settings.world,
                fingerprint=fingerprint,
                code_version=code_version,
                tables=entries,
                receipts=sorted(collect("dim_release", ready["dim_release"])["receipt_id"].unique().to_list()),
                statuses=_rows_by_status(ready["fct_metric"]),
                timings=timings or {},
            )
            entries |= writer.add_page_tables(manifest)
            manifest = replace(manifest, tables=entries)
            write_durably(staging / MANIFEST_NAME, manifest.as_json())
            sync_tree(staging)
            staging.replace(root / "versions" / version_id)
            sync_folder(root / "versions")
            make_live(root, version_id)
        except OSError as fault:
            _abandon(staging)
            if fault.errno in _DISK_FULL:
                raise DiskFull(
                    f"The disk filled while publishing to the {audience} store. The live version "
                    f"({live_id(root) or 'none yet'}) stays. Free some space (`inclusion store prune`), then run again."
                ) from fault
            raise
        except BaseException:
            _abandon(staging)
            raise
        pruned = prune_under_lock(settings, audience, None, READER_GRACE_SECONDS)
    info = VersionInfo(
        version_id=version_id,
        path=root / "versions" / version_id,
        audience=audience,
        created_at=manifest.created_at,
        rows={name: entry.rows for name, entry in entries.items()},
        parts_written=writer.written,
        parts_linked=writer.linked,
        bytes_written=writer.bytes_written,
        seconds=time.perf_counter() - started,
        pruned=pruned,
    )
    log.info("published", audience=audience, version=version_id, written=writer.written, linked=writer.linked)
    return info


def _prepare(tables: Mapping[str, pl.DataFrame | Path], audience: Audience, world: str) -> dict[str, pl.LazyFrame]:
    missing = [name for name, table in TABLES.items() if table.required and name not in tables]
    unknown = [name for name in tables if name not in TABLES]
    if missing or unknown:
        raise PublishRefused(
            f"A version holds the tables of pipelines/publish/tables.py. Missing: {', '.join(missing) or 'none'}; "
            f"not declared: {', '.join(unknown) or 'none'}."
        )
    frames = {
        name: pl.scan_parquet(given) if isinstance(given, Path) else given.lazy() for name, given in tables.items()
    }
    absent = [name for name in TABLES if name not in frames]
    frames |= {name: pl.LazyFrame(schema=dict.fromkeys(TABLES[name].columns, pl.Null)) for name in absent}
    for name, frame in frames.items():
        if undeclared := [column for column in frame.collect_schema().names() if column not in TABLES[name].columns]:
            log.warning("columns left out of the version", table=name, columns=undeclared)
    ready = {name: conform(name, table, frames[name]) for name, table in TABLES.items()}
    refuse_mixed_worlds(ready["fct_metric"], world)
    if audience == "public":
        ready = public_tables(ready, world)
    if not _rows_by_status(ready["fct_metric"]):
        raise PublishRefused(f"There is no figure to publish to the {audience} store. The live version stays.")
    return ready


def _rows_by_status(metric: pl.LazyFrame) -> dict[str, int]:
    status = metric.select("statistical_status")
    return dict(sorted(collect("fct_metric", status)["statistical_status"].value_counts().iter_rows()))


class _Writer:
    """Puts parts into a staging folder, linking those that the live version already holds under the same name."""

    def __init__(self, staging: Path, live_parts: dict[str, Path]) -> None:
        self.staging = staging
        self.live_parts = live_parts
        self.written = self.linked = self.bytes_written = 0
        staging.mkdir()

    def add(self, name: str, frame: pl.LazyFrame) -> TableEntry:
        table = TABLES[name]
        return self._keep(encode(name, table, frame), dict(table.columns))

    def add_page_tables(self, written: Manifest) -> dict[str, TableEntry]:
        """The tables of page_tables.py, made of those that stand in the staging folder already."""
        with open_tables(self.staging, written) as con:
            entries = {}
            for name in PAGE_TABLES:
                rows = con.sql(f"SELECT * FROM {name}")
                columns = dict(zip(rows.columns, map(str, rows.types), strict=True))
                entries[name] = self._keep([encode_sorted(name, rows.pl())], columns)
        return entries

    def _keep(self, encoded: Iterable[EncodedPart], columns: dict[str, str]) -> TableEntry:
        parts = []
        for part in encoded:
            target = self.staging / part.path
            target.parent.mkdir(parents=True, exist_ok=True)
            existing = self.live_parts.get(part.path)
            if existing is not None and sha256_of(existing) == part.sha256:
                link_or_copy(existing, target)
                self.linked += 1
            else:
                write_durably(target, part.content)
                self.written += 1
                self.bytes_written += len(part.content)
            parts.append(Part(part.path, part.sha256, part.rows, len(part.content)))
        return TableEntry(columns=columns, rows=sum(part.rows for part in parts), parts=parts)


def _parts_of_live(root: Path) -> dict[str, Path]:
    """Parts that may be linked: those of the live version, by relative path (which holds their content hash)."""
    live = live_id(root)
    if live is None:
        return {}
    folder = root / "versions" / live
    try:
        manifest = read_manifest(folder)
    except DamagedVersion:
        return {}
    paths = [part.path for entry in manifest.tables.values() for part in entry.parts]
    return {path: folder / path for path in paths if (folder / path).is_file()}


def _abandon(staging: Path) -> None:
    if staging.is_dir():
        remove_folder(staging)
