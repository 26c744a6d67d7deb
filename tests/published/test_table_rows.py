"""Rows of a table: those that are kept, those that repeat, long tables, and the breakdowns that rows belong to."""

from tests.published.made_up import PLANS, accounts, layout, read_made_up, values
from tests.published.releases import LEEDS, definition


def test_rows_are_kept_and_picked_and_the_others_are_named() -> None:
    rows = [["Area", "Year", "Phase", "Who", "What", "Figure"], ["Leeds", "2024", "TOTAL", "EHC plan", "rate", "1"],
            ["Leeds", "2024", "Total", "SEN support", "rate", "2"], ["Leeds", "2024", "Primary", "any", "rate", "3"],
            ["Leeds", "2024", "Total", "EHC plan", "people", "many"]]  # fmt: skip
    mapping = layout(
        {"id": "plan_count", "value": "Figure", "where": {"Who": "ehc plan", "What": "rate"}},
        {"id": "support_count", "value": "Figure", "where": {"Who": ["SEN support"], "What": "rate"}},
        keep={"Phase": ["Total"]},
    )
    figures, table, reading = read_made_up(mapping, rows)
    assert values(figures, "metric_id", "source_row") == [("plan_count", 2, 1), ("support_count", 3, 2)]
    assert reading.scope_counts() == {"Phase is Primary": 1, "no metric is mapped for rows of this kind": 1}
    assert not reading.problems and accounts(table, reading)["loaded"] == 2


def test_rows_that_only_another_column_tells_apart_are_refused_for_a_metric_that_does_not_ask_for_it() -> None:
    rows = [["Area", "Year", "Who", "Figure"], ["Leeds", "2024", "a", "1"], ["Leeds", "2024", "b", "2"]]
    mapping = layout({"id": "x_count", "value": "Figure", "where": {"Who": ["a", "b"]}})
    figures, _, reading = read_made_up(mapping, rows)
    assert not figures.height and reading.refused_rows == {2, 3}


def test_two_rows_that_disagree_are_refused_once_however_many_metrics_read_them() -> None:
    rows = [["Area", "Year", "Who", "Figure", "Other"], ["Leeds", "2024", "a", "1", "3"],
            ["Leeds", "2024", "b", "2", "4"], ["Leeds", "2023", "a", "5", "6"]]  # fmt: skip
    both = {"where": {"Who": ["a", "b"]}}
    mapping = layout({"id": "x_count", "value": "Figure", **both}, {"id": "y_count", "value": "Other", **both})
    figures, table, reading = read_made_up(mapping, rows)
    assert [(p.row, p.rule) for p in reading.problems] == [
        (2, "Two rows give one figure different values"),
        (3, "Two rows give one figure different values"),
    ]
    assert "of row 2" not in reading.problems[0].found and "as row 2" in reading.problems[1].found
    assert values(figures, "metric_id", "source_row") == [("x_count", 4, 5), ("y_count", 4, 6)]
    assert accounts(table, reading) == {"read": 3, "refused": 2, "aside": 0, "loaded": 1}


def test_a_long_table_is_pivoted_and_every_row_of_it_has_one_fate() -> None:
    rows = [["Area", "Year", "Name", "Figure"], ["Leeds", "2024", "waiting", "30"], ["Leeds", "2024", "LONG", "12"],
            ["Leeds", "2024", "other", "5"], ["Leeds", "2024", "waiting", "30"], ["Hartlepool", "2024", "waiting", "8"],
            ["Hartlepool", "2024", "long", "eight"]]  # fmt: skip
    mapping = layout(
        {"id": "long_pct", "numerator": ["long"], "denominator": ["waiting"]},
        pivot={"names": "Name", "values": "Figure"},
    )
    figures, table, reading = read_made_up(mapping, rows, long_pct=definition())
    # The figure names the row of its numerator, as the problem names the row of the cell.
    assert values(figures, "geography_code", "source_row", "numerator", "denominator") == [(LEEDS, 3, 12, 30, 40)]
    assert [(p.row, p.rule) for p in reading.problems] == [(7, "Text where a number belongs")]
    assert reading.scope_counts() == {"no metric is mapped for Name other": 1, "the row repeats an earlier one": 1}
    assert reading.refused_rows == {6, 7}
    assert accounts(table, reading) == {"read": 6, "refused": 2, "aside": 2, "loaded": 2}


def test_columns_that_each_split_the_rows_make_at_most_two_breakdowns() -> None:
    rows = [["Area", "Year", "Sex", "Age", "Need", "Plans"], ["Leeds", "2024", "Total", "All", "Total", "9"],
            ["Leeds", "2024", "Female", "All", "Total", "4"], ["Leeds", "2024", "Female", "Age 5", "Total", "1"],
            ["Leeds", "2024", "Female", "Age 5", "Autistic spectrum disorder", "1"],
            ["Leeds", "2024", "Total", "Age 500", "Total", "0"]]  # fmt: skip
    mapping = layout(
        PLANS,
        dimensions=[
            {"column": "Sex", "breakdown": "sex"},
            {"column": "Age", "breakdown": "age", "totals": ["all"]},
            {"column": "Need", "breakdown": "primary_need"},
        ],
    )
    figures, _, reading = read_made_up(mapping, rows)
    assert values(figures, "breakdown_1", "value_1", "breakdown_2", "value_2") == [
        ("sex", "female", "age", "age_5", 1),
        ("sex", "female", "total", "total", 4),
        ("total", "total", "total", "total", 9),
    ]
    assert set(reading.scope_counts()) == {
        "the row is split more than two ways",
        "breakdown 'Age' with value 'Age 500' is not in breakdowns.yaml",
    }


def test_topic_and_value_may_stand_in_columns_of_other_names() -> None:
    rows = [
        ["Area", "Year", "kind", "of", "Plans"],
        ["Leeds", "2024", "All", "x", "3"],
        ["Leeds", "2024", "Sex", "Male", "2"],
    ]
    mapping = layout(PLANS, characteristic={"topic": "kind", "value": "of"}, totals=["All"], topics={"Sex": "sex"})
    figures, _, _ = read_made_up(mapping, rows)
    assert values(figures, "value_1") == [("male", 2), ("total", 3)]
