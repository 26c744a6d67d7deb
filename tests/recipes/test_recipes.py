"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the repository."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow
EXAMPLE = Path(__file__).parent / "example"
COPIED = ("pipelines", "dbt_project", "data_contracts", "seeds", "tests/metrics", "pyproject.toml")
METRIC = "transport_over_45min_pct"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parts of the repository that the recipes touch, with the example's files in their places."""
    root = tmp_path_factory.mktemp("copy")
    leave = shutil.ignore_patterns("__pycache__", "target", "logs", ".user.yml")
    for name in COPIED:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=leave)
        else:
            shutil.copy(source, root / name)
    shutil.copytree(EXAMPLE, root, dirs_exist_ok=True)
    return root


def test_the_recipes_work_as_they_are_written(copy: Path) -> None:
    for recipe in ("Add a return", "Add a metric from returns"):
        for line in _commands(recipe):
            ran = _run(copy, line)
            assert ran.returncode == 0, f"{line}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    explained = json.loads(_run(copy, f"{_commands('Add a metric from returns')[-1]} --format json").stdout)
    spec = yaml.safe_load((EXAMPLE / "tests" / "metrics" / "spec" / f"{METRIC}.yaml").read_text())
    assert [explained["numerator"], explained["denominator"]] == spec["expected"]["total"][:2]
    assert explained["metric"]["label"] == "Children who travel for more than 45 minutes"
    assert explained["statistical_status"] == "synthetic"
    assert len(explained["receipts"]) == 1


def test_a_breakdown_that_the_fact_does_not_have_is_refused(copy: Path) -> None:
    definition = copy / "dbt_project" / "models" / "metrics" / "transport.yml"
    whole = definition.read_text()
    definition.write_text(whole.replace("breakdowns: [sex]", "breakdowns: [sex, placement]"))
    ran = _run(copy, "inclusion run")
    definition.write_text(whole)
    assert ran.returncode == 1
    assert f"{METRIC}: transport_journeys has no breakdown placement" in re.sub(r"\s+", " ", ran.stderr)


def _commands(recipe: str) -> list[str]:
    text = (PROJECT_ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split(f"## {recipe}\n")[1].split("\n## ")[0]
    return [line for block in re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL) for line in block.splitlines()]


def _run(copy: Path, line: str) -> subprocess.CompletedProcess[str]:
    words = line.split()
    program = ["-c", "from pipelines.cli.main import main; main()"] if words[0] == "inclusion" else []
    environment = {**os.environ, "INCLUSION_WORLD": "synthetic", "INCLUSION_DATA_DIR": str(copy / "var")}
    return subprocess.run(
        [sys.executable, *program, *words[1:]],
        cwd=copy,
        env=environment | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
