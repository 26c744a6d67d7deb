"""The file-system steps that publishing stands on: what is synced when, what a crash leaves, who holds the lock."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from pipelines.publish import durable
from pipelines.publish.durable import (
    hold_until_exit,
    link_or_copy,
    live_id,
    point_at,
    remove_folder,
    single_writer,
    sync_tree,
    write_durably,
)
from pipelines.publish.errors import PublishBusy

posix = pytest.mark.skipif(os.name == "nt", reason="Windows journals its renames and has no modes")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Inodes in the order in which they were synced to the disk."""
    inodes: list[int] = []
    fsync = os.fsync
    monkeypatch.setattr("os.fsync", lambda handle: (inodes.append(os.fstat(handle).st_ino), fsync(handle)))
    return inodes


@posix
def test_a_file_is_synced_before_its_folders_and_folders_from_the_deepest_up(tmp_path: Path, synced: list[int]) -> None:
    deep = tmp_path / "version" / "fct_metric"
    deep.mkdir(parents=True)
    write_durably(deep / "part", b"rows")
    sync_tree(tmp_path / "version")
    assert synced == [path.stat().st_ino for path in (deep / "part", deep, deep.parent)]
    assert (deep / "part").stat().st_mode & 0o777 == 0o444


@posix
def test_moving_the_link_and_hiding_a_version_are_synced(tmp_path: Path, synced: list[int]) -> None:
    point_at(tmp_path, "first")
    assert synced == [tmp_path.stat().st_ino]
    (tmp_path / "versions" / "first").mkdir(parents=True)
    remove_folder(tmp_path / "versions" / "first")
    assert synced[1:] == [(tmp_path / "versions").stat().st_ino]


def test_a_copy_where_hard_links_are_refused_is_synced_like_a_new_file(
    tmp_path: Path, synced: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "part").write_bytes(b"rows")
    link_or_copy(tmp_path / "part", tmp_path / "linked")
    assert (tmp_path / "part").samefile(tmp_path / "linked")
    monkeypatch.setattr("os.link", _refuse)
    link_or_copy(tmp_path / "part", tmp_path / "copied")
    assert (tmp_path / "copied").read_bytes() == b"rows"
    assert synced == [(tmp_path / "copied").stat().st_ino]


def test_a_version_that_cannot_be_removed_is_no_version_any_more_and_the_fault_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "20260101T000000000Z-aaaaaaaa").mkdir()
    (tmp_path / ".staging-1").mkdir()
    monkeypatch.setattr(shutil, "rmtree", lambda _, ignore_errors: ignore_errors or _refuse())
    for name in ("20260101T000000000Z-aaaaaaaa", ".staging-1"):
        with pytest.raises(OSError, match="refused"):
            remove_folder(tmp_path / name)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".removed-20260101T000000000Z-aaaaaaaa", ".staging-1"]


def test_the_live_id_is_the_last_part_of_whatever_path_the_link_holds(tmp_path: Path) -> None:
    assert live_id(tmp_path) is None
    for target in ("versions/first", "versions\\first", "/elsewhere/store/versions/first", "first\n"):
        (tmp_path / "current").write_text(target)
        assert live_id(tmp_path) == "first"


@pytest.fixture
def let_go(tmp_path: Path) -> Iterator[None]:
    yield
    if lock := durable._held.pop(tmp_path, None):
        lock.close()


@pytest.mark.usefixtures("let_go")
def test_a_process_that_holds_until_it_ends_waits_for_the_one_before_it(tmp_path: Path) -> None:
    waiting = Thread(target=hold_until_exit, args=(tmp_path,), daemon=True)
    with single_writer(tmp_path):
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
    waiting.join()
    hold_until_exit(tmp_path)
    with (
        pytest.raises(PublishBusy, match=rf"process \(id {os.getpid()}\) is changing the {tmp_path.name} store"),
        single_writer(tmp_path),
    ):
        pass


def test_where_there_is_no_flock_a_byte_is_locked_and_waiting_means_asking_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def locking(handle: int, mode: str, count: int) -> None:
        asked.append((mode, count))
        if len(asked) < 3:
            _refuse()

    monkeypatch.setattr(durable, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_LOCK="lock", LK_NBLCK="try"))
    with pytest.raises(PublishBusy), single_writer(tmp_path):
        pass
    with single_writer(tmp_path, wait=True):
        assert asked == [("try", 1), ("lock", 1), ("lock", 1)]


def _refuse(*_: object) -> None:
    raise OSError("refused")
