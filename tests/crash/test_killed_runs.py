"""`kill -9` at random moments of the real `inclusion run`: the last version serves, and the next run finishes.

Whatever the moment, the outcome is one of three and each is checked: the run had not published yet (the old version is
live), it had published the restricted version only, or it had finished.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.publish.manifest import faults_of, read_manifest
from pipelines.publish.reader import current_version, open_version
from pipelines.settings import PROJECT_ROOT, Settings
from tests.pipeline.landed import land_small_england

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX"),
]
SEED = 20261124
KILLS = 10
RUN = [sys.executable, "-c", "from pipelines.cli.main import main; main()", "run"]


def start(settings: Settings, log: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "INCLUSION_DATA_DIR": str(settings.data_dir)}
    with log.open("wb") as out:
        return subprocess.Popen(
            RUN, cwd=PROJECT_ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )


def assert_serves(settings: Settings, releases: set[int]) -> int:
    """The live public version is whole, has England's 20-week rate of 2024, and is that of one of these releases."""
    version = current_version(settings, "public")
    assert faults_of(version) == []
    assert faults_of(current_version(settings, "restricted")) == []
    con = open_version(version)
    rows = con.execute(
        "SELECT round(value, 1), numerator, denominator FROM fct_metric_preferred WHERE metric_id = 'ehc_20wk_pct' "
        "AND geography_code = 'E92000001' AND period_start = '2024-01-01' AND breakdown_1 = 'total'"
    ).fetchall()
    assert rows == [(46.4, 39_407, 84_866)]
    held = len(read_manifest(version).receipts)
    assert held in releases
    assert con.execute("SELECT count(DISTINCT release_id) FROM fct_metric").fetchall() == [(held,)]
    return held


def test_kill_nine_at_ten_random_moments_of_a_run(settings: Settings, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    moments = random.Random(SEED)
    log = tmp_path / "run.log"
    land_small_england(settings, 1)
    started = time.monotonic()
    assert start(settings, log).wait() == 0, log.read_text()
    usual = time.monotonic() - started
    landed = served = assert_serves(settings, {1})
    for _ in range(KILLS):
        # Each run has something new to publish; a killed one leaves it for the next.
        landed += 1
        land_small_england(settings, landed)
        run = start(settings, log)
        # From before anything is imported to a little after a usual run is over.
        try:
            code = run.wait(timeout=moments.uniform(0, 1.1 * usual))
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            code = run.wait()
        assert code in (0, -signal.SIGKILL), log.read_text()
        served = assert_serves(settings, {landed} if code == 0 else {served, landed})
        print(f"{'finished' if code == 0 else 'killed'}: release {served} of {landed} is live")
    assert start(settings, log).wait() == 0, log.read_text()
    assert assert_serves(settings, {landed}) == landed
    assert read_manifest(current_version(settings, "restricted")).receipts == (
        read_manifest(current_version(settings, "public")).receipts
    )
    assert not list(settings.data_dir.rglob(".staging-*"))
