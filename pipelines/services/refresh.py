"""Bring the figures up to date after a submission, in a process of its own that stays warm.

Importing Dagster and dbt takes seconds; this process has done it before the first submission asks for figures. It does
one run at a time; requests that come in while it runs are one run more. It ends when the process that started it ends.
"""

import subprocess
import sys
from functools import lru_cache
from importlib import import_module
from threading import Lock

from pipelines.settings import PROJECT_ROOT, Settings, load_settings

_COMMAND = [sys.executable, "-m", "pipelines.services.refresh"]
_starting = Lock()


def warm_up() -> None:
    """Start the process, so that it is ready when it is needed."""
    _worker()


def refresh() -> None:
    """Ask for figures to be made from everything that has landed; returns at once."""
    stdin = _worker().stdin
    if stdin is not None:
        stdin.write("run\n")
        stdin.flush()


def _worker() -> "subprocess.Popen[str]":
    with _starting:
        worker = _started()
        if worker.poll() is not None:  # it died: a new one, or nobody would make figures any more
            _started.cache_clear()
            worker = _started()
        return worker


@lru_cache(maxsize=1)
def _started() -> "subprocess.Popen[str]":
    return subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=PROJECT_ROOT)


def serve_requests(settings: Settings) -> None:
    """Run the pipeline once for each line of standard input."""
    from pipelines.defs import graph
    from pipelines.logs import configure_logs
    from pipelines.publish.durable import single_writer
    from pipelines.run import PipelineFailed, run_pipeline

    configure_logs(settings)
    graph.build_definitions(settings)
    # Great Expectations takes as long to import as the figures take to make.
    import_module("pipelines.contracts.return_suite")
    for _ in sys.stdin:
        with single_writer(settings.warehouse_dir, wait=True):
            pass  # somebody else's run comes first
        try:
            run_pipeline(settings)
        except PipelineFailed as fault:
            print(fault, file=sys.stderr)


if __name__ == "__main__":
    serve_requests(load_settings())
