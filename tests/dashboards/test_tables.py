"""Tables and pictures inside them: semantic, escaped, and equal to the rows they were made from."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dashboards.tables.figure_cell import figure_cell, figure_text
from dashboards.tables.html import Group, Table, render, text
from dashboards.tables.measures import course
from dashboards.tables.plain import plain_table
from dashboards.tables.sparkline import sparkline

METRIC = {"unit": "percent", "decimals": 1, "interval_reason": None}


class Outline(HTMLParser):
    """Tags with their attributes, and the text of each cell."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_a_cell_holds_it_stays_text(heading: str, cell: str) -> None:
    markup = render(Table(heading, ("A", "B"), [Group([[text(heading), text(cell)]], heading)]))
    assert {tag for tag, _ in Outline(markup).tags} <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "span"}


def test_every_row_and_column_has_a_header_for_screen_readers() -> None:
    tags = Outline(plain_table(pl.DataFrame({"Area": ["Leeds", "Kent"], "Value": ["1", "2"]}), "Two areas")).tags
    scopes = [given.get("scope") for tag, given in tags if tag == "th"]
    assert scopes == ["col", "col", "row", "row"]
    assert ("caption", {}) in tags
    assert {given.get("data-label") for tag, given in tags if tag == "td"} == {"Value"}


def test_a_value_that_is_not_shown_never_prints_a_number() -> None:
    row = {"status": "suppressed", "status_reason": "published as c", "value": 3.0, "lower": 1.0, "upper": 5.0}
    cell = figure_cell(row, METRIC)
    assert "Suppressed" in cell.html
    assert not re.search(r"\d", cell.html)
    assert figure_text(row, METRIC) == "Suppressed"


def test_a_sparkline_breaks_at_a_gap_and_says_its_ends() -> None:
    picture = sparkline([1.0, None, 2.0, 3.0], "Leeds: 1 in 2020, 3 in 2023")
    drawn = unquote(picture)
    assert 'alt="Leeds: 1 in 2020, 3 in 2023"' in picture
    assert len(re.findall("M", re.search(r'd="([^"]+)"', drawn).group(1))) == 2  # type: ignore[union-attr]
    assert sparkline([1.0, None], "one value is no line") == ""


def test_a_course_that_ends_before_the_newest_period_says_when() -> None:
    area, metric = {"name": "Leeds"}, {"unit": "percent", "decimals": 1}
    held = {"period": ["2022", "2023", "2024"], "value": [1.0, 2.0, 3.0], "status": ["shown"] * 3}
    drawn = course(area, metric, pl.DataFrame(held))
    assert drawn == ([1.0, 2.0, 3.0], "Leeds: 1.0% in 2022, 3.0% in 2024", "2022 on")
    gone = held | {"value": [1.0, 2.0, None], "status": ["shown", "shown", "suppressed"]}
    assert course(area, metric, pl.DataFrame(gone)) == (
        [1.0, 2.0, None], "Leeds: 1.0% in 2022, 2.0% in 2023", "2022 to 2023")  # fmt: skip
    assert course(area, metric, pl.DataFrame(gone).tail(2)) == ([], "", "one period only")
    assert course(area, metric, pl.DataFrame(gone).tail(1)) is None
