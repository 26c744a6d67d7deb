"""Faulty files in one batch: each reports exactly its rule, row and column, and the good ones among them nothing."""

import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from pipelines.contracts.return_contract import load_return
from pipelines.intake.batch import BatchResult, check_batch
from pipelines.intake.raw_tables import read_return
from pipelines.intake.workspace import Candidate
from tests.intake.faults import RULES, Fault, of_form
from tests.intake.valid_returns import BODY, PERIOD, valid, write_zip

# One worker checks each batch once for all tests over it.
pytestmark = pytest.mark.xdist_group("faulty files")

GOOD = ("good-first", "good-last")


# Which faults → the return they spoil, and the faults. Those of form are many, made from the contract.
FAULTS: dict[str, tuple[str, tuple[Fault, ...]]] = {
    **{f"rules of {name}": (name, faults) for name, faults in RULES.items()},
    **{f"form of {name}": (name, tuple(of_form(load_return(name), valid(name)))) for name in RULES},
}


def all_faults(which: str) -> dict[str, Fault]:
    return {f"{number} {fault.name}": fault for number, fault in enumerate(FAULTS[which][1])}


def faulty_candidates(which: str, folder: Path) -> list[Candidate]:
    """Each fault in a file of its own, read; the submission_id is its key in all_faults."""
    name, candidates = FAULTS[which][0], []
    for number, (case, fault) in enumerate(all_faults(which).items()):
        path = write_zip(folder / f"{number}.zip", name, fault.spoil(valid(name)))
        candidates.append(Candidate(case, BODY[name], PERIOD[name], read_return(load_return(name), path)))
    return candidates


@cache
def checked_together(which: str) -> BatchResult:
    """Every faulty file of a kind, and a good one before and after them, checked together."""
    name = FAULTS[which][0]
    contract = load_return(name)
    with tempfile.TemporaryDirectory() as folder:
        good = read_return(contract, write_zip(Path(folder) / "good.zip", name, valid(name)))
        first, last = (Candidate(case, BODY[name], PERIOD[name], good) for case in GOOD)
        return check_batch(contract, [first, *faulty_candidates(which, Path(folder)), last])


@pytest.fixture(
    params=[pytest.param(which, marks=[pytest.mark.slow] if which == "form of sen2" else []) for which in FAULTS]
)
def checked(request: pytest.FixtureRequest) -> tuple[str, BatchResult]:
    which: str = request.param
    return which, checked_together(which)


def test_each_faulty_file_reports_exactly_its_rule_row_and_column(checked: tuple[str, BatchResult]) -> None:
    which, batch = checked
    wrong = {}
    for case, fault in all_faults(which).items():
        found = batch.violations_of(case).select("table", "source_row", "column", "rule").rows()
        if Counter(found) != Counter(fault.expected):
            wrong[case] = (sorted(found, key=str), fault.expected)
    assert not wrong


def test_only_errors_refuse_and_good_files_beside_faulty_ones_are_accepted(checked: tuple[str, BatchResult]) -> None:
    which, batch = checked
    name = FAULTS[which][0]
    severity = {rule.id: rule.severity for table in load_return(name).tables for rule in table.rules}
    for case, fault in all_faults(which).items():
        expected = "refused" if severity.get(fault.expected[0][3], "error") == "error" else "accepted"
        assert (case, batch.verdict(case)) == (case, expected)
    for case in GOOD:
        assert batch.violations_of(case).is_empty()
        assert {table: len(rows) for table, rows in valid(name).items()} == {
            table: rows.height for table, rows in batch.tables(case).items()
        }


def test_rule_results_count_the_violations_and_name_every_rule_that_was_judged(
    checked: tuple[str, BatchResult],
) -> None:
    _, batch = checked
    by = ["submission_id", "table", "rule", "column", "severity"]
    counted = {row[:-1]: row[-1] for row in batch.rule_results.select(*by, "rows").rows()}
    assert len(counted) == batch.rule_results.height
    assert {key: n for key, n in counted.items() if n} == dict(Counter(batch.violations.select(by).rows()))
    rules = {rule.id for table in batch.contract.tables for rule in table.judged_rules}
    good = batch.rule_results.filter(batch.rule_results["submission_id"] == GOOD[0])
    assert rules <= set(good["rule"])


def test_every_rule_of_both_contracts_that_can_be_judged_has_a_faulty_file() -> None:
    for name, faults in RULES.items():
        judged = {rule.id for table in load_return(name).tables for rule in table.judged_rules}
        assert judged - {fault.name for fault in faults} == set()
    assert sum(len(faults) for faults in RULES.values()) > 50


def test_values_come_out_typed(tmp_path: Path) -> None:
    contract = load_return("sen2")
    raw = read_return(contract, write_zip(tmp_path / "sen2.zip", "sen2", valid("sen2")))
    requests = check_batch(contract, [Candidate("one", "330", "2025", raw)]).tables("one")["requests"]
    row = requests.row(2, named=True)
    assert (row["submission_id"], row["source_row"]) == ("one", 4)
    assert (str(row["receiveddate"]), row["requestoutcome"], row["requesttribunal"]) == ("2024-05-07", "N", True)
    assert row["exported"] is None


def test_each_submission_of_a_batch_is_judged_by_its_own_census_day(tmp_path: Path) -> None:
    contract = load_return("sen2")
    raw = read_return(contract, write_zip(tmp_path / "sen2.zip", "sen2", valid("sen2")))
    batch = check_batch(contract, [Candidate(period, "330", period, raw) for period in ("2024", "2025")])
    assert batch.verdict("2025") == "accepted"
    found = batch.violations_of("2024").select("table", "source_row", "rule").rows()
    # Down syndrome is a code from 2025 on; a year earlier, the plans and requests of 2024 had not happened yet.
    assert ("sen_needs", 5, "codes") in found
    assert {rule for _, _, rule in found} == {"codes", "V03"}
