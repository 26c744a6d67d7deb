"""Checks of form as SQL, on columns made for the purpose: ends of ranges, and codes that come and go."""

from datetime import date

import duckdb
import pytest

from pipelines.contracts.code_sets import Code
from pipelines.contracts.return_contract import Column, Table, load_return
from pipelines.intake.checks import Check, row_checks, typed

PUPILS = load_return("school_census").tables[0]


DAYS = [date(2024, 1, 18), date(2025, 1, 16)]


def column(**changes: object) -> Column:
    plain = {"code_set": None, "pattern": None, "max_length": None, "minimum": None, "maximum": None, "required": False}
    return PUPILS.columns[0].model_copy(update=plain | {"name": "x", "logical_type": "string"} | changes)


def failing(made: Column, texts: list[str | None], day: date = DAYS[1]) -> dict[str, list[str | None]]:
    """Rule → the texts that fail it."""
    con = duckdb.connect()
    con.execute('CREATE TABLE given ("raw:x" VARCHAR, reference_date DATE)')
    con.executemany("INSERT INTO given VALUES (?, ?)", [(text, day) for text in texts])
    con.execute(f"CREATE TABLE rows AS SELECT {typed(made)} AS x, * FROM given")
    return {check.rule: _texts(con, check) for check in row_checks(_table(made), DAYS)}


def _texts(con: duckdb.DuckDBPyConnection, check: Check) -> list[str | None]:
    return [row[0] for row in con.execute(f'SELECT "raw:x" FROM rows WHERE {check.condition}').fetchall()]


def _table(made: Column) -> Table:
    return PUPILS.model_copy(update={"columns": (made,), "rules": ()})


@pytest.mark.parametrize(
    ("made", "texts", "failed"),
    [
        (column(required=True), [None, "a"], {"required": [None]}),
        (column(max_length=3), [None, "abc", "abcd"], {"length": ["abcd"]}),
        (column(pattern="[0-9]{2}", form="two digits"), [None, "12", "123"], {"format": ["123"]}),
        (column(logical_type="boolean"), [None, "0", "1", "2"], {"type": ["2"]}),
        (
            column(logical_type="integer", minimum=-1, maximum=5),
            [None, "-2", "-1", "5", "6", "1.5", "1234567890"],
            {"type": ["1.5", "1234567890"], "range": ["-2", "6"]},
        ),
        (
            column(logical_type="number", physical_type="DOUBLE", maximum=0.5),
            ["-9", "0.5", "0.6", "x"],
            {"type": ["x"], "range": ["0.6"]},
        ),
        (
            column(logical_type="date", physical_type="DATE"),
            [None, "1899-12-31", "1900-01-01", "2099-12-31", "2100-01-01", "soon"],
            {"type": ["soon"], "range": ["1899-12-31", "2100-01-01"]},
        ),
    ],
)  # fmt: skip
def test_what_fails_which_check_of_form(made: Column, texts: list[str | None], failed: dict[str, list[str]]) -> None:
    assert failing(made, texts) == failed


def test_a_range_without_one_end_says_so() -> None:
    [check] = [
        each for each in row_checks(_table(column(logical_type="integer", maximum=5)), []) if each.rule == "range"
    ]
    assert check.message == "x is outside any to 5."


def test_a_code_that_comes_or_goes_between_the_days_of_a_batch_is_judged_by_each_rows_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long_ago, then, later = date(2000, 1, 1), date(2024, 9, 1), date(2026, 1, 1)
    codes = (
        Code("O'K", "always", long_ago, None),
        Code("OLD", "until", long_ago, date(2024, 8, 31)),
        Code("NEW", "from", then, None),
        Code("DAY", "census day alone", DAYS[1], DAYS[1]),
        Code("TOO", "soon", later, None),
    )
    monkeypatch.setattr("pipelines.contracts.return_contract.load_code_sets", lambda: {"some": codes})
    made, texts = column(code_set="some"), [None, *(code.code for code in codes)]
    assert failing(made, texts) == {"codes": ["OLD", "TOO"]}
    assert failing(made, texts, DAYS[0]) == {"codes": ["NEW", "DAY", "TOO"]}
