"""Areas of a table: by code, by name in any spelling, at the levels of the file, and added up from places."""

from datetime import date

from tests.published.made_up import PLANS, accounts, layout, read_made_up, values
from tests.published.releases import ENGLAND, HARTLEPOOL, LEEDS, NORTH_EAST, definition

DORSET_BEFORE_2019, DORSET = "E10000009", "E06000059"
CHESHIRE_AND_MERSEYSIDE, DEVON_ICB = "E54000008", "E54000037"


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
    assert not figures.height and [(p.rule, p.row) for p in reading.faults] == [("No column says the area", 1)]
    below = layout(PLANS, area={"level": {"fixed": "la"}}, header={"row": 3})
    assert [p.row for p in read_made_up(below, [["Title", ""], ["", ""], *rows])[2].faults] == [3]
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


def test_a_sum_of_places_in_a_long_table_names_the_first_row_that_holds_what_it_adds_up() -> None:
    # Devon has one place. The row of the numerator stands below the row of the denominator.
    rows = [["Place", "Month", "Name", "Figure"], ["15N", "2023-01", "waiting", "10"], ["15N", "2023-01", "long", "4"]]
    mapping = layout(
        {"id": "waiting_count", "value": "waiting"},
        {"id": "long_pct", "numerator": ["long"], "denominator": ["waiting"]},
        period="month",
        time={"column": "Month"},
        area={"level": {"fixed": "sub_icb"}, "code": "Place"},
        pivot={"names": "Name", "values": "Figure"},
    )
    figures, table, reading = read_made_up(mapping, rows, long_pct=definition())
    assert values(figures, "metric_id", "source_row") == [("long_pct", 3, 40), ("waiting_count", 2, 10)]
    assert accounts(table, reading) == {"read": 2, "refused": 0, "aside": 0, "loaded": 2}


def test_an_icb_may_bear_the_name_of_a_local_authority_and_nhs_regions_are_not_ours() -> None:
    rows = [["Area", "Year", "Plans"], ["DEVON", "2024", "1"], ["NHS Devon ICB", "2023", "2"], ["ENGLAND", "2024", "3"],
            ["LONDON", "2024", "4"]]  # fmt: skip
    area = {"level": {"fixed": "any"}, "name": "Area", "nhs": True}
    figures, _, reading = read_made_up(layout(PLANS, area=area), rows)
    assert values(figures, "geography_code") == [(DEVON_ICB, 2), (DEVON_ICB, 1), (ENGLAND, 3)]
    assert reading.scope_counts() == {"NHS England region LONDON is not an area of ours": 1}
