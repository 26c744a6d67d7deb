"""Files as they were sent: worked on in a folder of their own, then kept for some days, or not at all.

`raw/<return>/<period>/<body>/<when>-<submission_id>/{the file, violations.parquet}` is the only place where identifiers
stay after checking (docs/decisions/0005-raw-files.md). The report beside the file quotes its cells, and goes with it.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from pipelines.publish.durable import single_writer, sync_folder
from pipelines.publish.errors import PublishBusy
from pipelines.settings import Settings

REPORT = "violations.parquet"
_WHEN = "%Y%m%dT%H%M%S"


@contextmanager
def under_way(settings: Settings, submission_id: str) -> Iterator[Path]:
    """A folder to work on a submission in, held by this process until the block ends, and deleted then."""
    settings.raw_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    root = _under_way(settings)
    folder = root / submission_id
    held = ExitStack()
    # Or a sweep could find the folder between its making and its locking.
    with single_writer(root, wait=True):
        held.enter_context(single_writer(folder))
    with held:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep_under_way(settings: Settings) -> set[str]:
    """Delete the working folders of processes that died; returns the submission ids that are being worked on now."""
    root = _under_way(settings)
    if not root.is_dir():
        return set()
    alive = set()
    with single_writer(root, wait=True):
        for folder in [found for found in root.iterdir() if found.is_dir()]:
            try:
                with single_writer(folder):
                    shutil.rmtree(folder, ignore_errors=True)
            except (PublishBusy, FileNotFoundError):  # the latter: its process has just deleted it
                alive.add(folder.name)
    return alive


def write_raw(folder: Path, name: str, content: bytes) -> Path:
    """Write a file as it came, for its owner to read only; returns its path."""
    file = folder / _safe(name)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return file


def keep_raw(
    settings: Settings, file: Path, slot: Path, submission_id: str, at: datetime, violations: pl.DataFrame
) -> None:
    """Keep a file and its report for as many days as the setting says. `slot` is <return>/<period>/<body>, `at` when
    the submission was received: with its number they say where the file is.
    """
    if settings.raw_days == 0:
        return
    folder = _folder(settings, slot, submission_id, at)
    folder.mkdir(parents=True)
    violations.write_parquet(folder / REPORT, compression="zstd")
    file.rename(folder / file.name)
    sync_folder(folder)


def kept_report(settings: Settings, slot: Path, submission_id: str, at: datetime) -> pl.DataFrame | None:
    """The report of a submission with everything it quotes, or None when its file is not kept (any more)."""
    report = _folder(settings, slot, submission_id, at) / REPORT
    return pl.read_parquet(report) if report.is_file() else None


def kept_file(settings: Settings, slot: Path, submission_id: str, at: datetime) -> Path | None:
    """The file of a submission, or None when it is not kept (any more)."""
    files = _folder(settings, slot, submission_id, at).glob("*")
    return next((file for file in files if file.name != REPORT), None)


def purge_raw(settings: Settings, at: datetime) -> list[str]:
    """Delete every file kept for longer than the setting says; returns their submission ids."""
    gone = []
    for folder in settings.raw_dir.glob("[!.]*/*/*/*-*"):
        when, _, submission_id = folder.name.partition("-")
        if datetime.strptime(when, _WHEN) + timedelta(days=settings.raw_days) <= at:
            shutil.rmtree(folder)
            gone.append(submission_id)
    return gone


def _under_way(settings: Settings) -> Path:
    return settings.raw_dir / ".under_way"


def _folder(settings: Settings, slot: Path, submission_id: str, at: datetime) -> Path:
    return settings.raw_dir / slot / f"{at:{_WHEN}}-{submission_id}"


def _safe(name: str) -> str:
    """The bare name without anything a file system could read as a path, and never that of our own files."""
    bare = re.sub(r"[^\w.() -]", "_", re.split(r"[/\\]", name)[-1])[-120:].strip(". ")
    return f"sent_{bare}" if bare in ("", REPORT, "lock") else bare
