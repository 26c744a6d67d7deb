"""Cells of a table: numbers, symbols, categories and errors, and the columns they stand in."""

import pytest
from pydantic import ValidationError

from pipelines.published.mapping import MetricMapping
from tests.published.made_up import PLANS, as_xlsx, layout, read_made_up, values
from tests.published.releases import LEEDS, definition


def test_a_category_is_a_code_and_a_new_outcome_is_refused() -> None:
    rows = [
        ["Area", "Year", "Outcome"],
        ["Leeds", "2023", "YES"],
        ["Leeds", "2024", "No"],
        ["Hartlepool", "2024", "Hm"],
    ]
    mapping = layout({"id": "wsoa", "value": "Outcome", "codes": {"yes": 1, "no": 0}})
    category = definition("category", value_labels={0: "No", 1: "Yes"})
    figures, _, reading = read_made_up(mapping, rows, wsoa=category)
    assert values(figures, "status", "interval_method") == [("shown", "none", 1), ("shown", "none", 0)]
    assert reading.refused_rows == {4}
    with pytest.raises(ValidationError, match="value_labels"):
        definition("category")


def test_fractions_percentages_and_dashes_are_read_as_the_publication_means_them() -> None:
    rows = [["Area", "Year", "n", "of", "share", "signed"], ["Leeds", "2023", " - ", "50", "0", "0.0%"],
            ["Leeds", "2024", "1", "61", "0.0164", "46.4%"]]  # fmt: skip
    mapping = layout(
        {"id": "a_pct", "numerator": ["n"], "denominator": ["of"], "published": "share", "published_scale": 100,
         "codes": {"-": 0}},
        {"id": "b_pct", "published": "signed"},
    )  # fmt: skip
    figures, _, _ = read_made_up(mapping, rows, a_pct=definition(), b_pct=definition())
    assert figures["value"].to_list() == pytest.approx([0, 100 / 61, 0, 46.4])
    assert figures["quality_flags"].to_list() == ["", "", "", ""]


def test_no_interval_is_made_where_the_counts_are_not_of_independent_children() -> None:
    rows = [["Area", "Year", "missed", "possible"], ["Leeds", "2024", "10", "40"]]
    given = {"id": "a_pct", "numerator": ["missed"], "denominator": ["possible"], "interval": "none"}
    figures, _, _ = read_made_up(layout(given), rows, a_pct=definition(interval_reason="sessions are not children"))
    assert figures.select("value", "numerator", "lower", "interval_method").rows() == [(25, 10, None, "none")]
    with pytest.raises(ValidationError, match="interval_reason"):
        MetricMapping.model_validate(given | {"definition": definition().model_dump()})


def test_a_metric_that_some_editions_lack_is_a_note_and_any_other_a_fault() -> None:
    rows = [["Area", "Year", "Plans"], ["Leeds", "2024", "1"]]
    late = {"id": "late_count", "value": "Late"}
    figures, _, reading = read_made_up(layout(PLANS, late | {"optional": True}), rows)
    assert figures.height == 1 and not reading.faults
    assert reading.warnings == ["optional columns that are not in the file: Late"]
    assert read_made_up(layout(PLANS, late), rows)[2].faults


def test_columns_of_one_name_are_one_where_they_agree_and_numbered_where_they_differ() -> None:
    rows = [["t", "", "", "", ""], ["Area", "Year", "Plans", "Plans", "Year"], ["Leeds", "2024", "1", "2", "2024"]]
    figures, _, _ = read_made_up(layout({"id": "p_count", "value": "Plans (2)"}, header={"find": "Area"}), rows)
    assert values(figures, "geography_code") == [(LEEDS, 2)]


def test_a_balance_may_lie_below_zero_and_nothing_else() -> None:
    rows = [["Area", "Year", "share", "spent", "of"], ["Leeds", "2024", "-12.5", "-30", "10"]]
    spent = {"id": "a_gbp", "numerator": ["spent"], "denominator": ["of"], "base": 1}
    mapping = layout({"id": "a_pct", "published": "share"}, spent)
    told = {
        signed: read_made_up(mapping, rows, a_pct=definition(signed=signed), a_gbp=definition("gbp", signed=signed))[0]
        for signed in (True, False)
    }
    assert values(told[True], "metric_id", "status") == [("a_gbp", "shown", -3), ("a_pct", "shown", -12.5)]
    assert told[False]["status"].to_list() == ["unreliable", "unreliable"]


def test_the_error_of_a_formula_is_a_cell_that_holds_what_the_spreadsheet_shows() -> None:
    rows = [["Area", "Year", "Plans"], ["Leeds", "2024", "1"], ["Hartlepool", "2024", "#N/A"]]
    figures, _, reading = read_made_up(layout(PLANS), as_xlsx({"S": rows}))
    assert figures.height == 1 and reading.problems[0].found == "'#N/A'"
    figures, _, _ = read_made_up(layout(PLANS, symbols={"#N/A": "unavailable"}), as_xlsx({"S": rows}))
    assert figures["status"].to_list() == ["unavailable", "shown"]


def test_columns_named_like_a_pattern_are_columns() -> None:
    rows = [["*", "*", "^A.*$", "Area", "Year", "Plans"], ["1", "1", "2", "Leeds", "2024", "3"]]
    figures, _, _ = read_made_up(layout(PLANS), rows)
    assert values(figures, "geography_code") == [(LEEDS, 3)]
