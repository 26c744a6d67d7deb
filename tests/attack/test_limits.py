"""The limits of the child process, each seen to hold by itself."""

import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipelines.publish.errors import SqlFailed, SqlLimitReached
from pipelines.publish.reader import open_version
from pipelines.publish.sandbox import run_sql
from tests.attack.conftest import Target

pytest.importorskip("resource", reason="Windows has no resource limits; README says so")


def limited(target: Target, statement: str, **limits: int) -> str:
    """The message with which a statement is stopped under other limits."""
    settings = target.settings.model_copy(update=limits)
    with pytest.raises(SqlLimitReached) as fault:
        run_sql(settings, target.version, statement, "csv", io.BytesIO())
    return str(fault.value)


def test_the_clock_stops_a_statement_and_names_its_setting(target: Target) -> None:
    started = time.monotonic()
    message = limited(target, "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) FROM t",
                      sql_wall_seconds=1, sql_cpu_seconds=60, sql_max_bytes=10**12)  # fmt: skip
    assert "1 seconds (the setting sql_wall_seconds)" in message
    assert time.monotonic() - started < 5


def test_processor_time_stops_a_statement_and_names_its_setting(target: Target) -> None:
    endless = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"
    assert "sql_cpu_seconds" in limited(target, endless, sql_cpu_seconds=1, sql_wall_seconds=60)


def test_memory_stops_a_statement_and_names_its_setting(target: Target) -> None:
    greedy = "SELECT count(*) FROM (SELECT DISTINCT hash(range) || 'xxxxxxxxxxxxxxxxxxx' FROM range(100000000))"
    assert "sql_memory_mb" in limited(target, greedy, sql_memory_mb=64, sql_cpu_seconds=60, sql_wall_seconds=60)


def test_output_stops_at_the_byte_limit_and_says_it_is_incomplete(target: Target) -> None:
    sink = io.BytesIO()
    settings = target.settings.model_copy(update={"sql_max_bytes": 50_000})
    with pytest.raises(SqlLimitReached, match=r"larger than 50,000 bytes \(the setting sql_max_bytes\).*not complete"):
        run_sql(settings, target.version, "SELECT range FROM range(10000000)", "csv", sink)
    assert len(sink.getvalue()) <= 50_000


def test_output_just_below_the_limit_arrives_whole(target: Target) -> None:
    sink = io.BytesIO()
    answer = run_sql(target.settings, target.version, "SELECT range AS n FROM range(200000)", "csv", sink)
    lines = sink.getvalue().decode().split("\r\n")
    assert answer.rows == 200_000
    assert (lines[0], lines[1], lines[-2], lines[-1]) == ("n", "0", "199999", "")
    assert answer.bytes == len(sink.getvalue())


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
def test_the_running_child_is_limited_and_knows_nothing_of_its_surroundings(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCLUSION_TEST_PASSWORD", "hunter2")
    started: list[subprocess.Popen[bytes]] = []
    really = subprocess.Popen

    def watched(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        started.append(really(*args, **kwargs))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr("pipelines.publish.sandbox.subprocess.Popen", watched)
    settings = target.settings.model_copy(update={"sql_wall_seconds": 8, "sql_cpu_seconds": 30})
    endless = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"
    failures: list[Exception] = []

    def run() -> None:
        try:
            run_sql(settings, target.version, endless, "csv", io.BytesIO())
        except SqlFailed as fault:
            failures.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    limits = _limits_once_open(started)
    environment = Path(f"/proc/{started[0].pid}/environ").read_bytes()
    started[0].kill()
    thread.join()
    assert limits["Max file size"] == "0"
    assert limits["Max core file size"] == "0"
    assert limits["Max cpu time"] == "30"
    assert limits["Max processes"] == "0"
    assert int(limits["Max open files"]) < 200
    assert int(limits["Max address space"]) == (256 + 768) << 20
    assert b"hunter2" not in environment
    assert b"INCLUSION" not in environment
    assert len(failures) == 1  # a killed child is an error of the statement, not of the caller


def _limits_once_open(started: "list[subprocess.Popen[bytes]]") -> dict[str, str]:
    """The limits in force once the child has opened its version (NPROC is the last one set)."""
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        if started and started[0].poll() is None:
            lines = Path(f"/proc/{started[0].pid}/limits").read_text().splitlines()[1:]
            limits = {line[:26].strip(): line[26:].split()[0] for line in lines if line.strip()}
            if limits.get("Max processes") == "0":
                return limits
        time.sleep(0.02)
    raise AssertionError("the child never reached its limits")


def test_a_limited_process_cannot_write_a_file(tmp_path: Path) -> None:
    code = (
        "from pipelines.publish.sandbox_child import _limit_before_opening as limit; limit(256, 5)\n"
        "import sys\n"
        "try:\n    open(sys.argv[1], 'wb', buffering=0).write(b'stolen')\n"
        "except OSError as fault:\n    print(fault.errno)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "x"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "27"  # EFBIG
    assert (tmp_path / "x").read_bytes() == b""


def test_a_locked_connection_cannot_be_unlocked(target: Target) -> None:
    import duckdb

    con = open_version(target.version)
    for statement in (
        "SET lock_configuration = false",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '1TB'",
        "INSTALL httpfs",
        f"ATTACH '{target.out}' AS x",
        f"COPY (SELECT 1) TO '{target.out}'",
    ):
        with pytest.raises(duckdb.Error):
            con.execute(statement)
    assert not target.out.exists()


def test_a_damaged_version_is_reported_without_paths(target: Target, tmp_path: Path) -> None:
    broken = tmp_path / "20260101T000000000Z-00000000"
    broken.mkdir()
    (broken / "manifest.json").write_text(json.dumps({"tables": {}}))
    with pytest.raises(SqlFailed) as fault:
        run_sql(target.settings, broken, "SELECT 1", "csv", io.BytesIO())
    assert "manifest" in str(fault.value)
    assert str(tmp_path) not in str(fault.value)
