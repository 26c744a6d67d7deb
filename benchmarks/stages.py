"""Wall time and peak memory of every stage of `inclusion run`, and of the commands around it, as Markdown tables.

Twice: on the repository's seed alone, and with full releases loaded (by default those beside the repository, when they
are there). Each command is a process of its own over a store in a temporary folder.

.venv/bin/python benchmarks/stages.py [RELEASE ...]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.settings import PROJECT_ROOT, Settings

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import main; main()"]
FIGURE = ("ehc_20wk_pct", "E92000001", "2024")
SELECT = "SELECT * FROM fct_metric_preferred WHERE metric_id = 'ehc_20wk_pct' AND breakdown_1 = 'total'"
SIBLINGS = [PROJECT_ROOT.parent / "shared" / "data"]


@dataclass(frozen=True)
class Measured:
    """A command as a reader types it, or a stage: wall and processor time, and the highest resident memory."""

    name: str
    seconds: float
    cpu_seconds: float
    memory_mb: float


def measure(settings: Settings, shown: str, *arguments: str) -> Measured:
    """Run `inclusion` with these arguments and wait for it. Raises CalledProcessError when it fails."""
    # A fork in between, so that the high-water mark of children is that of this command alone.
    script = (
        "import json, resource, subprocess, sys, time\n"
        "started = time.perf_counter()\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "seconds = time.perf_counter() - started\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss]))"
    )
    environment = {**os.environ, "INCLUSION_DATA_DIR": str(settings.data_dir)}
    done = subprocess.run(
        [sys.executable, "-c", script, *COMMAND, *arguments], env=environment, check=True, stdout=subprocess.PIPE
    )
    seconds, cpu_seconds, peak = json.loads(done.stdout)
    return Measured(shown, seconds, cpu_seconds, peak / (1024**2 if sys.platform == "darwin" else 1024))


def stages(settings: Settings) -> list[Measured]:
    """Each step of the latest run, as the run itself wrote it down."""
    steps = json.loads((settings.warehouse_dir / "timings.json").read_text(encoding="utf-8"))["steps"]
    return [
        Measured(step["step"], step["seconds"], step["cpu_seconds"], step["peak_memory_mb"] or 0.0) for step in steps
    ]


def session(settings: Settings, releases: list[Path]) -> tuple[list[Measured], list[Measured]]:
    """Load (if there is something to load), run, run again, ask. The quick commands: best of three."""
    done = []
    if releases:
        given = [str(path) for path in releases]
        shown = "inclusion published load --land-only " + " ".join(path.name for path in releases)
        done.append(measure(settings, shown, "published", "load", "--land-only", *given))
    run = measure(settings, "inclusion run", "run")
    made = stages(settings)
    # Each stage starts a new high-water mark, so the system's is the last stage's.
    done.append(replace(run, memory_mb=max(stage.memory_mb for stage in made)))
    for shown, arguments in (
        ("inclusion run (nothing has changed)", ("run",)),
        (f"inclusion explain {' '.join(FIGURE)}", ("explain", *FIGURE)),
        (f'inclusion sql "{SELECT}" --format csv', ("sql", SELECT, "--format", "csv")),
    ):
        done.append(min((measure(settings, shown, *arguments) for _ in range(3)), key=lambda each: each.seconds))
    return done, made


def size_of(settings: Settings) -> str:
    """How much the live public version holds."""
    manifest = json.loads((settings.public_dir / "current" / "manifest.json").read_text(encoding="utf-8"))
    rows = {name: table["rows"] for name, table in manifest["tables"].items()}
    return f"{rows['fct_metric']:,} figures, {rows['fct_comparison']:,} comparisons"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("releases", nargs="*", type=Path, help="release files or folders to load")
    releases = parser.parse_args().releases or [path for path in SIBLINGS if path.is_dir()]
    if not releases:
        print("No full releases are given or beside the repository: the seed alone is measured.\n")
    for loaded in ([], releases) if releases else ([],):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data_dir=Path(folder))
            commands, made = session(settings, loaded)
            print(f"### {'Releases loaded' if loaded else 'Seed only'}: {size_of(settings)}\n")
        whole = sum(stage.cpu_seconds for stage in made)
        print("| stage | seconds | processor seconds | share of these | peak memory, MB |\n|---|---:|---:|---:|---:|")
        for stage in made:
            print(
                f"| {stage.name} | {stage.seconds:.1f} | {stage.cpu_seconds:.1f} | {stage.cpu_seconds / whole:.0%} "
                f"| {stage.memory_mb:,.0f} |"
            )
        print("\n| command | seconds | processor seconds | peak memory, MB |\n|---|---:|---:|---:|")
        for each in commands:
            print(f"| `{each.name}` | {each.seconds:.1f} | {each.cpu_seconds:.1f} | {each.memory_mb:,.0f} |")
        print(flush=True)


if __name__ == "__main__":
    main()
