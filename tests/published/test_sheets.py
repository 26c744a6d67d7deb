"""Sheets of a workbook as one table: one below another, or side by side."""

from datetime import date
from typing import Any

from tests.published.made_up import PLANS, accounts, as_xlsx, layout, read_made_up, values
from tests.published.releases import HARTLEPOOL, LEEDS, NORTH_EAST, definition


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
    # The row and the sheet are those of the numerator.
    assert values(figures, "geography_code", "source_row") == [(HARTLEPOOL, 2, 20), (LEEDS, 3, 25)]
    assert set(figures["source_column"]) == {"Long!long: Ears / all: Ears"}
    assert reading.scope_counts() == {"geographic level Trust is not used": 2}
    assert accounts(table, reading) == {"read": 6, "refused": 0, "aside": 2, "loaded": 4}


EARS = {"All": [["Area", "Ears"], ["Leeds", "40"], ["Hartlepool", "10"], ["North East", "9"]],
        "Long": [["Area", "Ears"], ["Hartlepool", "x9"], ["Leeds", "10"]]}  # fmt: skip
SIDE_BY_SIDE: dict[str, Any] = {
    "sheets": {"all": "All", "long": "Long"},
    "area": {"level": {"fixed": "any"}, "name": "Area"},
    "time": {"fixed": "2024"},
}


def test_a_bad_cell_is_reported_in_the_sheet_and_row_that_it_stands_in() -> None:
    long, whole = {"id": "long_count", "value": "long: Ears"}, {"id": "all_count", "value": "all: Ears"}
    figures, table, reading = read_made_up(layout(whole, long, **SIDE_BY_SIDE), as_xlsx(EARS), "b.xlsx")
    assert [p.place() for p in reading.problems] == ["b.xlsx, sheet Long, row 2, column long: Ears"]
    assert accounts(table, reading) == {"read": 5, "refused": 2, "aside": 0, "loaded": 3}
    assert values(figures, "metric_id", "geography_code", "source_row", "source_column") == [
        ("all_count", LEEDS, 2, "All!all: Ears", 40),
        ("all_count", NORTH_EAST, 4, "All!all: Ears", 9),
        ("long_count", LEEDS, 3, "Long!long: Ears", 10),
    ]


def test_a_cell_that_does_not_exist_was_not_left_blank_by_anybody() -> None:
    share = {"id": "long_pct", "numerator": ["long: Ears"], "denominator": ["all: Ears"]}
    book = EARS | {"Long": [["Area", "Ears"], ["Hartlepool", ""], ["Leeds", "10"]]}
    figures, _, _ = read_made_up(layout(share, **SIDE_BY_SIDE), as_xlsx(book), "b.xlsx", long_pct=definition())
    assert values(figures, "geography_code", "status", "status_reason") == [
        (HARTLEPOOL, "unavailable", "left blank by the publisher", None),
        (LEEDS, "shown", None, 25),
        (NORTH_EAST, "unavailable", "no figure was published", None),
    ]
    # One below another: a sheet without the column has no figure to show.
    late = {"id": "late_count", "value": "Late"}
    years = {"2023": [["Area", "Plans"], ["Leeds", "3"]], "2024": [["Area", "Plans", "Late"], ["Leeds", "4", ""]]}
    figures, _, _ = read_made_up(
        layout(PLANS, late, sheets=["20*"], time={"column": "sheet"}), as_xlsx(years), "b.xlsx"
    )
    assert values(figures, "metric_id", "period_start", "status_reason") == [
        ("late_count", date(2024, 1, 1), "left blank by the publisher", None),
        ("plans_count", date(2023, 1, 1), None, 3),
        ("plans_count", date(2024, 1, 1), None, 4),
    ]


def test_a_sheet_that_is_not_there_is_named_with_those_that_are() -> None:
    figures, table, _ = read_made_up(layout(PLANS, sheets=["Table 9"]), as_xlsx({"One": [["Area"]], "Two": []}))
    assert not figures.height and "One, Two" in table.faults[0].found
