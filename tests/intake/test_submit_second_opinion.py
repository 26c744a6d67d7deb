"""Great Expectations is asked once about each submission, a bounded amount at a time; a difference is asked again."""

from pathlib import Path

import pytest

from pipelines.contracts import return_suite
from pipelines.contracts.return_suite import SecondOpinion
from pipelines.services import second_opinion
from pipelines.services.submit import submit
from pipelines.settings import Settings
from tests.intake.valid_returns import valid, write_zip


@pytest.mark.slow
def test_each_submission_is_asked_about_once_and_again_where_counts_differ(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    differing = ["persons P01 (upn): the report has 1 rows, Great Expectations counts 2"]

    def opinion(
        _batch: object, candidates: list[second_opinion.Candidate], docs: Path, work_dir: Path
    ) -> SecondOpinion:
        assert work_dir.is_relative_to(settings.raw_dir), "rows lie where raw files may"
        asked.append([each.body or "" for each in candidates])
        return SecondOpinion(5, differing, docs)

    monkeypatch.setattr(return_suite, "second_opinion", opinion)
    spoilt = valid("sen2")
    spoilt["persons"][0]["sex"] = "X"
    for body, tables in (("330", valid("sen2")), ("331", spoilt)):
        submit(settings, write_zip(tmp_path / "sen2.zip", "sen2", tables), "sen2", body, "2025", "sender@la")
    first = second_opinion.ask(settings, tmp_path / "docs")
    assert (first.submissions, first.compared, len(first.disagreements)) == (2, 5, 1)
    differing = []
    assert second_opinion.ask(settings, tmp_path / "docs").disagreements == []
    assert second_opinion.ask(settings, tmp_path / "docs").submissions == 0
    assert asked == [["E08000026", "E08000025"]] * 2
    monkeypatch.setattr(second_opinion, "MOST_BYTES", 100)
    for body in ("332", "333"):
        submit(settings, write_zip(tmp_path / "sen2.zip", "sen2", valid("sen2")), "sen2", body, "2025", "sender@la")
    assert [second_opinion.ask(settings, tmp_path / "docs").submissions for _ in range(3)] == [1, 1, 0]
    assert asked[2:] == [["E08000028"], ["E08000027"]], "the latest first"
