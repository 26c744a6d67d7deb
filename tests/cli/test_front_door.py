"""The command line as a newcomer meets it: help, wrong settings, progress, logs, the address of the dashboards."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.main import COMMANDS
from pipelines.publish.publisher import VersionInfo
from pipelines.settings import PROJECT_ROOT, Settings, SettingsError, load_settings
from tests.publish.tiny_version import publish_tiny

START = [sys.executable, "-c", "import sys; sys.argv[0] = 'inclusion'; from pipelines.cli.main import main; main()"]
SUBCOMMANDS = {
    "published": ("draft", "load", "list", "pull", "revisions", "seed"),
    "store": ("versions", "verify", "rollback", "prune"),
}
EVERY = [[name] for name in COMMANDS] + [[group, name] for group, names in SUBCOMMANDS.items() for name in names]


def inclusion(settings: Settings, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `inclusion` in a process of its own over a test's store, 80 columns wide."""
    given = {**os.environ, "INCLUSION_DATA_DIR": str(settings.data_dir), "COLUMNS": "80", **environment}
    return subprocess.run([*START, *arguments], env=given, cwd=PROJECT_ROOT, capture_output=True, text=True)


@pytest.fixture
def tiny(settings: Settings) -> VersionInfo:
    return publish_tiny(settings)


def test_the_first_help_lists_every_command_and_says_where_to_start(settings: Settings) -> None:
    for arguments in ([], ["--help"]):
        done = inclusion(settings, *arguments)
        text = done.stdout + done.stderr
        assert re.findall(r"^  (\w+)  +[A-Z]", text.split("Commands:")[1], flags=re.MULTILINE) == list(COMMANDS)
        assert "Start with `inclusion run`, then `inclusion serve`" in text


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_each_command_explains_itself(settings: Settings, command: list[str]) -> None:
    done = inclusion(settings, *command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "completion" not in done.stdout
    usage, rest = done.stdout.split("\n\n", 1)
    assert usage.startswith(f"Usage: inclusion {' '.join(command)} ")
    # A sentence or more of description, and a word for every option and argument.
    assert re.match(r"  [A-Z].{25,}", rest.strip("\n"))
    options = re.findall(r"^  (--[\w-]+.*?)(?=^  --|\Z)", rest.split("Options:")[1], flags=re.MULTILINE | re.DOTALL)
    assert [option for option in options if not re.search(r" {2,}\S+ \S+", option)] == []


def test_groups_list_what_they_hold(settings: Settings) -> None:
    for group, names in SUBCOMMANDS.items():
        listed = inclusion(settings, group, "--help").stdout.split("Commands:")[1]
        assert sorted(re.findall(r"^  (\w+)  ", listed, flags=re.MULTILINE)) == sorted(names)


def test_an_unknown_command_is_named(settings: Settings) -> None:
    done = inclusion(settings, "publsh")
    assert done.returncode == 2
    assert "publsh" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [["run"], ["serve"], ["sql", "SELECT 1"], ["explain", "a", "b", "c"], ["store", "versions"], ["published", "list"]],
    ids=" ".join,
)
def test_wrong_settings_stop_every_command_at_the_start_all_named_at_once(
    settings: Settings, command: list[str]
) -> None:
    done = inclusion(settings, *command, INCLUSION_WORLD="narnia", INCLUSION_KEEP_VERSIONS="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == "Settings are wrong:"
    assert "world: Input should be 'real' or 'synthetic' (given: 'narnia')" in done.stderr
    assert "keep_versions: Input should be greater than or equal to 2 (given: '1')" in done.stderr
    assert done.stderr.splitlines()[-1] == "Set them in inclusion.toml or as INCLUSION_<NAME> in the environment."
    assert not settings.data_dir.exists()


@pytest.fixture
def toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "inclusion.toml"
    monkeypatch.setitem(Settings.model_config, "toml_file", path)
    return path


def test_toml_is_read_and_the_environment_stands_above_it(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml.write_text('world = "synthetic"\nkeep_versions = 9\n')
    monkeypatch.setenv("INCLUSION_KEEP_VERSIONS", "7")
    settings = load_settings()
    assert (settings.world, settings.keep_versions) == ("synthetic", 7)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("keep_versions = 0", r"keep_versions: .* greater than or equal to 2 \(given: 0\)"),
        ('log_levle = "debug"', r"log_levle: Extra inputs are not permitted"),
        ("keep_versions 5", r"inclusion\.toml cannot be read: .*line 1"),
    ],
    ids=["value", "name", "syntax"],
)
def test_a_wrong_toml_file_is_a_clear_error(toml: Path, text: str, says: str) -> None:
    toml.write_text(text)
    with pytest.raises(SettingsError, match=says):
        load_settings()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ehc_plans", "E06000053", "January 2025"], ("Isles of Scilly", "low: rounds to zero")),
        (["ehc_20wk_pct", "420", "2024"], ("Isles of Scilly", "suppressed")),
    ],
    ids=["low", "suppressed"],
)
def test_explain_says_why_a_value_is_not_shown(
    settings: Settings, tiny: VersionInfo, arguments: list[str], says: tuple[str, ...]
) -> None:
    done = inclusion(settings, "explain", *arguments)
    assert done.returncode == 0, done.stderr
    assert [part for part in says if part not in done.stdout] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ehc_20wk_pct", "E92000001", "1999"], "1999"),
        (["ehc_20wk_pct", "Atlantis", "2024"], "Atlantis"),
        (["ehc_21wk_pct", "E92000001", "2024"], "ehc_21wk_pct"),
    ],
    ids=["period", "area", "metric"],
)
def test_explain_names_what_there_is_no_figure_for(
    settings: Settings, tiny: VersionInfo, arguments: list[str], says: str
) -> None:
    done = inclusion(settings, "explain", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX")
def test_serve_prints_the_address_before_anything_else(settings: Settings, tiny: VersionInfo) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "INCLUSION_DATA_DIR": str(settings.data_dir)}
    server = subprocess.Popen(
        [*START, "serve", "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        assert server.stdout
        assert server.stdout.readline() == f"Dashboards: http://127.0.0.1:{port}  (stop with Ctrl+C)\n"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


# A step and a publish, as `run` logs them, without the half minute that a run takes.
LOGGING = """
import sys
from pathlib import Path
from pipelines.logs import configure_logs
from pipelines.progress import RunLog
from pipelines.settings import load_settings
from tests.publish.tiny_version import publish_tiny
settings = load_settings()
configure_logs(settings)
with RunLog(as_events=settings.log_format == "json").step("Publishing"):
    publish_tiny(settings)
print("done")
"""


def logged(settings: Settings, **environment: str) -> "subprocess.CompletedProcess[str]":
    given = {**os.environ, "INCLUSION_DATA_DIR": str(settings.data_dir), **environment}
    return subprocess.run(
        [sys.executable, "-c", LOGGING], env=given, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )


def test_logs_as_json_are_one_object_a_line_and_keep_off_standard_output(settings: Settings) -> None:
    done = logged(settings, INCLUSION_LOG_FORMAT="json", INCLUSION_LOG_LEVEL="info")
    assert done.stdout == "done\n"
    events: list[dict[str, Any]] = [json.loads(line) for line in done.stderr.splitlines()]
    assert [event["event"] for event in events] == ["published", "step finished"]
    assert all(event["level"] == "info" and event["timestamp"].endswith("Z") for event in events)
    assert events[0]["audience"] == "public"
    assert (events[1]["step"], events[1]["seconds"] > 0) == ("Publishing", True)


def test_logs_for_a_person_start_at_the_level_asked_for(settings: Settings) -> None:
    assert logged(settings).stderr.splitlines() == ["Publishing …"]
    assert "published" in logged(settings, INCLUSION_LOG_LEVEL="info").stderr


def test_a_load_whose_figures_break_the_contract_says_so_without_a_traceback(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from pipelines import run
    from pipelines.cli.published import app
    from pipelines.published import load

    class Landed:
        landed, ok = True, True

        def as_text(self) -> str:
            return "file.csv: loaded\n"

    def fail(_: Settings) -> None:
        raise run.PipelineFailed("Nothing was published; the live version stays.\n  A percentage …")

    monkeypatch.setattr(load, "load_paths", lambda *_, **__: Landed())
    monkeypatch.setattr(run, "run_pipeline", fail)
    outcome = CliRunner().invoke(app, ["load", "file.csv"], env={"INCLUSION_DATA_DIR": str(settings.data_dir)})
    assert outcome.exit_code == 1
    assert outcome.stderr == "Nothing was published; the live version stays.\n  A percentage …\n"
