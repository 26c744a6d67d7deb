"""`inclusion run` from landed releases to a version: what is published, what is not, and when nothing is built."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines import fingerprint
from pipelines.publish.manifest import read_manifest
from pipelines.publish.reader import current_version, open_version
from pipelines.run import PipelineFailed, run_pipeline
from pipelines.settings import PROJECT_ROOT, Settings
from tests.pipeline.landed import BRADFORD, ENGLAND, LEEDS, figure, land

pytestmark = pytest.mark.xdist_group("pipeline")

IN_2024, IN_2025 = datetime(2024, 6, 13, 9, 30), datetime(2025, 6, 26, 9, 30)
HEAVY = ("dagster", "dbt", "great_expectations")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store with one small release, run once. Tests that change a store change a copy of it."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("run"))
    good = [figure(area, year, 40, 90) for area in (ENGLAND, LEEDS, BRADFORD) for year in (2022, 2023)]
    land(settings, "ehc_plans_2024", IN_2024, good)
    assert run_pipeline(settings).rebuilt
    return settings


@pytest.fixture
def store(published: Settings, tmp_path: Path) -> Settings:
    """A copy of the published store."""
    shutil.copytree(published.data_dir, tmp_path / "store", symlinks=True)
    return Settings(data_dir=tmp_path / "store")


def live(settings: Settings) -> tuple[str, str]:
    return current_version(settings, "restricted").name, current_version(settings, "public").name


@pytest.mark.slow
def test_both_versions_hold_the_landed_figures_and_say_what_they_were_made_of(published: Settings) -> None:
    for audience in ("restricted", "public"):
        version = current_version(published, audience)  # type: ignore[arg-type]
        con = open_version(version)
        rows = con.execute("SELECT numerator, denominator FROM fct_metric WHERE geography_code = 'E92000001'")
        assert rows.fetchall() == [(40, 90), (40, 90)]
        manifest = read_manifest(version)
        assert manifest.fingerprint == fingerprint.input_fingerprint(published)
        assert manifest.code_version == fingerprint.code_version()
        assert len(manifest.receipts) == 1


@pytest.mark.slow
def test_nothing_changed_builds_nothing_and_loads_nothing_heavy(store: Settings) -> None:
    before = live(store)
    code = (
        "import json, sys\nfrom pipelines.cli.main import main\n"
        "try:\n    main()\nfinally:\n"
        "    print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run"],
        env=os.environ | {"INCLUSION_DATA_DIR": str(store.data_dir)},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"Nothing has changed since version {before[0]} was published.\n"
    assert not set(HEAVY) & set(json.loads(done.stderr.splitlines()[-1]))
    assert live(store) == before


@pytest.mark.slow
def test_other_code_builds_again_and_force_does_too(store: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = live(store)
    monkeypatch.setattr(fingerprint, "_code_hash", lambda: "c0de" * 16)
    assert run_pipeline(store).rebuilt
    after = live(store)
    assert not set(after) & set(before)
    assert read_manifest(current_version(store, "public")).code_version == "c0dec0dec0de"
    assert not run_pipeline(store).rebuilt
    assert run_pipeline(store, force=True).rebuilt
    # The same figures make the same parts.
    parts = [
        {
            part.path
            for entry in read_manifest(store.public_dir / "versions" / name).tables.values()
            for part in entry.parts
        }
        for name in (after[1], live(store)[1])
    ]
    assert parts[0] == parts[1]


@pytest.mark.slow
def test_a_seed_left_beside_its_full_file_gives_way_to_it(store: Settings) -> None:
    # What a load leaves that was killed after it landed the full file and before it took the seed away.
    (full,) = (store.landed_dir / "published").glob("*/*/*")
    seed = full.with_name(f"{full.name}.seed")
    shutil.copytree(full, seed)
    run_pipeline(store, force=True)
    assert not seed.exists()
    con = open_version(current_version(store, "public"))
    assert con.execute("SELECT count(*) FROM fct_metric").fetchall() == [(6,)]


def broken(**changes: Any) -> dict[str, Any]:
    return figure(LEEDS, 2024, 40, 90) | changes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            [broken(value=120.0, lower=110.0, upper=130.0)],
            r"A percentage lies between 0 and 100, .*\. Not so for 1, for example ehc_plans_2025\.csv, row 2, column",
        ),
        ([broken(status="secret")], r"status is one of its codes\. Not so for 1, for example secret"),
        ([broken(), broken(value=41.0)], r"Not so: one figure is current at a time\. .*ehc_20wk_pct"),
        ([broken(geography_code="E08000099")], r"Not so: every figure is about a known area\. .*E08000099"),
        ([broken(metric_id="ehc_nothing")], r"Not so: every figure has a defined metric\. .*ehc_nothing"),
    ],
    ids=["contract-rule", "contract-codes", "dbt-twice", "dbt-unknown-area", "dbt-unknown-metric"],
)
def test_a_failed_check_publishes_nothing_and_says_what_is_wrong(
    store: Settings, rows: list[dict[str, Any]], says: str
) -> None:
    before = live(store)
    land(store, "ehc_plans_2025", IN_2025, rows)
    with pytest.raises(PipelineFailed, match=says) as failed:
        run_pipeline(store)
    assert str(failed.value).startswith("Nothing was published; the live version stays.\n")
    assert "Traceback" not in str(failed.value)
    assert live(store) == before
    # Once the release is gone the store is as it was; there is nothing to repair.
    shutil.rmtree(store.landed_dir / "published" / "ehc_plans_2025")
    assert not run_pipeline(store).rebuilt


@pytest.mark.slow
def test_a_receipt_whose_rows_do_not_add_up_publishes_nothing(store: Settings) -> None:
    before = live(store)
    path = land(store, "ehc_plans_2025", IN_2025, [broken()]) / "receipt.json"
    receipt = json.loads(path.read_text())
    receipt["rows"]["read"] = 3
    path.write_text(json.dumps(receipt))
    with pytest.raises(PipelineFailed, match=r"Rows of a file are not accounted for: ehc_plans_2025\.csv"):
        run_pipeline(store)
    assert live(store) == before


@pytest.mark.slow
def test_the_fingerprint_covers_code_contracts_and_seeds_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    built_from = ("pipelines/run.py", "dbt_project/models/fct.sql", "dbt_project/models/fct.yml",
                  "data_contracts/published/lait.yaml", "seeds/geography/neighbours.csv")  # fmt: skip
    others = ("dashboards/store.py", "docs/glossary.md", "tests/test_run.py", "dbt_project/target/compiled.sql")
    for name in (*built_from, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(fingerprint, "PROJECT_ROOT", tmp_path)

    def now() -> str:
        fingerprint._code_hash.cache_clear()
        return fingerprint.input_fingerprint(settings)

    seen = {now()}
    for name in built_from:
        (tmp_path / name).write_text("two")
        assert now() not in seen, name
        seen.add(now())
    land(settings, "ehc_plans_2024", IN_2024, [figure(LEEDS, 2023, 40, 90)])
    assert now() not in seen
    unchanged = now()
    for name in others:
        (tmp_path / name).write_text("two")
    assert now() == unchanged
    monkeypatch.undo()
    fingerprint._code_hash.cache_clear()
