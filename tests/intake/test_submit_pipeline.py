"""From a submission to a version, through everything that could carry an identifier along."""

import pytest

from pipelines.run import run_pipeline
from pipelines.services.submit import submit
from pipelines.settings import Settings
from tests.intake.marked_child import found_in, marked
from tests.intake.valid_returns import PERIOD, write_zip


@pytest.mark.slow
def test_marked_identifiers_do_not_reach_warehouse_data_docs_versions_or_logs(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = settings.model_copy(update={"world": "synthetic"})
    public = []
    for name, body in (("sen2", "S99000001"), ("school_census", "990001")):
        tables = marked(name)
        for pupil in tables.get("pupils", []):
            pupil["urn"] = body
        file = write_zip(settings.data_dir.parent / f"{name}.zip", name, tables)
        assert submit(settings, file, name, body, PERIOD[name], "sender@la").state == "accepted"
        public.append(settings.public_dir.exists())
    assert public == [False, False], "sending in publishes nothing"
    assert run_pipeline(settings).rebuilt
    docs = list((settings.warehouse_dir / "gx_returns").rglob("*.html"))
    assert docs, "Great Expectations was asked"
    out, err = capfd.readouterr()
    assert found_in(settings, out + err) == []
    assert not run_pipeline(settings).rebuilt
