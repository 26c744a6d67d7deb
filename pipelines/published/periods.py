"""Published time codes → a period with a type, a first and a last day. Never a bare year."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.published.mapping import PeriodType

# LAIT marks the state of a figure in brackets after the year.
_MARKS = {"prov": "provisional", "rev": "revised", "final": "final", "ot": "outturn"}
_FORM = re.compile(r"^(\d{4})(?:[/-]?(\d{4}|\d{2}))?\s*(?:\(([A-Za-z]+)\))?$", re.ASCII)
_IDENTIFIERS: dict[PeriodType, set[str]] = {
    "calendar_year": {"calendar year"},
    "academic_year": {"academic year"},
    "january_census": {"academic year", "calendar year", "reporting year", "january"},
    "financial_year": {"financial year"},
    "reporting_year": {"reporting year"},
}


@dataclass(frozen=True)
class Period:
    """A period as figures carry it; `ending` is the calendar year it ends in; `mark` a quality flag or empty."""

    type: PeriodType
    start: date
    end: date
    ending: int
    mark: str = ""


def third_thursday_of_january(year: int) -> date:
    """Census day: the school census, the AP census and the plan caseload are counted on it."""
    first = date(year, 1, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 14)


def read_period(text: str, identifier: str | None, kind: PeriodType) -> Period | None:
    """A period from a code such as `2024`, `202425`, `2024/25`, `2024-25 (OT)`, or None when it cannot be one.

    `identifier` is the EES `time_identifier`, None where the layout has none. A bare year names an academic,
    financial or reporting year by the year it ends in, as LAIT does.
    """
    match = _FORM.match(text.strip())
    if not match or (identifier is not None and identifier.strip().casefold() not in _IDENTIFIERS.get(kind, set())):
        return None
    year, span, mark = int(match[1]), match[2], (match[3] or "").casefold()
    if not 1990 <= year <= 2100 or (mark and mark not in _MARKS):
        return None
    if span is not None and int(span) != (year + 1) % 10 ** len(span):
        return None
    flag = _MARKS.get(mark, "")
    ending = year if span is None else year + 1
    if kind == "calendar_year":
        return None if span else Period(kind, date(year, 1, 1), date(year, 12, 31), year, flag)
    if kind == "january_census":
        day = third_thursday_of_january(ending)
        return Period(kind, day, day, ending, flag)
    first_month = {"academic_year": 9, "financial_year": 4, "reporting_year": 9}.get(kind)
    if first_month is None:
        return None
    start = date(ending - 1, first_month, 1)
    return Period(kind, start, date(ending, first_month, 1) - timedelta(days=1), ending, flag)
