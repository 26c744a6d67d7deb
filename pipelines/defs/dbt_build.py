"""dbt in this process: its environment, its manifest, one build.

In this process, because a killed run must not leave a child behind that still writes the warehouse.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.fingerprint import code_version, files_hash, published_receipts
from pipelines.settings import PROJECT_ROOT, Settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"


@dataclass(frozen=True)
class NodeOutcome:
    """What became of one dbt node: a model, a seed or a test."""

    unique_id: str
    name: str
    resource_type: str
    passed: bool
    message: str
    seconds: float
    failing_rows: str | None
    """A test's compiled query, which selects what fails it."""


def load_manifest(settings: Settings) -> Path:
    """The manifest.json of the dbt project, parsed again only when the project or its seeds have changed."""
    target = _target(settings)
    stamp, manifest = target / "parsed", target / "manifest.json"
    current = files_hash(
        path
        for folder in (DBT_PROJECT, settings.geography_dir)
        for path in folder.rglob("*")
        if path.suffix in {".sql", ".yml", ".csv"} and "target" not in path.relative_to(folder).parts
    )
    if not (manifest.is_file() and stamp.is_file() and stamp.read_text() == current):
        stamp.unlink(missing_ok=True)
        _invoke(settings, "parse")
        stamp.write_text(current)
    return manifest


def build(settings: Settings) -> list[NodeOutcome]:
    """Build every seed and model and run every test into a new warehouse file. Failing nodes are in the outcomes.

    Raises RuntimeError when dbt could not run at all.
    """
    # A pure function of what has landed: nothing of an earlier build, finished or not, is worth keeping.
    for left_over in settings.warehouse_dir.glob(f"{settings.warehouse_path.name}*"):
        if left_over.is_file():
            left_over.unlink()
    result = _invoke(settings, "build")
    return [
        NodeOutcome(
            unique_id=each.node.unique_id,
            name=each.node.name,
            resource_type=str(each.node.resource_type.value),
            passed=each.status in ("success", "pass", "warn"),
            message=str(each.message or each.status),
            seconds=each.execution_time,
            failing_rows=getattr(each.node, "compiled_code", None),
        )
        for each in result
    ]


def _invoke(settings: Settings, command: str) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    target = _target(settings)
    options = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    options += ["--target-path", str(target), "--log-path", str(target / "logs")]
    if command == "build":
        # Nobody reads them: the manifest is that of the parse, and the results are returned here.
        options.append("--no-write-json")
    try:
        with _environment(variables(settings)):
            outcome = dbtRunner().invoke(["--quiet", "--log-level", "none", "--no-use-colors", command, *options])
    finally:
        # dbt-duckdb keeps the file open for the life of the process, and nobody else could read it.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if outcome.exception:
        raise RuntimeError(f"dbt {command} did not run: {outcome.exception}") from outcome.exception
    return outcome.result


def variables(settings: Settings) -> dict[str, str]:
    """The environment that the project reads: where things are and which world it is."""
    return {
        "INCLUSION_WAREHOUSE": settings.warehouse_path.as_posix(),
        "INCLUSION_WORLD": settings.world,
        # Relative: dbt writes what it ran below its target folder under the seed's own path, and an absolute path would
        # take it out of there, over the seed itself.
        "INCLUSION_GEOGRAPHY": Path(os.path.relpath(settings.geography_dir, DBT_PROJECT)).as_posix(),
        "INCLUSION_LANDED": settings.landed_dir.as_posix(),
        "INCLUSION_FIGURES": _figures(settings),
        "INCLUSION_CATALOGUE": (settings.warehouse_dir / "catalogue").as_posix(),
        "INCLUSION_CODE_VERSION": code_version(),
        "INCLUSION_MEASURED_MODELS": ",".join(measured_models()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _figures(settings: Settings) -> str:
    """Where landed figures are read from: a file without a row while nothing published has been loaded."""
    if published_receipts(settings):
        return f"{settings.landed_dir.as_posix()}/published/*/*/*/figures.parquet"
    return (settings.warehouse_dir / "catalogue" / "nothing_yet" / "figures.parquet").as_posix()


def measured_models(project: Path = DBT_PROJECT) -> list[str]:
    """The models that a semantic model stands on. dbt hides its semantic layer from macros until after parsing."""
    files = sorted((project / "models" / "metrics").glob("*.yml"))
    named = [re.findall(r"^\s+model: ref\('(\w+)'\)", file.read_text(encoding="utf-8"), re.MULTILINE) for file in files]
    return sorted({name for names in named for name in names})


def _target(settings: Settings) -> Path:
    target = settings.warehouse_dir / "dbt"
    target.mkdir(parents=True, exist_ok=True)
    return target


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
