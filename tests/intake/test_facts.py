"""From checked tables to what may be kept, and what of a violation anyone but the sender may see."""

import polars as pl
import pytest

from pipelines.contracts.return_contract import ReturnContract, Table, load_return
from pipelines.intake.catalogue import empty_tables
from pipelines.intake.facts import facts_of, person_table
from pipelines.intake.violations import Violation, violations_frame, without_confidential

SEN2 = load_return("sen2")


def of(*tables: Table) -> ReturnContract:
    return SEN2.model_copy(update={"tables": tables})


def test_the_table_of_persons_is_the_one_with_identifiers_wherever_it_stands() -> None:
    assert person_table(of(*reversed(SEN2.tables))) == SEN2.table("persons")
    assert person_table(of(SEN2.table("placements"))) is None


def test_rows_get_the_person_of_the_row_they_refer_to_in_whatever_order_tables_stand() -> None:
    contract = of(SEN2.table("assessments"), SEN2.table("requests"), SEN2.table("persons"))
    given = {
        "persons": {"persontableid": ["p1", "p2"]},
        "requests": {"requeststableid": ["r2", "r1"], "persontableid": ["p2", "p1"]},
        "assessments": {"assessmenttableid": ["a", "b", "c"], "requeststableid": ["r1", "r2", "r9"]},
    }
    tables = {
        name: pl.DataFrame(
            {column.name: given[name].get(column.name) for column in contract.table(name).columns}
            | {"submission_id": "s", "source_row": 2}
        ).select("submission_id", "source_row", *(column.name for column in contract.table(name).columns))
        for name in given
    }
    dates = [column.name for column in contract.table("persons").columns if column.intake == "month"]
    tables["persons"] = tables["persons"].with_columns(pl.date(2015, 6, 17).alias(name) for name in dates)
    linked = pl.DataFrame({"person_id": ["one", "two"], "match_rule": "upn", "match_quality": "agrees"})
    facts = facts_of(contract, tables, linked)
    assert list(facts) == ["assessments", "requests", "persons"]
    assert facts["assessments"]["person_id"].to_list() == ["one", "two", None]
    assert facts["persons"].columns[:5] == ["submission_id", "source_row", "person_id", "match_rule", "match_quality"]
    assert facts["persons"][dates[0]].dt.day().to_list() == [1, 1]
    kept = {column.name for column in contract.table("persons").columns if column.intake in ("keep", "month")}
    assert set(facts["persons"].columns[5:]) == kept
    assert "match_rule" not in facts["requests"].columns


def test_tables_that_refer_to_one_another_in_a_circle_are_refused() -> None:
    persons, requests = SEN2.table("persons"), SEN2.table("requests")
    circle = persons.columns[1].model_copy(update={"references": "requests.requeststableid"})
    contract = of(persons.model_copy(update={"columns": (persons.columns[0], circle)}), requests)
    with pytest.raises(ValueError, match="sen2 refer to one another in a circle"):
        facts_of(contract, empty_tables(of(requests)), pl.DataFrame())


def test_nobody_but_the_sender_sees_what_a_confidential_column_or_none_at_all_held() -> None:
    said = ("P01", "error", "found", "message", "do")
    places = [
        ("persons", 2, "sex"),
        ("persons", 3, "upn"),
        ("persons", 4, "sex, upn"),
        ("persons", 5, "Ann Smith"),
        (None, None, "Ann Smith"),
        (None, None, None),
        ("requests", 6, "receiveddate, requestoutcome"),
    ]
    frame = violations_frame("s", [Violation(*place, *said) for place in places])
    shown = without_confidential(frame, SEN2)
    assert shown.columns == frame.columns
    assert shown.select("source_row", "column", "found").rows() == [
        (2, "sex", "found"),
        (3, "upn", ""),
        (4, "sex, upn", ""),
        (5, None, ""),
        (None, None, ""),
        (None, None, ""),
        (6, "receiveddate, requestoutcome", "found"),
    ]
