"""Periods of a table: where the mapping says they stand, and what is no period of the kind."""

from datetime import date

import pytest
from pydantic import ValidationError

from tests.published.made_up import PLANS, layout, read_made_up


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


def test_a_metric_of_another_period_type_than_its_dataset() -> None:
    rows = [["Area", "Year", "Plans"], ["Leeds", "2024", "1"]]
    figures, _, _ = read_made_up(layout(PLANS | {"period": "january_census"}), rows)
    assert figures.select("period_type", "period_start").rows() == [("january_census", date(2024, 1, 18))]
