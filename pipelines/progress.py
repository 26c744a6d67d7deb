"""Say what a run is doing, and keep how long each step took and how much memory it needed."""

import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import structlog
from rich.console import Console

_events = structlog.get_logger()

# Faster than this, a step is not worth a line of its own.
_WORTH_TELLING_SECONDS = 2.0


@dataclass(frozen=True)
class StepTiming:
    """Wall and processor time and peak resident memory of one step; memory is None where the system does not tell."""

    step: str
    seconds: float
    cpu_seconds: float
    peak_memory_mb: float | None


@dataclass
class RunLog:
    """The steps of one run, the problems that stopped it, and the doubts that did not, in plain sentences.

    `store_is_held`: whoever runs the graph has made sure that nobody else builds figures meanwhile.
    """

    steps: list[StepTiming] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    as_events: bool = False
    """Tell the steps as log events only, for a machine that reads the log, not as lines for a person."""
    store_is_held: bool = False
    console: Console = field(init=False)

    def __post_init__(self) -> None:
        self.console = Console(stderr=True, highlight=False, quiet=self.as_events)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step, show it while it runs, and leave a line if it took more than two seconds."""
        reset_peak_memory()
        started, used = time.perf_counter(), time.process_time()
        if not self.console.is_terminal:
            self.console.print(f"{name} …")
        with self.console.status(f"{name} …"):
            yield
        timing = StepTiming(
            name,
            round(time.perf_counter() - started, 2),
            round(time.process_time() - used, 2),
            peak_memory_mb(),
        )
        self.steps.append(timing)
        _events.info("step finished", **asdict(timing))
        if timing.seconds > _WORTH_TELLING_SECONDS:
            memory = f", {timing.peak_memory_mb:,.0f} MB" if timing.peak_memory_mb else ""
            self.console.print(f"{name}: {timing.seconds:.1f} s{memory}")

    def as_dict(self) -> dict[str, object]:
        """The timings as they are written to manifest and timings.json."""
        return {
            "steps": [asdict(step) for step in self.steps],
            "total_seconds": round(sum(step.seconds for step in self.steps), 2),
        }

    def write(self, path: Path) -> None:
        """Write the timings as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_dict(), indent=1) + "\n", encoding="utf-8")


def reset_peak_memory() -> None:
    """Start a new high-water mark of resident memory. Linux only; elsewhere the mark is the process's own."""
    if sys.platform == "linux":
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return


def peak_memory_mb() -> float | None:
    """Highest resident memory since the last reset, in MB, or None where it cannot be read."""
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text()
        mark = re.search(r"^VmHWM:\s+(\d+) kB", status, flags=re.MULTILINE)
        return round(int(mark[1]) / 1024, 1) if mark else None
    if sys.platform == "darwin":
        import resource

        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 1)
    return None
