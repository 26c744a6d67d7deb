"""Each thing a mapping can declare about a table, on made-up tables small enough to check by eye."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.published.mapping import MetricMapping
from tests.published.made_up import accounts, as_csv, as_ods, as_xlsx, layout, read_made_up
from tests.published.releases import ENGLAND, HARTLEPOOL, LEEDS, NORTH_EAST, definition

DORSET_BEFORE_2019, DORSET = "E10000009", "E06000059"
CHESHIRE_AND_MERSEYSIDE, DEVON_ICB = "E54000008", "E54000037"
PLANS = {"id": "plans_count", "value": "Plans"}


def values(figures: Any, *columns: str) -> list[tuple[Any, ...]]:
    return figures.select(*columns, "value").rows()


def test_names_in_any_spelling_are_areas_and_a_name_means_who_bore_it_then() -> None:
    rows = [["Area", "Year", "Plans"], ["HARTLEPOOL2", "2024", "1"], ["Dorset", "2018", "2"], ["Dorset", "2024", "3"],
            ["England and Wales", "2024", "4"], ["Hartlepol", "2024", "5"]]  # fmt: skip
    area = {"level": {"fixed": "la"}, "name": "Area", "set_aside": ["England and *"]}
    figures, table, reading = read_made_up(layout(PLANS, area=area), rows)
    assert values(figures, "geography_code") == [(HARTLEPOOL, 1), (DORSET, 3), (DORSET_BEFORE_2019, 2)]
    assert reading.scope_counts() == {"the mapping sets England and Wales aside": 1}
    (problem,) = reading.problems
    assert (problem.row, problem.column, "Hartlepool" in problem.do) == (6, "Area", True)
    assert accounts(table, reading) == {"read": 5, "refused": 1, "aside": 1, "loaded": 3}


def test_a_known_name_does_not_mend_an_unknown_code() -> None:
    rows = [["Code", "Area", "Year", "Plans"], ["E06999999", "Leeds", "2024", "1"], ["383", "", "2024", "2"]]
    area = {"level": {"fixed": "la"}, "code": "Code", "name": "Area"}
    figures, _, reading = read_made_up(layout(PLANS, area=area), rows)
    assert values(figures, "geography_code") == [(LEEDS, 2)]
    assert reading.refused_rows == {2}


def test_a_table_without_a_column_for_the_area_is_refused_whole() -> None:
    rows = [["Year", "Plans"], ["2024", "1"]]
    figures, _, reading = read_made_up(layout(PLANS, area={"level": {"fixed": "la"}}), rows)
    assert not figures.height and [p.rule for p in reading.faults] == ["No column says the area"]
    # There is one country.
    figures, _, _ = read_made_up(layout(PLANS, area={"level": {"fixed": "country"}}), rows)
    assert values(figures, "geography_code") == [(ENGLAND, 1)]


def test_levels_in_the_words_of_the_file_and_rows_of_other_levels_are_named() -> None:
    rows = [["Kind", "Area", "Year", "Plans"], ["Nation", "England", "2024", "9"], ["Area", "North East", "2024", "4"],
            ["Council", "Leeds", "2024", "1"], ["Ward", "Seaton", "2024", "1"]]  # fmt: skip
    area = {"level": "Kind", "name": "Area", "levels": {"nation": "country", "area": "region", "council": "la"}}
    figures, _, reading = read_made_up(layout(PLANS, area=area), rows)
    assert values(figures, "geography_code") == [(LEEDS, 1), (NORTH_EAST, 4), (ENGLAND, 9)]
    assert reading.scope_counts() == {"geographic level Ward is not used": 1}


def test_counts_of_sub_icbs_are_added_up_and_a_withheld_or_missing_place_withholds_the_sum() -> None:
    # Devon has one place; Cheshire and Merseyside nine: the second month suppresses one of them, the third lacks one.
    cheshire = ["01F", "01J", "01T", "01V", "01X", "02E", "12F", "27D", "99A"]
    rows = [["Place", "Month", "Open"], *([place, "2023-01", "10"] for place in cheshire)]
    rows += [[place, "2023-02", "*" if place == "01J" else "10"] for place in cheshire]
    rows += [[place, "2023-03", "10"] for place in cheshire[1:]]
    rows += [["15N", "2023-01", "7"], ["UNKNOWN", "2023-01", "3"]]
    mapping = layout(
        {"id": "open_count", "value": "Open"},
        period="month",
        time={"column": "Month"},
        area={"level": {"fixed": "sub_icb"}, "code": "Place", "set_aside": ["unknown"]},
    )
    figures, table, reading = read_made_up(mapping, rows)
    assert figures.select("geography_code", "period_start", "value", "status").rows() == [
        (CHESHIRE_AND_MERSEYSIDE, date(2023, 1, 1), 90, "shown"),
        (CHESHIRE_AND_MERSEYSIDE, date(2023, 2, 1), None, "suppressed"),
        (CHESHIRE_AND_MERSEYSIDE, date(2023, 3, 1), None, "unavailable"),
        (DEVON_ICB, date(2023, 1, 1), 7, "shown"),
    ]
    assert figures["status_reason"].drop_nulls().to_list() == ["1 of 9 places withheld or not published"] * 2
    assert accounts(table, reading) == {"read": 28, "refused": 0, "aside": 1, "loaded": 27}


def test_an_icb_may_bear_the_name_of_a_local_authority_and_nhs_regions_are_not_ours() -> None:
    rows = [["Area", "Year", "Plans"], ["DEVON", "2024", "1"], ["NHS Devon ICB", "2023", "2"], ["ENGLAND", "2024", "3"],
            ["LONDON", "2024", "4"]]  # fmt: skip
    area = {"level": {"fixed": "any"}, "name": "Area", "nhs": True}
    figures, _, reading = read_made_up(layout(PLANS, area=area), rows)
    assert values(figures, "geography_code") == [(DEVON_ICB, 2), (DEVON_ICB, 1), (ENGLAND, 3)]
    assert reading.scope_counts() == {"NHS England region LONDON is not an area of ours": 1}


@pytest.mark.parametrize(
    ("period", "time", "cells", "first", "last"),
    [
        ("academic_year", {"fixed": "2021-22"}, ["", ""], date(2021, 9, 1), date(2022, 8, 31)),
        ("month", {"file_name": r"_(\d{4}-\d{2})"}, ["", ""], date(2023, 3, 1), date(2023, 3, 31)),
        ("term", {"column": "A", "identifier": "B"}, ["202425", "Spring term"], date(2025, 1, 1), date(2025, 3, 31)),
        ("month", {"start": "A", "end": "B"}, ["01/02/2024", "29/02/2024"], date(2024, 2, 1), date(2024, 2, 29)),
        ("quarter", {"start": "A", "end": "B"}, ["2024-01-01", "2024-03-31"], date(2024, 1, 1), date(2024, 3, 31)),
        ("reporting_year", {"column": "A"}, ["31/03/2021", ""], date(2020, 4, 1), date(2021, 3, 31)),
        ("day", {"day": "A"}, ["2017-03-27T00:00:00", ""], date(2017, 3, 27), date(2017, 3, 27)),
    ],
)  # fmt: skip
def test_the_period_stands_where_the_mapping_says(
    period: str, time: dict[str, str], cells: list[str], first: date, last: date
) -> None:
    rows = [["Area", "A", "B", "Plans"], ["Leeds", *cells, "1"]]
    figures, _, reading = read_made_up(
        layout(PLANS, period=period, time=time), rows, "made_2023-03-01.csv".replace("made", "up")
    )
    assert figures.select("period_type", "period_start", "period_end").rows() == [(period, first, last)], (
        reading.problems
    )


@pytest.mark.parametrize(
    ("period", "time", "cells"),
    [
        ("month", {"start": "A", "end": "B"}, ["01/07/2022", "01/07/2022"]),
        ("financial_year", {"start": "A", "end": "B"}, ["01/07/2022", "30/06/2023"]),
        ("term", {"column": "A", "identifier": "B"}, ["202425", "Harvest term"]),
        ("month", {"column": "A"}, ["202313", ""]),
        ("day", {"day": "A"}, ["31/02/2024", ""]),
    ],
)
def test_a_time_that_is_no_period_of_the_kind_is_refused(period: str, time: dict[str, str], cells: list[str]) -> None:
    rows = [["Area", "A", "B", "Plans"], ["Leeds", *cells, "1"]]
    figures, _, reading = read_made_up(layout(PLANS, period=period, time=time), rows)
    assert not figures.height and reading.refused_rows == {2}


def test_the_mapping_says_time_in_one_way() -> None:
    with pytest.raises(ValidationError, match="give one of"):
        layout(PLANS, time={"fixed": "2024", "column": "Year"})
    with pytest.raises(ValidationError, match="give one of"):
        layout(PLANS, time={"start": "A"})


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


def test_a_long_table_is_pivoted_and_every_row_of_it_has_one_fate() -> None:
    rows = [["Area", "Year", "Name", "Figure"], ["Leeds", "2024", "waiting", "30"], ["Leeds", "2024", "LONG", "12"],
            ["Leeds", "2024", "other", "5"], ["Leeds", "2024", "waiting", "30"], ["Hartlepool", "2024", "waiting", "8"],
            ["Hartlepool", "2024", "long", "eight"]]  # fmt: skip
    mapping = layout(
        {"id": "long_pct", "numerator": ["long"], "denominator": ["waiting"]},
        pivot={"names": "Name", "values": "Figure"},
    )
    figures, table, reading = read_made_up(mapping, rows, long_pct=definition())
    assert values(figures, "geography_code", "numerator", "denominator") == [(LEEDS, 12, 30, 40)]
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


TITLED = [
    ["Table 1: Appeals1 by area, June 2024", "", "", "", ""],
    ["Local Authority", "2023", "", "2024", ""],
    ["", "Appeals4", "Decisions1,9", "Appeals4", "Decisions1,9"],
    ["NORTH EAST", "", "", "", ""],
    ["Hartlepool", "4", "40", "5", "1,000"],
    ["Leeds3", "..", "..", "1", "20"],
    ["", "", "", "", ""],
    ["Sources:", "Two collections of the department", "", "", ""],
    ["1. What is an appeal", "", "", "", ""],
]
APPEALS = layout(
    {"id": "appeal_rate_pct", "numerator": ["Appeals"], "denominator": ["Decisions"]},
    header={"find": "local authority", "depth": 2, "footnote_digits": True},
    area={"level": {"fixed": "la"}, "name": "Local Authority", "region_totals": True},
    time={"header": True},
    sheets=["Table*"],
)


@pytest.mark.parametrize(
    "content",
    [
        as_csv(TITLED),
        as_csv(TITLED[:1])[:-5] + b"\n" + as_csv(TITLED[1:]),
        as_xlsx({"Cover": [["Nothing"]], "Table 1": TITLED}),
        as_ods({"Cover": [["Nothing"]], "Table 1": TITLED}),
        as_ods({"Table 1": TITLED}, mimetype=False),
    ],
    ids=["CSV", "CSV with a short title row", "XLSX", "ODS", "ODS without mimetype"],
)
def test_titles_merged_year_headers_headings_and_notes(content: bytes) -> None:
    figures, table, reading = read_made_up(APPEALS, content, appeal_rate_pct=definition())
    assert figures.select("geography_code", "period_start", "numerator", "denominator", "status").rows() == [
        (HARTLEPOOL, date(2023, 1, 1), 4, 40, "shown"),
        (HARTLEPOOL, date(2024, 1, 1), 5, 1000, "shown"),
        (LEEDS, date(2023, 1, 1), None, None, "unavailable"),
        (LEEDS, date(2024, 1, 1), 1, 20, "shown"),
    ]
    assert figures.select("source_row", "source_column").row(1) == (5, "2024 / Appeals / Decisions")
    assert reading.scope_counts() == {"a note beneath the table": 2, "a heading without figures": 1}
    assert accounts(table, reading) == {"read": 6, "refused": 0, "aside": 4, "loaded": 2}


def test_the_period_stands_in_the_title_and_rows_under_the_header_are_left_out() -> None:
    rows = [["Waits by service, June 2024"], ["Area", "Plans"], ["name", "number"], ["Leeds", "3"]]
    mapping = layout(PLANS, period="month", time={"title": r", (\w+ \d{4})"}, header={"row": 2, "skip": 1})
    figures, _, _ = read_made_up(mapping, as_xlsx({"S": rows}))
    assert values(figures, "period_start") == [(date(2024, 6, 1), 3)]


def test_sheets_of_one_kind_are_stacked_and_each_figure_names_its_sheet() -> None:
    book = {"Cover": [["x"]], "Plans 2023": [["Area", "Plans"], ["Leeds", "3"], ["Nowhere", "5"]],
            "Plans 2024": [["Area", "Plans"], ["Leeds", "4"], ["", ""], ["Hartlepool", "n"]]}  # fmt: skip
    mapping = layout(
        {**PLANS, "where": {"sheet": ["Plans 2023", "Plans 2024"]}}, sheets=["plans *"], time={"fixed": "2024"}
    )
    figures, table, reading = read_made_up(mapping, as_xlsx(book), "book.xlsx")
    places = sorted((p.place(), p.rule) for p in reading.problems)
    assert places == [
        ("book.xlsx, sheet Plans 2023, row 2", "Two rows give one figure different values"),
        ("book.xlsx, sheet Plans 2023, row 3, column Area", "The area code is not recognised"),
        ("book.xlsx, sheet Plans 2024, row 2", "Two rows give one figure different values"),
        ("book.xlsx, sheet Plans 2024, row 4, column Plans", "Text where a number belongs"),
    ]
    assert accounts(table, reading) == {"read": 5, "refused": 4, "aside": 1, "loaded": 0}
    mapping = layout(
        {**PLANS, "where": {"sheet": "Plans 2023"}},
        {"id": "later_count", "value": "Plans", "where": {"sheet": "Plans 2024"}},
        sheets=["plans *"],
        time={"fixed": "2024"},
    )
    figures, _, _ = read_made_up(mapping, as_xlsx(book), "book.xlsx")
    assert values(figures, "source_row", "source_column") == [(2, "Plans 2024!Plans", 4), (2, "Plans 2023!Plans", 3)]


def test_sheets_side_by_side_make_one_row_an_area_and_count_every_row() -> None:
    book = {
        "All": [
            ["Kind", "Area", "Ears"],
            ["LA", "Leeds", "40"],
            ["", "Hartlepool", "10"],
            ["Trust", "T", "1"],
        ],
        "Long": [
            ["Kind", "Area", "Ears"],
            ["LA", "Hartlepool", "2"],
            ["", "Leeds", "10"],
            ["Trust", "T", "1"],
        ],
    }
    mapping = layout(
        {"id": "long_pct", "numerator": ["long: Ears"], "denominator": ["all: Ears"]},
        sheets={"all": "All", "long": "Lo*"},
        fill_down=["Sort"],
        renamed={"Sort": ["Kind"]},
        area={"level": "Sort", "name": "Area", "levels": {"LA": "la"}},
        time={"fixed": "2024"},
    )
    figures, table, reading = read_made_up(mapping, as_xlsx(book), "b.xlsx", long_pct=definition())
    assert values(figures, "geography_code", "source_row") == [(HARTLEPOOL, 3, 20), (LEEDS, 2, 25)]
    assert reading.scope_counts() == {"geographic level Trust is not used": 2}
    assert accounts(table, reading) == {"read": 6, "refused": 0, "aside": 2, "loaded": 4}


def test_a_sheet_that_is_not_there_is_named_with_those_that_are() -> None:
    figures, table, _ = read_made_up(layout(PLANS, sheets=["Table 9"]), as_xlsx({"One": [["Area"]], "Two": []}))
    assert not figures.height and "One, Two" in table.faults[0].found


def test_columns_of_one_name_are_one_where_they_agree_and_numbered_where_they_differ() -> None:
    rows = [["t", "", "", "", ""], ["Area", "Year", "Plans", "Plans", "Year"], ["Leeds", "2024", "1", "2", "2024"]]
    figures, _, _ = read_made_up(layout({"id": "p_count", "value": "Plans (2)"}, header={"find": "Area"}), rows)
    assert values(figures, "geography_code") == [(LEEDS, 2)]


def test_a_metric_of_another_period_type_than_its_dataset() -> None:
    rows = [["Area", "Year", "Plans"], ["Leeds", "2024", "1"]]
    figures, _, _ = read_made_up(layout(PLANS | {"period": "january_census"}), rows)
    assert figures.select("period_type", "period_start").rows() == [("january_census", date(2024, 1, 18))]


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
