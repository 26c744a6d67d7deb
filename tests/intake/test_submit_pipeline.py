"""From a submission to a version, through everything that could carry an identifier along."""

import os

import pytest

from pipelines.run import run_pipeline
from pipelines.services.submissions import history
from pipelines.services.submit import submit
from pipelines.settings import Settings
from tests.intake.marked_child import found_in, marked
from tests.intake.valid_returns import PERIOD, write_zip


@pytest.mark.slow
def test_marked_identifiers_do_not_reach_warehouse_data_docs_versions_or_logs(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = settings.model_copy(update={"world": "synthetic"})
    file = write_zip(settings.data_dir.parent / "sen2.zip", "sen2", marked("sen2"))
    assert submit(settings, file, "sen2", "S99000001", PERIOD["sen2"], "sender@la").state == "accepted"
    assert not settings.public_dir.exists(), "sending in publishes nothing"
    pupils = marked("school_census")
    for pupil in pupils["pupils"]:
        pupil["urn"] = "990001"
    dropped = settings.inbox_dir / "school_census" / PERIOD["school_census"] / "990001" / "pupils.zip"
    dropped.parent.mkdir(parents=True)
    write_zip(dropped, "school_census", pupils)
    os.utime(dropped, (1_700_000_000, 1_700_000_000))
    assert run_pipeline(settings).rebuilt
    assert [(record.who, record.state) for record in history(settings)] == [
        ("inbox", "accepted"),
        ("sender@la", "accepted"),
    ]
    assert list((settings.warehouse_dir / "gx_returns").rglob("*.html")), "Great Expectations was asked"
    out, err = capfd.readouterr()
    assert found_in(settings, out + err) == []
    assert not run_pipeline(settings).rebuilt
