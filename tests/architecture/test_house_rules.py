"""The rules of the house, read from the code itself: who may import whom, how long a file is, what a name may be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT

CODE = [
    p for folder in ("pipelines", "dashboards", "benchmarks") for p in sorted((PROJECT_ROOT / folder).rglob("*.py"))
]
SQL = sorted((PROJECT_ROOT / "dbt_project").rglob("*.sql"))
PAGES = sorted((PROJECT_ROOT / "dashboards" / "pages").rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offenders(paths: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{name_of(path)} imports {name}"
        for path in paths
        for name in imports_of(path)
        if any(name == rule or name.startswith(rule + ".") for rule in forbidden)
    ]


def test_the_pipeline_never_imports_the_dashboards() -> None:
    assert not offenders([p for p in CODE if "pipelines" in p.parts], ("dashboards", "streamlit", "plotly"))


def test_pages_hold_no_sql_no_statistics_and_reach_the_pipeline_through_store_and_services_only() -> None:
    assert PAGES, "no pages found"
    forbidden = (
        "duckdb",
        "scipy",
        "pipelines.publish",
        "pipelines.comparison",
        "pipelines.published",
        "pipelines.intake",
    )
    assert not offenders(PAGES, forbidden)
    sql = re.compile(r"\bselect\b.+\bfrom\b", re.IGNORECASE | re.DOTALL)
    texts = [
        (page, node.value)
        for page in PAGES
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "fct_" in node.value
    ]
    assert not [name_of(page) for page, text in texts if sql.search(text)]


def test_only_the_settings_module_reads_the_environment() -> None:
    readers = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_getenv = isinstance(node, ast.Attribute) and node.attr == "getenv"
            is_lookup = (
                isinstance(node, ast.Subscript)
                and isinstance(node.ctx, ast.Load)
                and isinstance(node.value, ast.Attribute)
                and node.value.attr == "environ"
            )
            is_get = (
                isinstance(node, ast.Attribute)
                and node.attr == "get"
                and isinstance(node.value, ast.Attribute)
                and node.value.attr == "environ"
            )
            if is_getenv or is_lookup or is_get:
                readers.append(f"{name_of(path)}:{node.lineno}")
    assert not readers


@pytest.mark.parametrize(("paths", "limit"), [(CODE + SQL, 300), (PAGES, 150)], ids=["code", "pages"])
def test_files_are_short_enough_to_read_from_top_to_bottom(paths: list[Path], limit: int) -> None:
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in paths}
    assert not {name: length for name, length in lengths.items() if length > limit}


def test_names_say_what_a_thing_is() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "base"}
    assert not [name_of(p) for p in CODE if vague & set(p.stem.split("_"))]


def test_every_dependency_has_its_reason() -> None:
    asked = {
        re.split(r"[<>=~ ]", line)[0]
        for line in (PROJECT_ROOT / "requirements.in").read_text().splitlines()
        if line and not line.startswith("#")
    }
    rows = re.findall(r"^\| ([^|]+) \|", (PROJECT_ROOT / "docs" / "dependencies.md").read_text(), flags=re.MULTILINE)
    explained = {name.strip() for row in rows[1:] for name in row.split(",")} - {"---"}
    assert asked == explained


def test_the_lock_names_no_host() -> None:
    lock = (PROJECT_ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert lock.count("--hash=sha256:") > 500


def test_documents_name_only_things_that_are_there() -> None:
    missing = []
    for document in [
        PROJECT_ROOT / "README.md",
        PROJECT_ROOT / "CONTRIBUTING.md",
        *(PROJECT_ROOT / "docs").rglob("*.md"),
    ]:
        text = document.read_text(encoding="utf-8")
        links = [t for t in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in t]
        missing += [f"{name_of(document)} → {link}" for link in links if not (document.parent / link).exists()]
        quoted = re.findall(
            r"`((?:pipelines|dashboards|dbt_project|data_contracts|seeds|tests|docs|benchmarks)/[\w./-]*)`", text
        )
        missing += [f"{name_of(document)} → {path}" for path in quoted if not (PROJECT_ROOT / path).exists()]
    assert not missing


def test_the_readme_tree_is_the_tree() -> None:
    tree = (PROJECT_ROOT / "README.md").read_text().split("## What is where")[1].split("```")[1]
    folder, missing = "", []
    for line in tree.strip().splitlines():
        indent, name = len(line) - len(line.lstrip()), line.split()[0]
        folder = name if indent == 0 else folder
        path = PROJECT_ROOT / (name if indent == 0 else folder + name)
        if not path.exists():
            missing.append(str(path.relative_to(PROJECT_ROOT)))
    assert not missing
