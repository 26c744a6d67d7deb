"""A folder that is there whole or not at all: written aside, flushed to disk, then renamed into place.

Both kinds of input land this way: published releases (pipelines/published/landing.py) and returns
(pipelines/intake/landing.py).
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from pipelines.publish.durable import sync_folder

_ABANDONED_SECONDS = 3600


@contextmanager
def whole_folder(root: Path, final: Path, *, over: str | None = None) -> Iterator[Path]:
    """A new folder to write files into; when the block ends without an error it takes the name `final`, below `root`.

    After an error, or a crash at any point, there is no `final`. Raises OSError when it exists or the disk is full.
    With `over`, a folder that is there gets the new files one by one, the one of this name last: who reads that file
    sees whether the others are all new.
    """
    incoming = root / ".incoming" / uuid4().hex
    incoming.mkdir(parents=True)
    try:
        yield incoming
        for written in incoming.iterdir():
            _flush(written)
        sync_folder(incoming)
        final.parent.mkdir(parents=True, exist_ok=True)
        if over is None:
            incoming.rename(final)
        else:
            for written in sorted(incoming.iterdir(), key=lambda file: file.name == over):
                written.replace(final / written.name)
            sync_folder(final)
        # The names on the way down may be new too.
        for folder in (parent for parent in final.parents if parent.is_relative_to(root)):
            sync_folder(folder)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def remove_whole(root: Path, folder: Path) -> None:
    """Take a landed folder away so that a reader sees it whole or not at all: renamed first, then deleted."""
    aside = root / ".incoming" / uuid4().hex
    aside.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def sweep_abandoned(root: Path) -> None:
    """Delete what a process that died left half-written. What is younger than an hour may be in use now and stays."""
    for left in (root / ".incoming").glob("*"):
        with suppress(FileNotFoundError):  # renamed into place by its process just now
            if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
