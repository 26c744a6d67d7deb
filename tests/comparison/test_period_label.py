"""Periods are called what their publications call them."""

from datetime import date

import pytest

from pipelines.comparison.period_label import period_label


@pytest.mark.parametrize(
    ("period_type", "start", "end", "label"),
    [
        ("calendar_year", date(2024, 1, 1), date(2024, 12, 31), "2024"),
        ("academic_year", date(2023, 9, 1), date(2024, 8, 31), "2023/24"),
        ("academic_year", date(1999, 9, 1), date(2000, 8, 31), "1999/00"),
        ("financial_year", date(2024, 4, 1), date(2025, 3, 31), "2024-25"),
        ("january_census", date(2025, 1, 16), date(2025, 1, 16), "January 2025"),
        ("month", date(2025, 3, 1), date(2025, 3, 31), "March 2025"),
        ("quarter", date(2025, 1, 1), date(2025, 3, 31), "January to March 2025"),
        ("term", date(2024, 9, 1), date(2024, 12, 31), "Autumn term 2024/25"),
        ("term", date(2025, 1, 1), date(2025, 3, 31), "Spring term 2024/25"),
        ("term", date(2025, 4, 1), date(2025, 7, 31), "Summer term 2024/25"),
        ("term", date(2024, 9, 1), date(2025, 3, 31), "Autumn and spring terms 2024/25"),
        ("day", date(2024, 3, 5), date(2024, 3, 5), "5 March 2024"),
        ("reporting_year", date(2023, 9, 1), date(2024, 8, 31), "2024"),
        ("reporting_year", date(2023, 4, 1), date(2024, 3, 31), "Year to March 2024"),
        ("three_years", date(2021, 9, 1), date(2024, 8, 31), "2021-09-01 to 2024-08-31"),
    ],
)
def test_label(period_type, start, end, label):
    assert period_label(period_type, start, end) == label
