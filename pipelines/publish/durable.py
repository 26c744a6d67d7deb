"""File-system steps that survive a crash at any point: synced writes, the atomic link, the single-writer lock."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from pipelines.publish.errors import PublishBusy

try:
    import fcntl
except ImportError:  # Windows has no fcntl; msvcrt locks a byte of the same file instead.
    fcntl = None  # type: ignore[assignment]

LINK_NAME = "current"
LINK_SCRATCH = ".current-"
_held: dict[Path, ExitStack] = {}


def sync_folder(folder: Path) -> None:
    """Make the names inside a folder durable. Windows cannot open a folder, and its renames are journalled."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(top: Path) -> None:
    """Sync every folder under `top`, deepest first, then `top`. Files are synced as they are written."""
    for folder, _, _ in os.walk(top, topdown=False):
        sync_folder(Path(folder))


def write_durably(path: Path, content: bytes) -> None:
    """Write a new read-only file and sync it; its folder is the caller's to sync."""
    with path.open("xb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    if os.name != "nt":  # Windows will not delete a read-only file, and pruning must
        path.chmod(0o444)


def link_or_copy(existing: Path, new: Path) -> None:
    """Give an existing part a second name; copy it where the file system refuses."""
    try:
        os.link(existing, new)
    except OSError:
        # No hard links here (or too many on this file). A full disk refuses the copy too, and says so itself.
        write_durably(new, existing.read_bytes())


def live_id(root: Path) -> str | None:
    """The id of the version `root/current` points at, or None when nothing was published yet."""
    link = root / LINK_NAME
    try:
        target = str(link.readlink())
    except FileNotFoundError:
        return None
    except OSError:
        target = link.read_text("utf-8").strip()
    return target.replace("\\", "/").rsplit("/", 1)[-1]


def point_at(root: Path, version_id: str) -> None:
    """Make `root/current` point at a version in one rename: a reader sees the old or the new, never neither.

    Where symbolic links are refused (Windows without developer mode), `current` is a small file holding the target.
    """
    scratch = root / f"{LINK_SCRATCH}{secrets.token_hex(4)}"
    target = f"versions/{version_id}"
    try:
        scratch.symlink_to(target, target_is_directory=True)
    except (OSError, NotImplementedError):
        write_durably(scratch, target.encode())
    scratch.replace(root / LINK_NAME)
    sync_folder(root)


def remove_folder(folder: Path) -> None:
    """Remove a version in a way that leaves it whole or gone: hide it under a swept name first."""
    hidden = folder if folder.name.startswith(".") else folder.with_name(f".removed-{folder.name}")
    if hidden != folder:
        folder.replace(hidden)
        sync_folder(folder.parent)
    # Windows keeps files that a reader still has open; the next publish sweeps the hidden folder again.
    shutil.rmtree(hidden, ignore_errors=os.name == "nt")


@contextmanager
def single_writer(root: Path, wait: bool = False) -> Iterator[None]:
    """Hold a folder (the store of one audience, say) alone. The operating system frees the lock when its process dies.

    When another process holds it: with `wait`, wait for as long as it takes; else raise PublishBusy at once, naming it.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("a+") as handle:
        try:
            _lock(handle.fileno(), wait)
        except OSError:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise PublishBusy(
                f"Another process (id {holder}) is changing the {root.name} store. Wait for it, then try again."
            ) from None
        _sign(handle)
        yield


def hold_until_exit(root: Path) -> None:
    """Hold a folder alone from now until this process ends, waiting for it first; a second call changes nothing."""
    if root not in _held:
        lock = ExitStack()
        lock.enter_context(single_writer(root, wait=True))
        _held[root] = lock


def _sign(handle: TextIO) -> None:
    """Leave our process id for the message of whoever finds the lock taken; a full disk must not stop a rollback."""
    if os.name == "nt":  # the locked byte cannot be rewritten there
        return
    with suppress(OSError):
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()


def _lock(handle: int, wait: bool) -> None:
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    import msvcrt

    while True:
        try:
            # LK_LOCK itself gives up after ten seconds.
            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            if not wait:
                raise
        else:
            return
