"""Dagster's own folder, under the store, with telemetry off: `python -m pipelines.defs.home COMMAND …` runs in it."""

import os
import subprocess
import sys
from pathlib import Path

from pipelines.settings import Settings, load_settings

_INSTANCE = "telemetry:\n  enabled: false\n"


def write_home(settings: Settings) -> Path:
    """Make the folder that DAGSTER_HOME must name, and return it."""
    home = settings.data_dir.resolve() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(_INSTANCE, encoding="utf-8")
    return home


def main() -> int:
    """Run a command with DAGSTER_HOME set; returns its exit code."""
    environment = {**os.environ, "DAGSTER_HOME": str(write_home(load_settings())), "DAGSTER_DISABLE_TELEMETRY": "true"}
    try:
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
