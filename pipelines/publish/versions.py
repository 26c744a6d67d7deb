"""The versions of one audience's store: which exist, which is live, going back, and clearing away."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.publish.durable import LINK_SCRATCH, live_id, point_at, remove_folder, single_writer, sync_folder
from pipelines.publish.errors import DamagedVersion, NoVersionPublished, VersionNotFound
from pipelines.publish.manifest import Manifest, faults_of, read_manifest
from pipelines.settings import Settings

Audience = Literal["restricted", "public"]
AUDIENCES: tuple[Audience, ...] = ("restricted", "public")

# A reader that opened a version just before it was replaced may go on reading it for this long.
READER_GRACE_SECONDS = 900.0
_REPLACED = ".replaced"
_ID = re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{8}")


@dataclass(frozen=True)
class VersionState:
    """One version as `inclusion store versions` lists it; `manifest` is None when it cannot be read."""

    version_id: str
    path: Path
    is_live: bool
    manifest: Manifest | None


def audience_root(settings: Settings, audience: Audience) -> Path:
    """The folder that holds an audience's versions and its `current` link."""
    return settings.restricted_dir if audience == "restricted" else settings.public_dir


def current_version(settings: Settings, audience: Audience) -> Path:
    """The folder of the live version, with the link resolved: it stays this version when the link moves.

    Raises NoVersionPublished saying how to publish one.
    """
    root = audience_root(settings, audience)
    version_id = live_id(root)
    if version_id is None:
        raise NoVersionPublished(f"No {audience} version has been published yet. Run `inclusion run` first.")
    folder = root / "versions" / version_id
    if not folder.is_dir():
        raise NoVersionPublished(
            f"The {audience} store points at version {version_id}, which is not there. Run `inclusion run --force`."
        )
    return folder


def version_ids(root: Path) -> list[str]:
    """Ids of the whole versions in a store, oldest first (an id begins with its time of publishing)."""
    folder = root / "versions"
    return sorted(entry.name for entry in folder.iterdir() if _ID.fullmatch(entry.name)) if folder.is_dir() else []


def list_versions(settings: Settings, audience: Audience) -> list[VersionState]:
    """Every version of an audience, newest first."""
    root = audience_root(settings, audience)
    live = live_id(root)
    paths = [root / "versions" / version_id for version_id in reversed(version_ids(root))]
    return [VersionState(path.name, path, path.name == live, _manifest_or_none(path)) for path in paths]


def _manifest_or_none(path: Path) -> Manifest | None:
    try:
        return read_manifest(path)
    except DamagedVersion:
        return None


def version_path(settings: Settings, audience: Audience, version_id: str) -> Path:
    """The folder of a version. Raises VersionNotFound naming the ones there are."""
    root = audience_root(settings, audience)
    known = version_ids(root)
    if version_id not in known:
        listed = ", ".join(known) or "none"
        raise VersionNotFound(f"No {audience} version is called {version_id!r}. There are: {listed}.")
    return root / "versions" / version_id


def rollback(settings: Settings, audience: Audience, to: str | None = None) -> str:
    """Make an earlier version live again: the one before the live one, or the one named. Returns its id.

    The version is verified first. Raises NoVersionPublished, VersionNotFound, DamagedVersion or PublishBusy.
    """
    root = audience_root(settings, audience)
    live = live_id(root)
    if live is None:
        raise NoVersionPublished(
            f"Nothing is published in the {audience} store yet, so there is nothing to go back to."
        )
    with single_writer(root):
        if to is None:
            earlier = [version_id for version_id in version_ids(root) if version_id < live]
            if not earlier:
                raise VersionNotFound(f"There is no {audience} version before {live}.")
            to = earlier[-1]
        target = version_path(settings, audience, to)
        if faults := faults_of(target):
            raise VersionNotFound(f"Version {to} is damaged, so the live version stays: {'; '.join(faults[:3])}.")
        make_live(root, to)
    return to


def make_live(root: Path, version_id: str) -> None:
    """Swap the link to a version, first noting on the one it replaces when that happened. Call under the lock."""
    replaced = live_id(root)
    if replaced not in (None, version_id) and (root / "versions" / str(replaced)).is_dir():
        (root / "versions" / str(replaced) / _REPLACED).touch()
    point_at(root, version_id)


def sweep(root: Path) -> None:
    """Remove what a publisher that died left behind. Call under the lock.

    That is scratch links, folders under hidden names, and versions that were finished but never became live.
    """
    for scratch in root.glob(f"{LINK_SCRATCH}*"):
        scratch.unlink(missing_ok=True)
    versions = root / "versions"
    live = live_id(root)
    for hidden in [entry for entry in versions.glob(".*") if entry.is_dir()]:
        remove_folder(hidden)
    for version_id in version_ids(root):
        if version_id != live and not (versions / version_id / _REPLACED).exists():
            remove_folder(versions / version_id)


def prune(
    settings: Settings, audience: Audience, keep: int | None = None, grace_seconds: float = READER_GRACE_SECONDS
) -> list[str]:
    """Remove old versions beyond the newest `keep` (default: the setting `keep_versions`). Returns the ids removed.

    Never the live version of either audience, and never one that was live less than `grace_seconds` ago.
    """
    root = audience_root(settings, audience)
    with single_writer(root):
        return prune_under_lock(settings, audience, keep, grace_seconds)


def prune_under_lock(settings: Settings, audience: Audience, keep: int | None, grace_seconds: float) -> list[str]:
    """`prune` for a caller that holds the store's lock already."""
    root = audience_root(settings, audience)
    live = {live_id(audience_root(settings, each)) for each in AUDIENCES}
    removed = []
    for version_id in version_ids(root)[: -(keep or settings.keep_versions)]:
        folder = root / "versions" / version_id
        replaced = folder / _REPLACED
        in_use = version_id in live or (replaced.exists() and time.time() - replaced.stat().st_mtime < grace_seconds)
        if not in_use:
            remove_folder(folder)
            removed.append(version_id)
    if removed:
        sync_folder(root / "versions")
    return removed
