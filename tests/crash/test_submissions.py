"""Two people submit at once, one is killed half-way, the disk is full: nothing lost, nothing doubled."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.services.submissions import history
from pipelines.settings import PROJECT_ROOT, Settings
from tests.crash.submitting import assert_nothing_lost_or_doubled, send, write_variant

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="SIGKILL and mount namespaces are POSIX"),
]


def sender(settings: Settings, file: Path, *die_before: int) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-B",
        "-m",
        "tests.crash.submitting",
        str(settings.data_dir),
        str(file),
        *map(str, die_before),
    ]
    return subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_many_submit_at_once_and_each_is_there_once(settings: Settings, tmp_path: Path) -> None:
    """Three files at once into an empty store, two of them the same: its first keys, tables and persons too."""
    files = [write_variant(tmp_path, number) for number in (1, 2)]
    senders = [sender(settings, file) for file in (*files, files[0])]
    said = [each.communicate() for each in senders]
    assert [each.returncode for each in senders] == [0, 0, 0], said
    accepted = assert_nothing_lost_or_doubled(settings, {1, 2})
    states = sorted(record.state for record in history(settings))
    # The same file again counts once, unless the other one counted in between.
    assert states in (["accepted", "accepted", "repeated"], ["accepted", "accepted", "accepted"])
    assert set(accepted) == {"variant1.zip", "variant2.zip"}
    assert accepted != ["variant1.zip", "variant1.zip", "variant2.zip"]


def test_kill_nine_at_seven_changes_to_the_disk(settings: Settings, tmp_path: Path) -> None:
    send(settings, write_variant(tmp_path, 0))
    counted = sender(settings, write_variant(tmp_path, 1))
    changes = json.loads(counted.communicate()[0].splitlines()[-1])
    renames = [at for at, change in enumerate(changes, start=1) if change == "rename"]
    assert len(renames) >= 2, "one rename for the persons, one for the facts"
    commits = [at for at, change in enumerate(changes, start=1) if change == "commit"]
    around = {moment + step for moment in (*renames[:2], commits[-1]) for step in (0, 1)}
    moments = sorted(around | {random.randrange(1, len(changes))})
    known = {0, 1}
    for number, moment in enumerate(moments, start=2):
        before = assert_nothing_lost_or_doubled(settings)
        file = write_variant(tmp_path, number)
        child = sender(settings, file, moment)
        said = child.communicate()
        assert child.returncode == -signal.SIGKILL, (moment, len(changes), said)
        after = assert_nothing_lost_or_doubled(settings)
        assert after in (before, [*before, file.name]), "what was there before stays"
        known.add(number)
        assert send(settings, file).state == ("repeated" if after != before else "accepted")
        assert_nothing_lost_or_doubled(settings, known)
    # Nor does a raw file stay behind where nobody would delete it.
    assert [path.name for path in (settings.raw_dir / ".under_way").iterdir()] == [".lock"]
    assert {record.state for record in history(settings)} == {"accepted", "interrupted", "repeated"}


def test_kill_nine_at_the_swaps_of_a_rotation(settings: Settings, tmp_path: Path) -> None:
    send(settings, write_variant(tmp_path, 0))
    rotating = sender(settings, Path("rotate"))
    changes = json.loads(rotating.communicate()[0].splitlines()[-1])
    # The key file is replaced first, then the link to the generation, which is followed by deleting the old one.
    swaps = [at for at, change in enumerate(changes, start=1) if change == "replace"]
    assert len(swaps) == 2
    moments = [swap + step for swap in swaps for step in (0, 1)]
    for number, moment in enumerate(moments, start=1):
        child = sender(settings, Path("rotate"), moment)
        child.communicate()
        assert child.returncode == -signal.SIGKILL
        send(settings, write_variant(tmp_path, number))
        assert_nothing_lost_or_doubled(settings, set(range(number + 1)))
        generations = list((settings.spine_dir / "versions").iterdir())
        assert len(generations) == 1, "old pseudonyms do not outlive their key"


FULL_DISK = """
import sys
from pathlib import Path
from pipelines.services.outcome import SubmitFailed
from pipelines.settings import Settings
from tests.crash.submitting import assert_nothing_lost_or_doubled, send, write_variant

folder, room = Path(sys.argv[1]), int(sys.argv[2])
settings = Settings(data_dir=folder / "var")
elsewhere = Path(sys.argv[3])
send(settings, write_variant(elsewhere, 0))
filler = folder / "filler"
with filler.open("wb", buffering=0) as out:
    try:
        while out.write(b"x" * 4096) == 4096:
            pass
    except OSError:
        pass
with filler.open("r+b") as out:
    out.truncate(filler.stat().st_size - room)
try:
    print("STATE", send(settings, write_variant(elsewhere, 1)).state)
except SubmitFailed as fault:
    print("STATE failed:", fault)
filler.unlink()
print("THEN", assert_nothing_lost_or_doubled(settings))
print("AGAIN", send(settings, write_variant(elsewhere, 1)).state)
print("LAST", assert_nothing_lost_or_doubled(settings, {0, 1}))
"""


@pytest.mark.parametrize("room", [0, 48_000, 112_000])
def test_a_full_disk_loses_nothing_and_says_so(tmp_path: Path, room: int) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not on this machine: no small file system can be mounted for the test")
    disk, elsewhere = tmp_path / "disk", tmp_path / "elsewhere"
    disk.mkdir()
    elsewhere.mkdir()
    mount = 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"'
    if subprocess.run(["unshare", "-m", "sh", "-c", mount, str(disk), "true"], capture_output=True).returncode:
        pytest.skip("mounting a small file system is not allowed here (needs root)")
    script = [sys.executable, "-c", FULL_DISK, str(disk), str(room), str(elsewhere)]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mount, str(disk), *script], capture_output=True, text=True, cwd=PROJECT_ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines() if line.split(" ")[0].isupper())
    first = ["variant0.zip"]
    assert said["LAST"] == "['variant0.zip', 'variant1.zip']"
    if said["STATE"] == "accepted":
        assert said["THEN"] == said["LAST"]
    else:
        assert said["STATE"].startswith("failed: The disk is full.")
        assert said["THEN"] in (str(first), said["LAST"])
    assert said["AGAIN"] == ("accepted" if said["THEN"] == str(first) else "repeated")
