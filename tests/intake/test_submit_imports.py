"""Sending in a return does not wait for what only building figures needs."""

import subprocess
import sys

import pytest

from pipelines.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow

HEAVY = ("dagster", "dbt", "great_expectations", "pandas", "streamlit", "openpyxl")


@pytest.mark.parametrize(
    "module", ["pipelines.services.submit", "pipelines.services.submissions", "pipelines.services.inbox"]
)
def test_services_load_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True)
    assert done.stdout.split() == []
