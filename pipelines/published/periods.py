"""Published time codes → a period with a type, a first and a last day. Never a bare year."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.published.vocabulary import PeriodType

# LAIT marks the state of a figure in brackets after the year.
_MARKS = {"prov": "provisional", "rev": "revised", "final": "final", "ot": "outturn"}
_FORM = re.compile(r"^(\d{4})(?:[/-]?(\d{4}|\d{2}))?\s*(?:\(([A-Za-z]+)\))?$", re.ASCII)
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
_NAMED_MONTH = re.compile(r"^([a-z]{3,9})[\s-]+(\d{4}|\d{2})$", re.ASCII)
_NUMBERED_MONTH = re.compile(r"^(\d{4})-?(\d{2})$", re.ASCII)
_DAY_FIRST = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$", re.ASCII)
_YEAR_FIRST = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?$", re.ASCII)
# First month and number of months of each term, counted from the January of the year it falls in.
_TERMS = {
    "autumn term": (9, 4),
    "spring term": (1, 3),
    "summer term": (4, 5),
    "autumn and spring term": (9, 7),
}
_QUARTERS = {f"financial year q{n}": (4 + 3 * (n - 1), 3) for n in (1, 2, 3, 4)}
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
    financial or reporting year by the year it ends in, as LAIT does; a reporting year may also be given by its last
    day. A month is `January 2023`, `2023-01`, its first day, or a year with the month as identifier; a term is an
    academic year, a quarter a financial year, with its name as identifier.
    """
    text = text.strip()
    named = identifier.strip().casefold() if identifier is not None else None
    if kind == "day":
        day = read_day(text)
        return Period(kind, day, day, day.year) if day else None
    if kind == "month":
        return _month(text, named)
    if kind == "reporting_year" and (last := read_day(text)):
        return _year_to(last)
    match = _FORM.match(text)
    if not match:
        return None
    year, span, mark = int(match[1]), match[2], (match[3] or "").casefold()
    if not 1990 <= year <= 2100 or (mark and mark not in _MARKS):
        return None
    if span is not None and int(span) != (year + 1) % 10 ** len(span):
        return None
    if kind in ("term", "quarter"):
        first, months = (_TERMS if kind == "term" else _QUARTERS).get(named or "", (0, 0))
        return _months(kind, year, first, months) if months and span else None
    if named is not None and named not in _IDENTIFIERS.get(kind, set()):
        return None
    flag = _MARKS.get(mark, "")
    ending = year if span is None else year + 1
    if kind == "calendar_year":
        return None if span else Period(kind, date(year, 1, 1), date(year, 12, 31), year, flag)
    if kind == "january_census":
        day = third_thursday_of_january(ending)
        return Period(kind, day, day, ending, flag)
    first_month = {"academic_year": 9, "financial_year": 4, "reporting_year": 9}[kind]
    start = date(ending - 1, first_month, 1)
    return Period(kind, start, date(ending, first_month, 1) - timedelta(days=1), ending, flag)


def read_span(first: str, last: str, kind: PeriodType) -> Period | None:
    """A period from its first and last day, or None when they are not days or no period of this kind.

    Whole months, quarters of the financial year and whole years; a reporting year may end in any month, an academic
    year run from August or to July, and a term have any days.
    """
    start, end = read_day(first), read_day(last)
    if not start or not end:
        return None
    if kind == "academic_year":
        return read_period(f"{end.year}", None, kind) if _is_academic_year(start, end) else None
    if kind == "term":
        return Period(kind, start, end, end.year) if 84 <= (end - start).days + 1 <= 220 else None
    if kind in ("january_census", "day"):
        return Period(kind, start, end, end.year) if start == end else None
    whole = {
        "month": _months("month", start.year, start.month, 1),
        "quarter": _months("quarter", start.year, start.month, 3) if start.month in (1, 4, 7, 10) else None,
        "reporting_year": _year_to(end),
        "calendar_year": read_period(f"{end.year}", None, "calendar_year"),
        "financial_year": read_period(f"{end.year}", None, "financial_year"),
    }[kind]
    return whole if whole and (whole.start, whole.end) == (start, end) else None


def read_day(text: str) -> date | None:
    """A day from 2024-01-31, 31/01/2024 or a spreadsheet's 2024-01-31T00:00:00; None when it is none."""
    if match := _YEAR_FIRST.match(text.strip()):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.match(text.strip()):
        year, month, day = int(match[3]), int(match[2]), int(match[1])
    else:
        return None
    try:
        return date(year, month, day) if 1990 <= year <= 2100 else None
    except ValueError:
        return None


def _year_to(last: date) -> Period | None:
    first = last + timedelta(days=1)
    if first.day != 1:
        return None
    return Period("reporting_year", first.replace(year=first.year - 1), last, last.year)


def _is_academic_year(start: date, end: date) -> bool:
    return start.month in (8, 9) and end.month in (7, 8) and 334 <= (end - start).days + 1 <= 366


def _month(text: str, identifier: str | None) -> Period | None:
    if identifier in MONTHS and re.fullmatch(r"\d{4}", text):
        return _months("month", int(text), MONTHS.index(identifier) + 1, 1)
    if identifier is not None:
        return None
    if day := read_day(text):
        return _months("month", day.year, day.month, 1) if day.day == 1 else None
    if match := _NUMBERED_MONTH.match(text):
        return _months("month", int(match[1]), int(match[2]), 1)
    if match := _NAMED_MONTH.match(text.casefold()):
        found = [n for n, name in enumerate(MONTHS, start=1) if match[1] in (name, name[:3])]
        year = int(match[2]) + (2000 if len(match[2]) == 2 else 0)
        return _months("month", year, found[0], 1) if found else None
    return None


def _months(kind: PeriodType, year: int, first: int, months: int) -> Period | None:
    """`months` months from the month `first`, of an academic or financial year where it is a term or quarter."""
    if not 1990 <= year <= 2100 or (kind == "month" and not 1 <= first <= 12):
        return None
    starts_next_year = kind == "term" and first < 9
    year, first = (year + 1, first) if starts_next_year else (year + (first - 1) // 12, (first - 1) % 12 + 1)
    last_year, last = year + (first + months - 2) // 12, (first + months - 2) % 12 + 1
    end = date(last_year, last, monthrange(last_year, last)[1])
    return Period(kind, date(year, first, 1), end, last_year)
