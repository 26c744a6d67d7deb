"""One warehouse for all tests of metrics: every spec table, a generated area, and a return sent in three times."""

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.contracts.return_contract import load_return
from pipelines.defs import dbt_build
from pipelines.intake.catalogue import write_returns_catalogue
from pipelines.publish.durable import single_writer
from pipelines.published.catalogue import write_catalogue
from pipelines.services.submit import Incoming, submit_batch
from pipelines.settings import Settings
from pipelines.synthetic.areas import AREAS, Area
from pipelines.synthetic.files import as_file
from pipelines.synthetic.school_census import census_returns
from pipelines.synthetic.sen2 import sen2_return
from tests.metrics.spec_returns import land_rows, land_spec, load_specs

GENERATED: Area = AREAS[6]
RECEIVED = datetime(2025, 3, 3, 9, 0)


def build_warehouse(settings: Settings) -> list[dbt_build.NodeOutcome]:
    """What a run does before comparison: catalogue, then dbt. Returns the nodes that failed."""
    catalogue = settings.warehouse_dir / "catalogue"
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    write_catalogue(settings, catalogue)
    write_returns_catalogue(settings, catalogue)
    return [node for node in dbt_build.build(settings) if not node.passed]


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker to need it makes, and the others wait for and use."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with single_writer(folder, wait=True):
        if not (folder / "made").exists():
            make(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def returns_store(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A SYNTHETIC store: the specs (2025), a generated area through the real intake (2026), revisions (2024)."""
    folder = made_once(tmp_path_factory, "returns", lambda made: _fill(Settings(data_dir=made, world="synthetic")))
    return Settings(data_dir=folder, world="synthetic")


def _fill(settings: Settings) -> None:
    for spec in load_specs():
        land_spec(settings, spec, RECEIVED)
    _submit_generated(settings)
    for day, late in ((4, 1), (5, 1), (6, 0)):
        land_revision(settings, datetime(2024, 3, day, 9, 0), late)
    land_linked(settings)
    failed = build_warehouse(settings)
    assert not failed, [(node.name, node.message) for node in failed]


def land_revision(settings: Settings, received_at: datetime, late: int) -> str:
    """A return of 2024 with four new plans, `late` of them late."""
    issued = ["2023-12-01"] * late + ["2023-03-01"] * (4 - late)
    days = [datetime.fromisoformat(text).date() for text in issued]
    ids = [str(n) for n in range(4)]
    tables = {
        "persons": [{"person_id": n, "sex": "M", "personbirthdate": datetime(2016, 1, 1).date()} for n in ids],
        "requests": [
            {"person_id": n, "requeststableid": n, "receiveddate": datetime(2023, 1, 2).date(), "requestoutcome": "Y"}
            for n in ids
        ],
        "assessments": [{"assessmenttableid": n, "requeststableid": n, "assessmentoutcome": "Y"} for n in ids],
        "named_plans": [
            {"namedplantableid": n, "assessmenttableid": n, "startdate": day} for n, day in zip(ids, days, strict=True)
        ],
    }
    return land_rows(settings, "sen2", "S99000001", "2024", tables, received_at)


def land_linked(settings: Settings) -> None:
    """Five requests of 2022, sent in twice, and then a census of the same day that knows two of the children.

    A third is there as a guest, a fourth in another year only, the fifth nowhere.
    """
    ids = [f"linked{n}" for n in range(5)]
    for day, refused in ((1, 1), (3, 2)):
        tables = {
            "persons": [{"person_id": n, "sex": "F", "personbirthdate": date(2014, 5, 1)} for n in ids],
            "requests": [
                {"person_id": n, "requeststableid": n, "receiveddate": date(2022, 5, 2), "requestoutcome": outcome}
                for n, outcome in zip(ids, "N" * refused + "Y" * (5 - refused), strict=True)
            ],
        }
        land_rows(settings, "sen2", "S99000001", "2023", tables, datetime(2023, 3, day, 9, 0))
    pupil = {
        "urn": "990001",
        "sex": "F",
        "dob": date(2014, 5, 1),
        "fsm": False,
        "enrolstatus": "C",
        "senprovision": "N",
    }
    at_school = [
        {"person_id": ids[0], "fsm": True, "senprovision": "E", "sentype1": "ASD"},
        {"person_id": ids[1], "senprovision": "K", "sentype1": "MLD", "enrolstatus": "M"},
        {"person_id": ids[2], "fsm": True, "senprovision": "K", "sentype1": "ASD", "enrolstatus": "G"},
    ]
    for period, pupils, day in (("2023-spring", at_school, 5), ("2022-spring", [{"person_id": ids[3]}], 4)):
        rows = {"pupils": [pupil | each for each in pupils]}
        land_rows(settings, "school_census", "990001", period, rows, datetime(2023, 3, day, 9, 0))


def _submit_generated(settings: Settings) -> None:
    name, content = as_file(load_return("sen2"), sen2_return(GENERATED, "2026"))
    schools = list(census_returns(GENERATED, "2026-spring").items())[:6]
    rolls = [(urn, *as_file(load_return("school_census"), {"pupils": rows})) for urn, rows in schools]
    outcomes = submit_batch(settings, "sen2", [Incoming(name, content, GENERATED.code, "2026", "test")])
    outcomes += submit_batch(
        settings, "school_census", [Incoming(file, roll, urn, "2026-spring", "test") for urn, file, roll in rolls]
    )
    assert {outcome.state for outcome in outcomes} == {"accepted"}


@pytest.fixture
def warehouse(returns_store: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read-only."""
    with duckdb.connect(str(returns_store.warehouse_path), read_only=True) as con:
        yield con


@pytest.fixture(scope="session")
def dbt_target(returns_store: Settings) -> Path:
    """Where dbt leaves its manifests when it parses."""
    from pipelines.defs.dbt_build import load_manifest

    (returns_store.warehouse_dir / "dbt" / "parsed").unlink(missing_ok=True)
    return load_manifest(returns_store).parent
