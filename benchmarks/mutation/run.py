"""Mutation scores: code is broken in one place at a time, in a copy, and the tests that cover it must fail.

Run: make mutants [MUTANTS="--group 'store swap'"]. The score of each group comes out, and each mutant that survived.
Every mutant is a process forked from this one, which imports the libraries that the tests use first, so most cost a
second or two.
"""

import argparse
import ast
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}

import hypothesis
import pytest
from dbt.cli.main import dbtRunner
from dbt_common.dataclass_schema import dbtClassMixin

from benchmarks.mutation.groups import GROUPS
from benchmarks.mutation.python_mutants import python_mutants
from benchmarks.mutation.sql_mutants import Mutant, sql_in_python, sql_mutants
from pipelines.settings import PROJECT_ROOT

# What a test finds is enough: how small it can be made is of no use here.
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    database=None,
)
# What the tests of measures never look at.
NOT_ASKED = ["--exclude", "int_evidence__*", "fct_reconciliation*", "fct_evidence_quality", "fct_bridged"]
OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutants", "--hypothesis-seed=0"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--group", action="append", choices=GROUPS)
    parser.add_argument("--file", help="only files whose path holds this")
    parser.add_argument("--sample", type=int, default=300, help="mutants a group at most")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, help="write one JSON line a mutant")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = _copied(Path(folder) / "copy")
        for group in given.group or GROUPS:
            files = {file: tests for file, tests in GROUPS[group].items() if (given.file or "") in file}
            mutants = [(file, each) for file in files for each in mutants_of(copy, file)]
            chosen = mutants
            if len(mutants) > given.sample:
                places = sorted(random.Random(given.seed).sample(range(len(mutants)), given.sample))
                chosen = [mutants[place] for place in places]
            _score(group, copy, files, chosen, len(mutants), given.out)


def _copied(copy: Path) -> Path:
    """The files under version control, as they now stand."""
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (PROJECT_ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT_ROOT / name, copy / name)
    return copy


def mutants_of(copy: Path, file: str) -> list[Mutant]:
    """Every mutant of a file, each once."""
    text = (copy / file).read_text(encoding="utf-8")
    found = sql_mutants(text) if file.endswith(".sql") else (*python_mutants(text), *sql_in_python(text))
    unlike = {each.text: each for each in found if each.text != text}.values()
    return [each for each in unlike if file.endswith(".sql") or _is_python(each.text)]


def _is_python(text: str) -> bool:
    with suppress(SyntaxError):
        ast.parse(text)
        return True
    return False


def _score(
    group: str,
    copy: Path,
    files: dict[str, tuple[str, ...]],
    mutants: list[tuple[str, Mutant]],
    made: int,
    out: Path | None,
) -> None:
    limits = {tests: _time_unbroken(copy, tests) for tests in dict.fromkeys(files[file] for file, _ in mutants)}
    survivors, began = [], time.perf_counter()
    for file, mutant in mutants:
        original = (copy / file).read_bytes()
        (copy / file).write_text(mutant.text, encoding="utf-8")
        killer, seconds = _run(copy, files[file], limits[files[file]])
        (copy / file).write_bytes(original)
        if not killer:
            survivors.append((file, mutant))
            print(f"  survived  {file}:{mutant.line}  {mutant.change}", flush=True)
        if out:
            row = {"group": group, "file": file, "line": mutant.line, "change": mutant.change, "killer": killer}
            with out.open("a") as lines:
                lines.write(json.dumps(row | {"seconds": round(seconds, 2)}) + "\n")
    killed = len(mutants) - len(survivors)
    print(
        f"{group}: {killed} of {len(mutants)} killed, {100 * killed / max(len(mutants), 1):.1f}% "
        f"({made} could be made; {time.perf_counter() - began:.0f} s)",
        flush=True,
    )


def _time_unbroken(copy: Path, tests: tuple[str, ...]) -> float:
    """Seconds to allow a mutant: many times what the unbroken code takes, for others may use this machine too.

    Fails when a test fails without one.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    killer, seconds = _run(copy, tests, 600)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if killer:
        raise SystemExit(f"{killer} fails on the code as it is")
    for name in (copy.parent / "libraries").read_text().split():
        with suppress(ImportError):
            importlib.import_module(name)
    for each in dbtClassMixin.__subclasses__():
        with suppress(Exception):
            each.json_schema()  # kept; otherwise made anew at each parse
    return 60 + 10 * seconds


def _run(copy: Path, tests: tuple[str, ...], limit: float) -> tuple[str, float]:
    """What noticed (a test, `time` or `crash`; empty when nothing did), and how long it took."""
    began = time.perf_counter()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _test(copy, tests, writer)
    os.close(writer)
    while time.perf_counter() - began < limit:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            said = os.read(reader, 1000).decode()
            os.close(reader)
            return ("" if status == 0 else said or "crash"), time.perf_counter() - began
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    return "time", time.perf_counter() - began


def _test(copy: Path, tests: tuple[str, ...], writer: int) -> None:
    """Run tests in this forked process, and end it."""
    code = 1
    try:
        os.setsid()
        os.chdir(copy)
        # Nothing of the project but the copy: what this process has imported of it is the unbroken one.
        for name in [name for name in sys.modules if name.split(".")[0] in ("pipelines", "tests")]:
            del sys.modules[name]
        sys.path.insert(0, str(copy))
        sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in os.environ
        os.environ["PYTHONPATH"] = str(copy)
        silent = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(silent, stream)
        places = [f"tests/{each}" for each in tests]
        temporary = f"--basetemp={copy.parent / 'temporary'}"
        code = int(pytest.main([*OPTIONS, temporary, *places], plugins=[_Notice(copy, writer)]))
    finally:
        os._exit(code)


def _libraries() -> list[str]:
    """What has been imported that is neither the project's nor tests'; a module's own name where it has two."""
    return [
        name
        for name, module in sys.modules.items()
        if name.split(".")[0] not in ("pipelines", "tests", "conftest", "__main__")
        and "site-packages" in (getattr(module, "__file__", None) or "")
        and getattr(module, "__name__", "") == name
    ]


class _Notice:
    """Says which test failed first, and keeps the landed returns of tests/metrics for the next mutant."""

    def __init__(self, copy: Path, writer: int) -> None:
        self.kept = copy.parent / "returns"
        self.writer = writer

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            os.write(self.writer, report.nodeid.encode()[:900])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if not sys.dont_write_bytecode:
            (self.kept.parent / "libraries").write_text("\n".join(_libraries()))
        os._exit(exitstatus)  # tidying up takes longer than many a test

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for plugin in session.config.pluginmanager.get_plugins():
            if "metrics" in str(getattr(plugin, "__file__", "")) and hasattr(plugin, "_fill"):
                fill = plugin._fill
                plugin._fill = lambda settings, plugin=plugin, fill=fill: self._filled(settings, plugin, fill)

    def _filled(self, settings: Any, plugin: Any, fill: Any) -> None:
        if not self.kept.exists():
            fill(settings)
            shutil.copytree(settings.data_dir, self.kept, symlinks=True)
            return
        shutil.copytree(self.kept, settings.data_dir, dirs_exist_ok=True, symlinks=True)
        shutil.rmtree(settings.warehouse_dir / "catalogue")
        invoke = dbtRunner.invoke
        dbtRunner.invoke = lambda self, args: invoke(self, [*args, *NOT_ASKED] if "build" in args else args)
        failed = plugin.build_warehouse(settings)
        assert not failed, failed


if __name__ == "__main__":
    main()
