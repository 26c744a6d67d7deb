"""Tables below titles: which row the header is, what stands above, beside and beneath it, and rows that are torn."""

from datetime import date
from typing import Any

import pytest

from tests.published.made_up import PLANS, accounts, as_csv, as_ods, as_xlsx, layout, read_made_up, values
from tests.published.releases import HARTLEPOOL, LEEDS, definition

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


def test_text_in_place_of_a_figure_is_no_heading_and_a_note_stands_beneath_the_last_area() -> None:
    rows = [["Waits", "", ""], ["Area", "2023", "2024"], ["", "Plans", "Plans"], ["London", "suppressed", "suppressed"],
            ["Atlantis", "withheld", "withheld"], ["North East", "", ""], ["Leeds", "suppressed", "5"],
            ["Hartlepool", "4", "6"], ["Source", "two collections", ""]]  # fmt: skip
    mapping = layout(
        PLANS,
        header={"find": "Area", "depth": 2},
        area={"level": {"fixed": "la"}, "name": "Area", "region_totals": True},
        time={"header": True},
    )
    figures, table, reading = read_made_up(mapping, rows)
    assert sorted((p.row, p.rule) for p in reading.problems) == [
        (4, "Text where a number belongs"),
        (4, "Text where a number belongs"),
        (5, "The area code is not recognised"),
        (7, "Text where a number belongs"),
    ]
    assert values(figures, "geography_code") == [(HARTLEPOOL, 4), (HARTLEPOOL, 6)]
    assert reading.scope_counts() == {"a heading without figures": 1, "a note beneath the table": 1}
    assert accounts(table, reading) == {"read": 6, "refused": 3, "aside": 2, "loaded": 1}


def test_a_missing_column_is_named_in_the_row_of_the_header() -> None:
    rows = [["Title", "", ""], ["", "", ""], ["Area", "Year", "Plan"], ["Leeds", "2024", "5"]]
    _, _, reading = read_made_up(layout(PLANS, header={"find": "Area"}), rows)
    assert [(p.row, p.column) for p in reading.faults] == [(3, "Plans")]
    others = layout(PLANS, {"id": "a_count", "value": "a"}, {"id": "b_count", "value": "b"}, header={"find": "Area"})
    _, _, reading = read_made_up(others, rows)
    assert [(p.row, p.rule) for p in reading.faults] == [
        (3, "The file is not the table that its mapping describes"),
    ]


TORN = b'Leeds,2024,"5" x"6'


@pytest.mark.parametrize(
    ("header", "lines", "torn"),
    [
        ({"find": "Area"}, [b"Title", b"Area,Year,Plans", TORN, b"Hartlepool,2024,4", b"Leeds,2023,5"], 3),
        ({"row": 2}, [b"Title", b"Area,Year,Plans", b"Hartlepool,2024,4", TORN, b"Leeds,2023,5"], 4),
        ({"row": 2}, [b"Title", b"Area,Year,Plans", b"Hartlepool,2024,4", b"Leeds,2023,5", TORN], 5),
        ({"row": 2}, [TORN, b"Area,Year,Plans", b"Hartlepool,2024,4", b"Leeds,2023,5"], None),
        ({"row": 1, "skip": 1}, [b"Area,Year,Plans", TORN, b"Hartlepool,2024,4", b"Leeds,2023,5"], None),
    ],
    ids=["under the header", "among the data", "at the end", "above the header", "in a row that is skipped"],
)
def test_a_torn_row_is_counted_where_it_stands_and_takes_no_other_with_it(
    header: dict[str, Any], lines: list[bytes], torn: int | None
) -> None:
    figures, table, reading = read_made_up(layout(PLANS, header=header), b"\n".join(lines))
    assert values(figures, "geography_code") == [(HARTLEPOOL, 4), (LEEDS, 5)]
    assert [problem.row for problem in table.refused] == ([torn] if torn else [])
    assert accounts(table, reading) == {"read": 2 + bool(torn), "refused": int(bool(torn)), "aside": 0, "loaded": 2}


def test_a_torn_row_in_a_header_is_a_fault_of_the_file() -> None:
    lines = [b"Title", b"Area,Year,2024", b'"" x",,Plans', b"Leeds,2024,5"]
    _, table, _ = read_made_up(layout(PLANS, header={"row": 2, "depth": 2}), b"\n".join(lines))
    assert [(p.rule, p.row) for p in table.faults] == [("The header is torn", 3)]
    _, table, _ = read_made_up(layout(PLANS, header={"row": 3}), b"\n".join(lines))
    assert "row 3 do not pair" in table.faults[0].found
