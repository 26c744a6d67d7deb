"""The commands over the store, run as a user runs them."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.publish.publisher import VersionInfo
from pipelines.publish.sandbox import CHILD_ENVIRONMENT
from pipelines.publish.tables import TABLES
from pipelines.settings import Settings
from tests.publish.tiny_figures import figure, year
from tests.publish.tiny_version import publish_tiny, table_of, tiny_tables

HEAVY = ("dagster", "dbt", "great_expectations", "polars", "pandas", "streamlit")
FIGURE = (
    "SELECT geography_code, value, status_reason, period_start FROM fct_metric_preferred WHERE metric_id = 'ehc_plans' "
    "AND geography_code IN ('E92000001', 'E06000053') ORDER BY 1 DESC"
)

TINY_FIGURE = {
    name: value
    for name, value in figure("ehc_20wk_pct", "E08000035", *year(2024)).items()
    if name in TABLES["fct_revision"].columns
}


def inclusion(settings: Settings, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run `inclusion` in a process of its own over a test's store."""
    environment = {**os.environ, "INCLUSION_DATA_DIR": str(settings.data_dir)}
    command = [sys.executable, "-c", "from pipelines.cli.main import main; main()", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, **options)  # type: ignore[call-overload, no-any-return]


def test_sql_as_csv_json_table_and_parquet(settings: Settings, tiny: VersionInfo, tmp_path: Path) -> None:
    as_csv = inclusion(settings, "sql", FIGURE, "--format", "csv")
    assert list(csv.reader(io.StringIO(as_csv.stdout.decode()))) == [
        ["geography_code", "value", "status_reason", "period_start"],
        ["E92000001", "638745.0", "", "2025-01-16"],
        ["E06000053", "", "published as low: rounds to zero", "2025-01-16"],
    ]
    as_json = json.loads(inclusion(settings, "sql", FIGURE, "--format", "json").stdout)
    assert as_json[1] == {"geography_code": "E06000053", "value": None, "period_start": "2025-01-16",
                          "status_reason": "published as low: rounds to zero"}  # fmt: skip
    as_table = inclusion(settings, "sql", "-", input=FIGURE.encode())
    assert as_table.stdout.decode().splitlines()[2].split() == ["E92000001", "638745.0", "2025-01-16"]
    assert f"2 rows · public version {tiny.version_id}" in as_table.stderr.decode()
    file = tmp_path / "answer.parquet"
    inclusion(settings, "sql", FIGURE, "--format", "parquet", "--out", str(file), check=True)
    assert pl.read_parquet(file)["value"].to_list() == [638_745.0, None]


def test_sql_leaves_no_file_when_it_fails(settings: Settings, tiny: VersionInfo, tmp_path: Path) -> None:
    file = tmp_path / "answer.csv"
    for statement in ("SELECT nothing FROM dim_metric", "SELECT 1; SELECT 2"):
        done = inclusion(settings, "sql", statement, "--format", "csv", "--out", str(file))
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
    assert list(tmp_path.glob("*answer*")) == []


def test_sql_before_anything_is_published_says_what_to_run(settings: Settings) -> None:
    done = inclusion(settings, "sql", "SELECT 1")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"inclusion run" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["sql", "SELECT 1"], ["explain", "ehc_20wk_pct", "Leeds", "2024"], ["store", "versions"], ["store", "verify"]],
    ids=lambda arguments: arguments[0],
)
def test_reading_commands_load_nothing_heavy(settings: Settings, tiny: VersionInfo, arguments: list[str]) -> None:
    code = (
        "import sys, json\nfrom pipelines.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    environment = {**os.environ, "INCLUSION_DATA_DIR": str(settings.data_dir)}
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=environment, capture_output=True, check=True)
    loaded = json.loads(done.stderr.decode().strip().splitlines()[-1])
    assert "pipelines" in loaded
    assert not set(HEAVY) & set(loaded)


def test_the_child_that_answers_sql_loads_nothing_heavy(tiny: VersionInfo) -> None:
    code = (
        "import sys, json\nfrom pipelines.publish.sandbox_child import main\nmain()\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    request = {
        "statement": "SELECT 1",
        "format": "csv",
        "version_dir": str(tiny.path),
        "memory_mb": 256,
        "cpu_seconds": 9,
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(request).encode(),
        capture_output=True,
        check=True,
        env=CHILD_ENVIRONMENT,
    )
    assert done.stdout == b"1\r\n1\r\n"
    assert not set(HEAVY) & set(json.loads(done.stderr.decode().strip().splitlines()[-1]))


def test_explain_in_text_and_json(settings: Settings, tiny: VersionInfo) -> None:
    text = inclusion(settings, "explain", "ehc_20wk_pct", "E92000001", "2024", check=True).stdout.decode()
    assert "100 × 39,407 ÷ 84,866 = 46.4344" in text
    raw = inclusion(settings, "explain", "ehc_20wk_pct", "E92000001", "2024", "--format", "json", check=True).stdout
    assert json.loads(raw)["denominator"] == 84_866
    wrong = inclusion(settings, "explain", "ehc_20wk_pct", "England", "2024", "--breakdown", "girls")
    assert wrong.returncode == 1
    assert b"name=value" in wrong.stderr


def test_store_lists_verifies_rolls_back_and_prunes(settings: Settings, tiny: VersionInfo) -> None:
    second = publish_tiny(settings)
    listed = inclusion(settings, "store", "versions", check=True).stdout.decode().splitlines()
    assert listed[0].startswith(f"* {second.version_id}")
    assert listed[1].startswith(f"  {tiny.version_id}")
    assert b"is whole" in inclusion(settings, "store", "verify", check=True).stdout
    assert tiny.version_id.encode() in inclusion(settings, "store", "rollback", check=True).stdout
    assert b"Nothing to remove" in inclusion(settings, "store", "prune", "--keep", "1", check=True).stdout
    (tiny.path / "manifest.json").unlink()
    broken = inclusion(settings, "store", "verify")
    assert broken.returncode == 1
    assert b"inclusion store rollback" in broken.stderr
    assert b"damaged" in inclusion(settings, "store", "versions", check=True).stdout


def test_the_store_imports_and_answers_where_posix_limits_and_locks_do_not_exist(tiny: VersionInfo) -> None:
    code = (
        "import sys; sys.modules['resource'] = sys.modules['fcntl'] = None\n"
        "import pipelines.publish.publisher, pipelines.publish.versions, pipelines.publish.sandbox\n"
        "from pipelines.publish.sandbox_child import main\nsys.exit(main())"
    )
    request = {
        "statement": "SELECT 1",
        "format": "csv",
        "version_dir": str(tiny.path),
        "memory_mb": 256,
        "cpu_seconds": 9,
    }
    done = subprocess.run([sys.executable, "-c", code], input=json.dumps(request).encode(), capture_output=True)
    assert (done.returncode, done.stdout) == (0, b"1\r\n1\r\n")


def test_revisions_say_what_changed_by_how_much_and_why(settings: Settings, tmp_path: Path) -> None:
    release_2025 = {"release_id": "ehc_plans_2025", "revised_on": datetime(2025, 7, 24, 9, 30), "change": "value"}
    bradford = TINY_FIGURE | release_2025 | {
        "geography_code": "E08000032", "value_before": 60.0, "value": 66.0, "difference": 6.0,
        "difference_percent": 10.0, "revision_note": "Bradford sent its return again",
    }  # fmt: skip
    leeds = (
        TINY_FIGURE
        | release_2025
        | {"value_before": None, "status_before": "suppressed", "value": 9.0, "change": "now_shown"}
    )
    publish_tiny(settings, tables=tiny_tables() | {"fct_revision": table_of("fct_revision", [bradford, leeds])})
    file = tmp_path / "revised.csv"
    done = inclusion(settings, "published", "revisions", "--area", "Bradford", "--csv", str(file))
    text = done.stdout.decode()
    assert "1 figure(s) revised." in text
    assert (
        "ehc_plans_2025, known from 24 July 2025: ehc_20wk_pct, 1 figure(s) of 1 area(s), the most by 6. Why: Brad"
        in text
    )
    assert "ehc_20wk_pct, Bradford, 2024: 60 to 66 (+6, +10.0%)" in text
    assert next(iter(csv.DictReader(file.open(encoding="utf-8"))))["value_before"] == "60.0"
    both = inclusion(settings, "published", "revisions", "--release", "ehc_plans_2025").stdout.decode()
    assert "ehc_20wk_pct, Leeds, 2024: suppressed to 9" in both
    none = inclusion(settings, "published", "revisions", "--metric", "ehc_plans").stdout.decode()
    assert none.strip() == "No figure of those asked for was changed by a later release."
    misspelt = inclusion(settings, "published", "revisions", "--release", "ehc_plan_2025")
    assert misspelt.returncode == 1
    assert "There is no release 'ehc_plan_2025'. There is: ehc_plans_2025" in misspelt.stderr.decode()


def test_sql_answers_as_known_on_a_day(settings: Settings, tiny: VersionInfo) -> None:
    asked = (
        "SELECT numerator FROM as_known_on(DATE '2025-07-{}') WHERE metric_id = 'ehc_20wk_pct' "
        "AND geography_code = 'E08000032' AND period_start = '2024-01-01'"
    )
    known = [inclusion(settings, "sql", asked.format(day), "--format", "csv").stdout.split() for day in (23, 24)]
    assert known == [[b"numerator", b"600.0"], [b"numerator", b"640.0"]]
