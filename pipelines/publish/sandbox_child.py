"""The process in which a stranger's SQL runs: limits first, then one version opened and locked, then one statement.

Started by sandbox.py as `python -I -m pipelines.publish.sandbox_child`, with the request as JSON on standard input;
the answer leaves on standard output, the outcome as one JSON line on standard error. On Windows there are no resource
limits: memory_limit, the locked configuration, the judge, the clock and the byte limit of sandbox.py still hold there.
"""

import json
import os
import sys
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# Address space that Python, DuckDB, Arrow and thread stacks reserve before any row is read
# (measured: 0.3 GB, 0.5 for Parquet).
_RESERVED_MB = 768
_THREADS = 2


def main() -> int:
    """Answer the request on standard input. Returns the exit code: 0 answered, 1 refused or failed."""
    request = json.loads(sys.stdin.buffer.read())
    _limit_before_opening(request["memory_mb"], request["cpu_seconds"])
    version = Path(request["version_dir"])
    os.chdir(version)  # relative part names keep this machine's paths out of everything SQL can see

    import duckdb

    from pipelines.publish.answer_formats import write_answer
    from pipelines.publish.errors import StoreError
    from pipelines.publish.judge import judge
    from pipelines.publish.reader import open_version

    try:
        con = open_version(Path(), memory_mb=request["memory_mb"], threads=_THREADS)
        _limit_after_opening(len(list(Path("parts").rglob("*.parquet"))))
        judge(con, request["statement"])
        rows = write_answer(con, request["statement"], request["format"], sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os._exit(1)  # the parent has had enough; there is nobody to tell
    except StoreError as fault:
        return _report(type(fault).__name__, str(fault), version)
    except (MemoryError, duckdb.OutOfMemoryException):
        return _report("memory", "", version)
    except (duckdb.Error, ValueError, RecursionError, OSError, TypeError) as fault:
        kind = "memory" if "bad_alloc" in str(fault) or "malloc" in str(fault) else "SqlFailed"
        return _report(kind, str(fault), version)
    print(json.dumps({"rows": rows}), file=sys.stderr)
    return 0


def _limit_before_opening(memory_mb: int, cpu_seconds: int) -> None:
    if resource is None:
        return
    memory = (memory_mb + _RESERVED_MB) << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_after_opening(parts: int) -> None:
    """No more processes or threads than there are now (root is exempt), and files for the parts only."""
    if resource is None:
        return
    files = 64 + 2 * parts
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _report(kind: str, message: str, version: Path) -> int:
    for folder in (version, *version.parents[:-1], Path(sys.prefix), Path(sys.base_prefix)):
        message = message.replace(f"{folder}{os.sep}", "").replace(str(folder), ".")
    print(json.dumps({"error": kind, "message": message[:4_000]}), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
