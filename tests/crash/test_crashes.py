"""Killed publishers, readers that never stop, full disks: the live version is always whole."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipelines.publish.manifest import faults_of
from pipelines.publish.reader import current_version
from pipelines.publish.versions import make_live, rollback
from pipelines.settings import PROJECT_ROOT, Settings
from tests.crash.generations import generation_of, publish_generation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="SIGKILL and mount namespaces are POSIX"),
]


def publisher(settings: Settings, generation: int, *die_before: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.crash.generations", str(settings.data_dir), str(generation)]
    return subprocess.Popen(
        [*command, *map(str, die_before)], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def assert_live_is_whole(settings: Settings, allowed: set[str]) -> str:
    live = current_version(settings, "public")
    assert faults_of(live) == []
    generation = generation_of(live)
    assert generation in allowed
    return generation


def assert_nothing_is_left_over(settings: Settings) -> None:
    assert sorted(entry.name for entry in settings.public_dir.iterdir()) == [".lock", "current", "versions"]
    assert [entry for entry in (settings.public_dir / "versions").iterdir() if entry.name.startswith(".")] == []


@pytest.mark.slow
def test_kill_nine_at_ten_random_changes_to_the_disk(settings: Settings) -> None:
    publish_generation(settings, 0)
    counted = publisher(settings, 1)
    changes = int(counted.communicate()[0].split()[-1])
    assert changes > 40
    # The last few changes are the swap and what follows it: they are always among the ten.
    moments = [*random.sample(range(1, changes - 4), 6), *range(changes - 4, changes)]
    live = "g1"
    for generation, moment in enumerate(moments, start=2):
        child = publisher(settings, generation, moment)
        child.communicate()
        assert child.returncode == -signal.SIGKILL, f"moment {moment} of {changes}"
        live = assert_live_is_whole(settings, {live, f"g{generation}"})
    publish_generation(settings, 99)
    assert_live_is_whole(settings, {"g99"})
    assert_nothing_is_left_over(settings)


@pytest.mark.slow
def test_kill_nine_at_random_times_while_a_reader_reads(settings: Settings) -> None:
    publish_generation(settings, 0)
    started = time.monotonic()
    publisher(settings, 0).communicate()
    usual = time.monotonic() - started
    stop = threading.Event()
    reader = _Reader(settings, stop)
    reader.start()
    allowed = {"g0"}
    for generation in range(1, 6):
        child = publisher(settings, generation)
        time.sleep(usual * random.uniform(0.6, 1.0))
        child.kill()
        child.communicate()
        allowed.add(f"g{generation}")
        assert_live_is_whole(settings, allowed)
    stop.set()
    reader.join()
    publish_generation(settings, 99)
    assert_live_is_whole(settings, {"g99"})
    assert reader.faults == []
    assert reader.reads > 0


# Two lines a lap, so that even a link that is away for microseconds is noticed.
WATCHER = """
import json, os, sys
link, laps, faults, seen = sys.argv[1], 0, [], set()
while not os.path.exists(sys.argv[2]) or laps == 0:
    try:
        named = os.path.basename(os.readlink(link))
        with open(link + "/manifest.json", "rb") as source:
            seen.add(json.loads(source.read())["version_id"])
    except (OSError, ValueError) as fault:
        faults.append(repr(fault))
    laps += 1
print(json.dumps({"laps": laps, "faults": faults[:5], "seen": len(seen)}))
"""


def test_the_link_is_never_away_and_never_leads_nowhere(settings: Settings, tmp_path: Path) -> None:
    publish_generation(settings, 0)
    versions = [publish_generation(settings, generation).version_id for generation in (1, 2)]
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", WATCHER, str(settings.public_dir / "current"), str(stop)]
    watchers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for lap in range(3_000):
        make_live(settings.public_dir, versions[lap % 2])
    stop.touch()
    outcomes = [json.loads(watcher.communicate()[0]) for watcher in watchers]
    assert [outcome["faults"] for outcome in outcomes] == [[], []]
    assert min(outcome["laps"] for outcome in outcomes) > 1_000
    assert max(outcome["seen"] for outcome in outcomes) == 2


def test_readers_never_see_half_a_version(settings: Settings) -> None:
    publish_generation(settings, 0)
    stop = threading.Event()
    readers = [_Reader(settings, stop) for _ in range(3)]
    for reader in readers:
        reader.start()
    for generation in range(1, 25):
        publish_generation(settings, generation)
        if generation % 8 == 0:
            rollback(settings, "public")
    stop.set()
    for reader in readers:
        reader.join()
    assert [fault for reader in readers for fault in reader.faults] == []
    assert min(reader.reads for reader in readers) > 0
    assert max(len(reader.generations) for reader in readers) > 2


class _Reader(threading.Thread):
    """Opens the live version again and again, the way a page does, and notes anything that is not whole."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.settings, self.stop = settings, stop
        self.faults: list[str] = []
        self.generations: set[str] = set()
        self.reads = 0

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.generations.add(generation_of(current_version(self.settings, "public")))
                self.reads += 1
            except Exception as fault:
                self.faults.append(repr(fault))


FULL_DISK = """
import sys
from pathlib import Path
from pipelines.publish.errors import DiskFull
from pipelines.publish.manifest import faults_of
from pipelines.publish.reader import current_version
from pipelines.settings import Settings
from tests.crash.generations import generation_of, publish_generation

settings = Settings(data_dir=Path(sys.argv[1]))
publish_generation(settings, 0)
filler = Path(sys.argv[1]) / "filler"
with filler.open("wb", buffering=0) as out:
    try:
        while out.write(b"x" * 4096) == 4096:
            pass
    except OSError:
        pass
with filler.open("r+b") as out:
    out.truncate(filler.stat().st_size - int(sys.argv[2]))
try:
    publish_generation(settings, 1)
    print("published on a full disk")
except DiskFull as fault:
    print("refused:", fault)
live = current_version(settings, "public")
left = sorted(entry.name for entry in (settings.public_dir / "versions").iterdir())
print(generation_of(live), faults_of(live), left == [live.name])
filler.unlink()
publish_generation(settings, 2)
print(generation_of(current_version(settings, "public")))
"""


@pytest.mark.parametrize("room", [0, 20_000, 70_000])
def test_a_full_disk_keeps_the_live_version_and_says_so(tmp_path: Path, room: int) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not on this machine: no small file system can be mounted for the test")
    mount = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
    script = [sys.executable, "-c", FULL_DISK, str(tmp_path), str(room)]
    if subprocess.run(["unshare", "-m", "sh", "-c", mount, str(tmp_path), "true"], capture_output=True).returncode:
        pytest.skip("mounting a small file system is not allowed here (needs root)")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mount, str(tmp_path), *script], capture_output=True, text=True, cwd=PROJECT_ROOT
    )
    lines = [line for line in done.stdout.splitlines() if "[info" not in line]
    assert done.returncode == 0, done.stderr
    assert lines[0].startswith("refused: The disk filled while publishing to the public store. The live version (")
    assert "inclusion store prune" in lines[0]
    assert lines[1:] == ["g0 [] True", "g2"]
