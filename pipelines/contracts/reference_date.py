"""The day a return is about (census day), from its period."""

from datetime import date, timedelta
from typing import Literal

ReferenceDate = Literal["third_thursday_of_january", "school_census_day"]

_THURSDAY = 3
# Term → month of census day, and which Thursday of that month it is.
_CENSUS_DAYS = {"spring": (1, 3), "summer": (5, 3), "autumn": (10, 1)}


def reference_date(rule: ReferenceDate, period: str) -> date:
    """Census day of a period such as `2025` or `2025-spring`."""
    year = int(period[:4])
    if rule == "third_thursday_of_january":
        return _nth_thursday(year, 1, 3)
    month, nth = _CENSUS_DAYS[period[5:]]
    return _nth_thursday(year, month, nth)


def latest_period(rule: ReferenceDate, today: date) -> str:
    """The period whose census day was last, on or before `today`."""
    years = (str(today.year - 1), str(today.year))
    terms = ("",) if rule == "third_thursday_of_january" else tuple(f"-{term}" for term in _CENSUS_DAYS)
    periods = [f"{year}{term}" for year in years for term in terms]
    return max((p for p in periods if reference_date(rule, p) <= today), key=lambda p: reference_date(rule, p))


def _nth_thursday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7 + 7 * (nth - 1))
