"""The asset graph is what the committed snapshot says, and the Dagster UI serves the same graph that `run` runs.

After a wanted change write the snapshot again: `python -m tests.pipeline.test_asset_graph`.
"""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.defs.graph import JOB, build_definitions
from pipelines.settings import PROJECT_ROOT, Settings

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]
SNAPSHOT = Path(__file__).with_name("asset_graph.txt")


def as_text(definitions: dg.Definitions) -> str:
    """Every asset of the job with what it is made from and what is checked on it, in order of name."""
    graph = definitions.resolve_job_def(JOB).asset_layer.asset_graph
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=lambda key: key.to_user_string()):
        node = graph.get(key)
        lines.append(f"{key.to_user_string()}  [{node.group_name}]")
        lines += [f"    from   {parent.to_user_string()}" for parent in sorted(node.parent_keys)]
        lines += [
            f"    check  {check.name}{' (stops the run)' if graph.get(check).blocking else ''}"
            for check in sorted(node.check_keys, key=lambda check: check.name)
        ]
    return "\n".join(lines) + "\n"


def test_the_graph_is_the_one_in_the_snapshot(settings: Settings) -> None:
    assert as_text(build_definitions(settings)) == SNAPSHOT.read_text(encoding="utf-8")


def test_every_asset_is_described(settings: Settings) -> None:
    graph = build_definitions(settings).resolve_asset_graph()
    assert [key for key in graph.get_all_asset_keys() if not graph.get(key).description] == []


def test_the_code_location_loads_and_serves_the_same_job(settings: Settings) -> None:
    # In a process of its own, as `dagster dev -m pipelines.definitions` does.
    code = "from pipelines.definitions import defs\nfrom tests.pipeline.test_asset_graph import as_text\n"
    code += "import dagster as dg\ndg.Definitions.validate_loadable(defs)\nprint(as_text(defs), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"INCLUSION_DATA_DIR": str(settings.data_dir), "PATH": "", "PYTHONIOENCODING": "utf-8"},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == SNAPSHOT.read_text(encoding="utf-8"), done.stderr


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        SNAPSHOT.write_text(as_text(build_definitions(Settings(data_dir=Path(folder)))), encoding="utf-8")
