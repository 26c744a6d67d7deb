"""An app of the dashboards as a reader meets it: served by its own command, on a free port."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT


@contextmanager
def served(store: Path, log: Path, app: str = "public") -> Iterator[str]:
    """One app over one store (its data folder); gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w") as out:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("inclusion"), "serve", "--app", app, "--port", str(port)],
            env={"PATH": "/usr/bin:/bin", "HOME": str(log.parent), "INCLUSION_DATA_DIR": str(store)},
            cwd=PROJECT_ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.2)
        else:
            pytest.fail(f"the app did not start:\n{log.read_text()}")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(timeout=20)
