"""Files as they were sent, kept for some days so that a dispute can be settled, then deleted; or not kept at all.

`raw/<return>/<period>/<body>/<when>-<submission_id>/{the file, violations.parquet}`: the only place where identifiers
stay after checking (docs/decisions/0005-raw-files.md). The report beside the file quotes its cells, and goes with it.
"""

import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from pipelines.publish.durable import sync_folder
from pipelines.settings import Settings

REPORT = "violations.parquet"
_WHEN = "%Y%m%dT%H%M%S"


def keep_raw(settings: Settings, slot: Path, submission_id: str, at: datetime, name: str, content: bytes) -> None:
    """Keep a file as it came, for its owner to read only; at 0 days, do not. `slot` is <return>/<period>/<body>."""
    if settings.raw_days == 0:
        return
    folder = settings.raw_dir / slot / f"{at:{_WHEN}}-{submission_id}"
    settings.raw_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(parents=True)
    _write(folder / _safe(name), content)
    sync_folder(folder)


def keep_report(settings: Settings, submission_id: str, violations: pl.DataFrame) -> None:
    """Keep the report of a file beside it. Does nothing when the file is not kept."""
    folder = raw_folder(settings, submission_id)
    if folder is not None:
        violations.write_parquet(folder / REPORT, compression="zstd")


def raw_folder(settings: Settings, submission_id: str) -> Path | None:
    """Where a submission's file is kept, or None when it is not (any more)."""
    return next(iter(settings.raw_dir.glob(f"*/*/*/*-{submission_id}")), None)


def purge_raw(settings: Settings, at: datetime) -> list[str]:
    """Delete every file kept for longer than the setting says; returns their submission ids."""
    gone = []
    for folder in settings.raw_dir.glob("*/*/*/*-*"):
        when, _, submission_id = folder.name.partition("-")
        if datetime.strptime(when, _WHEN) + timedelta(days=settings.raw_days) <= at:
            shutil.rmtree(folder)
            gone.append(submission_id)
    return gone


def _safe(name: str) -> str:
    """The bare name without anything a file system could read as a path, and never that of our own report."""
    bare = re.sub(r"[^\w.() -]", "_", re.split(r"[/\\]", name)[-1]).strip(". ")[-120:]
    return f"sent_{bare}" if bare in ("", REPORT) else bare


def _write(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
