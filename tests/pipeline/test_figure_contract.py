"""Great Expectations really run: each rule of the figure contract fails on a hand-made figure that breaks it."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from pydantic import ValidationError

from pipelines.contracts.figure_contract import FIGURE_CONTRACT, FigureContract, load_figure_contract
from pipelines.published.figures import FIGURES
from tests.pipeline.landed import LEEDS, figure

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pipeline")]

CONTRACT = load_figure_contract()
# A second percentage metric would hide nothing; a count may be of any size.
UNITS = pl.DataFrame(
    {
        "metric_id": ["ehc_20wk_pct", "ehc_plans", "dsg_balance_pct"],
        "unit": ["percent", "count", "percent"],
        "signed": [False, False, True],
    }
)


def whole(year: int, **changes: Any) -> dict[str, Any]:
    """A figure that keeps the contract but for `changes`; each year once, so that no two share a key."""
    made = figure(LEEDS, year, 40, 100) | {
        "release_id": "ehc_plans_2025",
        "dataset": "timeliness",
        "receipt_id": "a" * 64,
        "known_from": datetime(2025, 6, 26, 9, 30),
        "source_file": "timeliness.csv",
        "source_row": 2,
    }
    return made | changes


# What is wrong with one figure → the sentence that says so, and no other does.
PART_OF_WHOLE = "Where an interval for a proportion is made from counts, the part is not larger than the whole."
PERCENTAGE = "A percentage lies between 0 and 100, unless its contract says that it may not."
WITHHELD = {"value": None, "lower": None, "upper": None}
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"geography_code": "E0800003"}, "geography_code has the right length."),
    ({"geography_basis": "catchment"}, "geography_basis is one of its codes."),
    ({"geography_vintage": "2022-04-01"}, "geography_vintage is one of its codes."),
    ({"period_type": "fortnight"}, "period_type is one of its codes."),
    ({"period_start": date(1989, 12, 31)}, "period_start lies within its limits."),
    ({"period_end": date(2101, 1, 1)}, "period_end lies within its limits."),
    ({"statistical_status": "provisional"}, "statistical_status is one of its codes."),
    ({"denominator": -1.0, "numerator": None}, "denominator lies within its limits."),
    ({"interval_method": "guess"}, "interval_method is one of its codes."),
    ({"status": "secret", "status_reason": "a reason", **WITHHELD}, "status is one of its codes."),
    ({"receipt_id": "a" * 63}, "receipt_id has the right length."),
    ({"source_row": 0}, "source_row lies within its limits."),
    ({"value": None, "lower": None, "upper": None}, "A shown figure has a value; any other has none, and a reason."),
    (
        {"status": "low", "status_reason": "published as low"},
        "A shown figure has a value; any other has none, and a reason.",
    ),
    (
        {"status": "low", "status_reason": "", **WITHHELD},
        "A shown figure has a value; any other has none, and a reason.",
    ),
    ({"value": 100.5, "lower": 99.0, "upper": 101.0}, PERCENTAGE),
    ({"value": -0.5, "lower": -1.0, "upper": 1.0}, PERCENTAGE),
    ({"numerator": 101.0}, PART_OF_WHOLE),
    ({"lower": None}, "An interval is whole and holds its value."),
    ({"lower": 41.0}, "An interval is whole and holds its value."),
    ({"upper": 39.0}, "An interval is whole and holds its value."),
    ({"period_end": date(1999, 12, 31)}, "A period ends on or after the day it starts."),
    ({"value_1": "girls"}, "A breakdown and its value are both total or neither is."),
    ({"breakdown_2": "need"}, "A breakdown and its value are both total or neither is."),
]
# Not broken, and close to it.
FINE: list[dict[str, Any]] = [
    {"metric_id": "ehc_plans", "value": 5_900.0, "lower": None, "upper": None, "interval_method": "none"},
    {"value": 100.0, "lower": 98.0, "upper": 100.0, "numerator": 100.0},
    {"value": 0.0, "lower": 0.0, "upper": 2.0, "numerator": 0.0},
    {"status": "suppressed", "status_reason": "published as c", **WITHHELD},
    {"interval_method": "byar", "metric_id": "ehc_plans", "numerator": 300.0},
    {"period_start": date(2024, 1, 18), "period_end": date(2024, 1, 18), "period_type": "january_census"},
    {"breakdown_1": "sex", "value_1": "girls"},
    {"metric_id": "dsg_balance_pct", "value": -12.5, "lower": None, "upper": None, "interval_method": "none"},
    {"period_start": date(2024, 3, 5), "period_end": date(2024, 3, 5), "period_type": "day"},
]


def warehouse_of(folder: Path, rows: Iterable[dict[str, Any]], casts: str = "") -> Path:
    """A warehouse that holds only what the contract looks at; `casts` changes columns on the way in."""
    path = folder / "warehouse.duckdb"
    landed, units = pl.DataFrame(list(rows), schema=FIGURES).to_arrow(), UNITS.to_arrow()
    with duckdb.connect(str(path)) as con:
        con.register("landed", landed)
        con.register("units", units)
        con.execute(f"CREATE TABLE stg_published__figures AS SELECT * {casts} FROM landed")
        con.execute("CREATE TABLE stg_published__metrics AS FROM units")
    return path


def failures_of(folder: Path, rows: Iterable[dict[str, Any]], casts: str = "") -> list[str]:
    from pipelines.contracts.figure_suite import check_figures

    outcome = check_figures(warehouse_of(folder, rows, casts), CONTRACT, folder / "docs")
    assert outcome.docs.is_file()
    assert outcome.success == (outcome.failures == [])
    return outcome.failures


def test_figures_that_keep_the_contract_pass_every_expectation(tmp_path: Path) -> None:
    from pipelines.contracts.figure_suite import check_figures, expectations_of

    path = warehouse_of(tmp_path, [whole(2001 + n, **changes) for n, changes in enumerate([{}, *FINE])])
    outcome = check_figures(path, CONTRACT, tmp_path / "docs")
    assert (outcome.failures, outcome.success) == ([], True)
    # Columns in order, a type each, 23 never empty, 4 within limits, 2 lengths, 6 code sets, 7 rules of whole rows.
    required = sum(column.required for column in CONTRACT.table.properties)
    assert outcome.expectations == len(list(expectations_of(CONTRACT))) == 1 + 29 + required + 4 + 2 + 6 + 7


def test_each_broken_figure_fails_its_own_expectation_and_no_other(tmp_path: Path) -> None:
    rows = [whole(2001 + n, **changes) for n, (changes, _) in enumerate(BROKEN)]
    twice = whole(1999)
    found = failures_of(tmp_path, [*rows, twice, twice | {"value": 41.0, "numerator": 41.0}])
    expected = Counter(sentence for _, sentence in BROKEN) | {"A file gives one figure once.": 1}
    said = [re.fullmatch(r"(.+) Not so for (\d+), for example (.+)", line) for line in found]
    assert {match[1]: int(match[2]) for match in said if match} == expected
    examples = {match[1]: match[3] for match in said if match}
    assert examples["status is one of its codes."] == "secret"
    assert examples[PERCENTAGE] == "timeliness.csv, row 2, column rate_20wk"
    assert examples["A file gives one figure once."] == "timeliness.csv, row 2, column rate_20wk"


def test_an_empty_value_where_one_is_required_is_named(tmp_path: Path) -> None:
    required = [column.name for column in CONTRACT.table.properties if column.required]
    found = failures_of(tmp_path, [whole(2001 + n, **{name: None}) for n, name in enumerate(required)])
    never_empty = {line for line in found if "is never empty." in line}
    assert never_empty == {f"{name} is never empty. Not so for 1" for name in required}


def test_another_type_is_named(tmp_path: Path) -> None:
    found = failures_of(tmp_path, [whole(2001)], "REPLACE (source_row::VARCHAR AS source_row, value::FLOAT AS value)")
    assert {line.split(" Not so")[0] for line in found if "stored as" in line} == {
        "source_row is stored as BIGINT.",
        "value is stored as DOUBLE.",
    }


def test_columns_out_of_order_or_missing_are_named(tmp_path: Path) -> None:
    assert failures_of(tmp_path, [whole(2001)], "EXCLUDE (source_column), 'rate' AS source_column, 1 AS upn")[
        0
    ].startswith("The columns are those of the contract, in its order. Not so: ")


def test_a_rule_that_nobody_would_run_is_refused_when_the_contract_is_read(tmp_path: Path) -> None:
    text = FIGURE_CONTRACT.read_text(encoding="utf-8")
    altered = tmp_path / "altered.yaml"
    for before, after in (
        ("metric: duplicateValues", "metric: rowCount"),
        ("arguments: {validValues: [wilson", "arguments: {pattern: [wilson"),
        ("mustBe: 0", "mustBeLessThan: 5"),
        ("query: SELECT COUNT(*) FROM ${object} WHERE period_end", "query: SELECT max(period_end) FROM ${object} --"),
        ("required: true", "requird: true"),
    ):
        assert before in text
        altered.write_text(text.replace(before, after, 1), encoding="utf-8")
        with pytest.raises(ValidationError):
            load_figure_contract(altered)


def test_the_contract_is_what_the_loader_writes() -> None:

    assert isinstance(CONTRACT, FigureContract)
    assert [column.name for column in CONTRACT.table.properties] == list(FIGURES)
