"""Returns dropped into a folder: taken in when whole, once, and seen by the sensor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.publish.durable import single_writer
from pipelines.publish.errors import PublishBusy
from pipelines.services.inbox import take_in, waiting
from pipelines.services.submissions import history
from pipelines.settings import Settings
from tests.intake.valid_returns import valid, write_zip


def drop(settings: Settings, folder: str, name: str = "sen2.zip", settled: bool = True) -> Path:
    """Put the valid SEN2 return into a folder of the inbox."""
    file = settings.inbox_dir / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    write_zip(file, "sen2", valid("sen2"))
    if settled:
        os.utime(file, (1_700_000_000, 1_700_000_000))
    return file


def test_what_waits_is_taken_in_once(settings: Settings) -> None:
    files = [drop(settings, f"sen2/2025/{body}") for body in ("330", "331")]
    taken = take_in(settings)
    assert ([outcome.state for outcome in taken.outcomes], taken.not_taken) == (["accepted", "accepted"], [])
    assert not any(file.exists() for file in files)
    assert [(record.body, record.who) for record in history(settings)] == [
        ("E08000026", "inbox"),
        ("E08000025", "inbox"),
    ]
    assert take_in(settings).outcomes == []


def test_what_is_still_being_written_waits(settings: Settings) -> None:
    drop(settings, "sen2/2025/330", settled=False)
    drop(settings, "sen2/2025/330", "sen2.zip.part")
    drop(settings, "sen2/2025/330", ".sen2.zip")
    assert waiting(settings) == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["sen3/2025/330", "sen2/2025-spring/330", "sen2/2025/999"])
def test_a_folder_that_says_nothing_is_named_and_holds_nothing_up(settings: Settings, folder: str) -> None:
    wrong, right = drop(settings, folder), drop(settings, "sen2/2025/330")
    taken = take_in(settings)
    assert [outcome.state for outcome in taken.outcomes] == ["accepted"]
    assert (len(taken.not_taken), taken.not_taken[0].startswith(folder)) == (1, True)
    assert (wrong.exists(), right.exists()) == (False, False)
    assert (settings.inbox_dir / ".not_taken" / folder / "sen2.zip").exists()


@pytest.mark.slow
def test_the_sensor_asks_for_one_run_for_the_same_files(settings: Settings) -> None:
    import dagster as dg

    from pipelines.defs.graph import build_definitions

    sensor = build_definitions(settings).resolve_sensor_def("returns_in_the_inbox")
    assert isinstance(sensor(dg.build_sensor_context()), dg.SkipReason)
    drop(settings, "sen2/2025/330")
    first, again = (sensor(dg.build_sensor_context()) for _ in range(2))
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert first.run_key == again.run_key
    drop(settings, "sen2/2025/331")
    later = sensor(dg.build_sensor_context())
    assert isinstance(later, dg.RunRequest)
    assert later.run_key != first.run_key


DAGSTER_RUN = """
import sys
from pathlib import Path
import dagster as dg
from pipelines.defs.received_returns import definitions
from pipelines.progress import RunLog
from pipelines.settings import Settings

defs = definitions(Settings(data_dir=Path(sys.argv[1])), RunLog())
done = dg.materialize([*defs.assets], instance=dg.DagsterInstance.ephemeral())
print("first asset made" if done.success else "failed", flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
def test_a_run_that_dagster_starts_is_alone_with_the_store_until_it_ends(settings: Settings) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", DAGSTER_RUN, str(settings.data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "first asset made\n"
    with pytest.raises(PublishBusy), single_writer(settings.warehouse_dir):
        pass
    run.communicate("\n")
    with single_writer(settings.warehouse_dir):
        pass
