"""Run the pipeline: nothing when nothing has changed, else the asset graph in this process.

Cheap to import: Dagster, dbt and Great Expectations are imported only when there is something to build.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.fingerprint import input_fingerprint, receipt_paths
from pipelines.publish.durable import single_writer
from pipelines.publish.errors import DamagedVersion, NoVersionPublished, PublishBusy
from pipelines.publish.manifest import read_manifest
from pipelines.publish.versions import AUDIENCES, current_version
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.progress import RunLog


class PipelineFailed(Exception):  # noqa: N818  (as in pipelines.publish.errors, the name says what happened)
    """A check or a step failed. The message says which, and whether a version was published, in plain sentences."""


@dataclass(frozen=True)
class RunResult:
    """What a run did. `rebuilt` is False when the live version already holds everything; `timings` is then empty."""

    rebuilt: bool
    version_id: str
    timings: dict[str, Any]
    summary: str


def run_pipeline(settings: Settings, force: bool = False) -> RunResult:
    """Bring both live versions up to date with what has been loaded.

    Raises PipelineFailed when a step or a blocking check fails, or another run is under way: the live versions stay.
    Also when the second opinion on returns differs: by then the figures are out, and the message says so.
    """
    started = time.perf_counter()
    live = _live_version(settings)
    if live is not None and not force:
        return RunResult(False, live, {}, f"Nothing has changed since version {live} was published.")
    try:
        with single_writer(settings.warehouse_dir):
            return _build(settings, started)
    except PublishBusy as fault:
        raise PipelineFailed(f"Another run is under way. {fault}") from fault


def _live_version(settings: Settings) -> str | None:
    """The live restricted version when both live versions were built from what there is now, else None."""
    # An empty store is about to be seeded, or a return waits: whatever is live was not built from that.
    if not receipt_paths(settings) or any(settings.inbox_dir.glob("[!.]*/*/*/[!.]*")):
        return None
    try:
        manifests = [read_manifest(current_version(settings, audience)) for audience in AUDIENCES]
    except (NoVersionPublished, DamagedVersion):
        return None
    for audience, manifest in zip(AUDIENCES, manifests, strict=True):
        if manifest.fingerprint != input_fingerprint(settings, audience):
            return None
    return manifests[0].version_id


def _build(settings: Settings, started: float) -> RunResult:
    from pipelines.progress import RunLog

    log = RunLog(as_events=settings.log_format == "json", store_is_held=True)
    with log.step("Starting"):
        from dagster import DagsterInstance

        from pipelines.defs.graph import JOB, build_definitions

        job = build_definitions(settings, log).resolve_job_def(JOB)
    before = _current(settings)
    # Our own lines say what happens; Dagster's event log would drown them.
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with DagsterInstance.ephemeral() as instance:
        outcome = job.execute_in_process(run_config=quiet, instance=instance, raise_on_error=False)
    log.write(settings.warehouse_dir / "timings.json")
    version = _current(settings)
    if not outcome.success or log.doubts or version is None:
        raise PipelineFailed(_account(outcome, log, settings.warehouse_dir, version if version != before else None))
    seconds = time.perf_counter() - started
    return RunResult(True, version, log.as_dict(), f"Published version {version} in {seconds:.0f} s.")


def _current(settings: Settings) -> str | None:
    try:
        return current_version(settings, "restricted").name
    except NoVersionPublished:
        return None


def _account(outcome: Any, log: "RunLog", warehouse: Path, published: str | None) -> str:
    """Why a run failed: what the checks found, or else the error of the step that broke. `published`: its version."""
    found = [*log.problems, *log.doubts]
    found = found or [_cause(event.step_failure_data.error) for event in outcome.get_step_failure_events()]
    docs = warehouse / "gx" / "index.html"
    lines = ["Nothing was published; the live version stays."]
    if published:
        lines = [f"Version {published} was published. Before anyone relies on what it says of returns, look at this:"]
    lines += [f"  {line}" for line in found]
    if docs.is_file() and log.problems:
        lines.append(f"Every check of the figures: {docs}")
    if log.doubts:
        lines.append("It is asked again with the next figures that are made, or now with: inclusion run --force")
    return "\n".join(lines)


def _cause(error: Any) -> str:
    while error.cause is not None:
        error = error.cause
    return str(error.message).strip()
