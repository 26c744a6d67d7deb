"""Great Expectations' own count of a batch equals the report's, and its pages hold no cell."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.return_contract import load_return
from pipelines.intake.batch import BatchResult, check_batch
from pipelines.intake.raw_tables import read_return
from pipelines.intake.workspace import Candidate
from tests.intake.test_faulty_files import FAULTS, faulty_candidates
from tests.intake.valid_returns import BODY, PERIOD, valid, write_zip

pytestmark = pytest.mark.slow


def faulty_batch(which: str, folder: Path) -> tuple[BatchResult, list[Candidate]]:
    """Faulty files and a good one, on which every rule is judged."""
    name = FAULTS[which][0]
    good = read_return(load_return(name), write_zip(folder / "good.zip", name, valid(name)))
    candidates = [*faulty_candidates(which, folder), Candidate("good", BODY[name], PERIOD[name], good)]
    return check_batch(load_return(name), candidates), candidates


@pytest.mark.parametrize("which", ["rules of sen2", "rules of school_census", "form of school_census"])
def test_every_count_of_a_batch_of_faulty_files_agrees_and_no_cell_is_shown(which: str, tmp_path: Path) -> None:
    from pipelines.contracts.return_suite import second_opinion

    batch, candidates = faulty_batch(which, tmp_path)
    opinion = second_opinion(batch, candidates, tmp_path / "docs", sample=1_000)
    assert opinion.disagreements == []
    asked = batch.rule_results.select("table", "rule", "column").unique().height
    assert opinion.compared == asked
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "docs").rglob("*.html")]
    assert opinion.docs.exists() and len(pages) > 1
    cells = {"Ahmed", "Alia", "0200001", "1234567898", "ZZ1 1AA"}
    assert not [cell for cell in cells if any(cell in page for page in pages)]


def test_a_report_that_missed_a_row_is_found_out(tmp_path: Path) -> None:
    from pipelines.contracts.return_suite import second_opinion

    batch, candidates = faulty_batch("rules of school_census", tmp_path)
    missed = (pl.col("rule") == "S02") & (pl.col("rows") == 1)
    results = batch.rule_results.with_columns(rows=pl.when(missed).then(0).otherwise("rows"))
    opinion = second_opinion(replace(batch, rule_results=results), candidates, tmp_path / "docs", sample=1_000)
    assert not opinion.agrees
    assert opinion.disagreements == [
        "pupils S02 (senprovision, sentype1): the report has 0 rows, Great Expectations counts 1"
    ]


def test_the_sample_moves_on_and_is_of_the_size_asked_for(tmp_path: Path) -> None:
    from pipelines.contracts.return_suite import second_opinion

    contract = load_return("school_census")
    raw = read_return(contract, write_zip(tmp_path / "one.zip", "school_census", valid("school_census")))
    pages = []
    for submission in ("first", "second"):
        candidates = [Candidate(submission, "100001", "2025-spring", raw)]
        docs = tmp_path / submission
        opinion = second_opinion(check_batch(contract, candidates), candidates, docs, sample=5)
        assert (opinion.compared, opinion.agrees) == (5, True)
        rules = {line for page in docs.rglob("*.html") for line in page.read_text().split("pupils: ")[1:]}
        pages.append({line.split(")")[0] for line in rules})
    assert pages[0] != pages[1]
