"""Run one SELECT of a stranger's against one version, in a child process with limits and a clock."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.publish.errors import SqlFailed, SqlLimitReached, SqlRefused, StoreError
from pipelines.settings import Settings

_BLOCK = 1 << 16
# What the child may know of its surroundings: nothing but how to keep its own memory small.
# One allocator arena: with one for each core the child reserves 1.3 GB before any row is read, more than its limit.
CHILD_ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OMP_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class SqlAnswer:
    """What came back: rows and bytes written to the sink, seconds from start to end, and the version that answered."""

    rows: int
    bytes: int
    seconds: float
    version_id: str


def run_sql(settings: Settings, version_dir: Path, statement: str, form: str, sink: BinaryIO) -> SqlAnswer:
    """Answer one SELECT over a version, written to `sink` in full as `form` (table, csv, json or parquet).

    Raises SqlRefused, SqlFailed or SqlLimitReached; what was written to the sink by then is incomplete.
    """
    started = time.monotonic()
    request = {
        "statement": statement,
        "format": form,
        "version_dir": str(version_dir),
        "memory_mb": settings.sql_memory_mb,
        "cpu_seconds": settings.sql_cpu_seconds,
    }
    with _child() as child:
        run = _Run(child, settings, sink)
        try:
            run.feed(json.dumps(request).encode())
            written = run.drain()
        finally:
            run.stop()
    if run.out_of_time:
        raise SqlLimitReached(
            f"Stopped after {settings.sql_wall_seconds} seconds (the setting sql_wall_seconds). "
            "Ask for fewer rows, or filter before joining."
        )
    return SqlAnswer(_rows(run, settings), written, time.monotonic() - started, version_dir.name)


def _child() -> "subprocess.Popen[bytes]":
    environment = dict(CHILD_ENVIRONMENT)
    if sys.platform == "win32":  # Python does not start there without it
        import ctypes

        folder = ctypes.create_unicode_buffer(260)
        ctypes.windll.kernel32.GetWindowsDirectoryW(folder, 260)
        environment["SYSTEMROOT"] = folder.value
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-m", "pipelines.publish.sandbox_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


class _Run:
    """One child at work: its clock, its output counted into the sink, its last words."""

    def __init__(self, child: "subprocess.Popen[bytes]", settings: Settings, sink: BinaryIO) -> None:
        self.child = child
        self.settings = settings
        self.sink = sink
        self.out_of_time = False
        self.last_words = b""
        self._clock = threading.Timer(settings.sql_wall_seconds, self._time_is_up)
        self._clock.daemon = True
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._clock.start()
        self._listener.start()

    def feed(self, request: bytes) -> None:
        assert self.child.stdin is not None
        try:
            self.child.stdin.write(request)
            self.child.stdin.close()
        except BrokenPipeError:
            pass  # it died at once; what it said is reported below

    def drain(self) -> int:
        """Copy the answer to the sink. Raises SqlLimitReached beyond `sql_max_bytes`."""
        assert self.child.stdout is not None
        written = 0
        limit = self.settings.sql_max_bytes
        while block := self.child.stdout.read1(_BLOCK):  # type: ignore[attr-defined]
            written += len(block)
            if written > limit:
                raise SqlLimitReached(
                    f"The answer is larger than {limit:,} bytes (the setting sql_max_bytes), so it was stopped and is "
                    "not complete. Ask for fewer rows or columns, use --format parquet, or raise the setting."
                )
            self.sink.write(block)
        self.child.wait()
        return written

    def stop(self) -> None:
        self._clock.cancel()
        self._kill()
        self.child.wait()
        self._listener.join()

    def _listen(self) -> None:
        assert self.child.stderr is not None
        while block := self.child.stderr.read(_BLOCK):
            self.last_words = (self.last_words + block)[-_BLOCK:]

    def _time_is_up(self) -> None:
        self.out_of_time = True
        self._kill()

    def _kill(self) -> None:
        if self.child.poll() is not None:
            return
        if os.name == "nt":
            self.child.kill()
        else:
            # The child leads its own session, so this reaches anything it might have started.
            os.killpg(self.child.pid, signal.SIGKILL)


def _rows(run: _Run, settings: Settings) -> int:
    """The row count the child reported. Raises what it reported instead, or what its death means."""
    try:
        outcome = json.loads(run.last_words.strip().rsplit(b"\n", 1)[-1])
    except ValueError:
        outcome = {}
    if run.child.returncode == 0 and "rows" in outcome:
        return int(outcome["rows"])
    memory = (
        f"The statement needs more than {settings.sql_memory_mb:,} MB of memory (the setting sql_memory_mb). "
        "Ask for fewer rows or columns, or filter before joining and sorting."
    )
    if run.child.returncode == -getattr(signal, "SIGXCPU", 24):
        raise SqlLimitReached(
            f"Stopped after {settings.sql_cpu_seconds} seconds of processor time (the setting sql_cpu_seconds). "
            "Ask for fewer rows, or filter before joining."
        )
    if outcome.get("error") == "memory" or b"bad_alloc" in run.last_words or b"MemoryError" in run.last_words:
        raise SqlLimitReached(memory)
    raised: dict[str, Callable[[str], StoreError]] = {"SqlRefused": SqlRefused}
    if "error" in outcome:
        raise raised.get(outcome["error"], SqlFailed)(outcome["message"])
    raise SqlFailed("The statement ended its process: it is nested too deeply or needs too much memory. Simplify it.")
