"""What a real return changes: the restricted store, and nothing that is public."""

from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.publish.errors import FigureNotFound
from pipelines.publish.lineage import explain
from pipelines.publish.reader import open_version
from pipelines.publish.versions import current_version
from pipelines.run import run_pipeline
from pipelines.settings import Settings
from tests.metrics.conftest import made_once
from tests.metrics.spec_returns import land_rows
from tests.pipeline.landed import BARNSLEY, LEEDS, figure, land

pytestmark = pytest.mark.slow
RECEIVED = datetime(2025, 3, 3, 9, 0)


@pytest.fixture(scope="module")
def public_before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path]:
    """A real store with two published figures and its public version, before a SEN2 return of Barnsley came.

    The return is about a day before Barnsley had the code that it has today.
    """
    folder = made_once(tmp_path_factory, "real", _run_twice)
    settings = Settings(data_dir=folder)
    return settings, settings.public_dir / "versions" / (folder / "before").read_text()


def _run_twice(folder: Path) -> None:
    settings = Settings(data_dir=folder)
    rows = [figure(LEEDS, 2023, 40, 100), figure("E08000032", 2023, 50, 100)]
    land(settings, "ehc_plans_2024", datetime(2024, 6, 13, 9, 30), rows)
    assert run_pipeline(settings).rebuilt
    (folder / "before").write_text(current_version(settings, "public").name)
    land_rows(settings, "sen2", BARNSLEY, "2025", _one_new_plan(), RECEIVED)
    assert run_pipeline(settings).rebuilt


def test_a_return_leaves_the_public_version_as_it_is(public_before: tuple[Settings, Path]) -> None:
    settings, before = public_before
    assert current_version(settings, "public") == before
    assert not run_pipeline(settings).rebuilt
    with pytest.raises(FigureNotFound):
        explain(open_version(before), "ehc_20wk_pct", BARNSLEY, "2024")


def test_the_restricted_store_has_it_with_its_receipt(public_before: tuple[Settings, Path]) -> None:
    settings, _ = public_before
    restricted = open_version(current_version(settings, "restricted"))
    made = explain(restricted, "ehc_20wk_pct", BARNSLEY, "2024")
    assert (made.numerator, made.denominator, made.value) == (1, 1, 100)
    assert made.statistical_status == "management_information"
    assert [receipt.source_file for receipt in made.receipts] == [f"sen2 2025 from {BARNSLEY}"]
    # The published figure of the year before is still there, and nothing is mixed with it.
    assert explain(restricted, "ehc_20wk_pct", LEEDS, "2023").source == "ehc_plans"
    returned = restricted.execute("SELECT status, count(*) FROM fct_returns_in GROUP BY ALL ORDER BY ALL").fetchall()
    assert returned == [("missing", 152), ("returned", 1)]


def test_published_figures_may_all_be_seen_restricted(public_before: tuple[Settings, Path]) -> None:
    settings, before = public_before
    query = "SELECT metric_id, geography_code, value FROM fct_metric WHERE source = 'ehc_plans' ORDER BY ALL"
    restricted = open_version(current_version(settings, "restricted")).execute(query).fetchall()
    assert restricted == open_version(before).execute(query).fetchall()
    assert len(restricted) == 2


def _one_new_plan() -> dict[str, list[dict[str, object]]]:
    key = {"person_id": "p1"}
    return {
        "persons": [key | {"sex": "F", "personbirthdate": date(2016, 5, 1)}],
        "requests": [key | {"requeststableid": "1", "receiveddate": date(2024, 1, 2), "requestoutcome": "Y"}],
        "assessments": [{"assessmenttableid": "1", "requeststableid": "1", "assessmentoutcome": "Y"}],
        "named_plans": [{"namedplantableid": "1", "assessmenttableid": "1", "startdate": date(2024, 5, 1)}],
    }
