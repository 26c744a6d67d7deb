"""From a submission to a version, through everything that could carry an identifier along."""

import os

import pytest

from pipelines.publish.versions import current_version
from pipelines.run import PipelineFailed, run_pipeline
from pipelines.services import second_opinion
from pipelines.services.submissions import history
from pipelines.services.submit import submit
from pipelines.settings import Settings
from tests.intake.marked_child import found_in, marked
from tests.intake.valid_returns import PERIOD, write_zip


@pytest.mark.slow
def test_marked_identifiers_do_not_reach_warehouse_data_docs_versions_or_logs(
    settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
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

    # Where Great Expectations counts otherwise the figures are out by then; the run says both.
    before = current_version(settings, "restricted").name
    doubt = "SEN2: persons P01 (upn): the report has 1 rows, Great Expectations counts 2"
    monkeypatch.setattr(second_opinion, "ask", lambda *_: second_opinion.Opinions(1, 5, [doubt]))
    assert submit(settings, file, "sen2", "S99000002", PERIOD["sen2"], "sender@la").state == "accepted"
    with pytest.raises(PipelineFailed) as failed:
        run_pipeline(settings)
    live = current_version(settings, "restricted").name
    assert live != before
    first, found, last = str(failed.value).splitlines()
    assert first.startswith(f"Version {live} was published. ")
    assert found == f"  Two counts of one rule differ. {doubt}"
    assert last.endswith("inclusion run --force")
