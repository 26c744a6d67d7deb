"""Numbers as people read them: 46.4%, 3.7 per 1,000, £8,116, 638,745."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

_SUFFIX = {
    "percent": "%",
    "rate_per_1000": " per 1,000",
    "rate_per_100": " per 100",
    "weeks": " weeks",
}
_UNIT_WORDS = {
    "percent": "per cent",
    "rate_per_1000": "rate per 1,000",
    "rate_per_100": "rate per 100",
    "weeks": "weeks",
    "count": "number",
    "gbp": "pounds",
    "ratio": "ratio",
    "score": "score",
    "category": "category",
}


def number(value: float, unit: str, decimals: int | None, with_unit: bool = True) -> str:
    """A value at the metric's decimals, with its unit; a true minus sign; no "-0.0"."""
    places = 1 if decimals is None else int(decimals)
    text = f"{abs(value):,.{places}f}"
    minus = "−" if value < 0 and text.strip("0.,") else ""
    if unit == "gbp":
        return f"{minus}£{text}"
    return minus + text + (_SUFFIX.get(unit, "") if with_unit or unit == "percent" else "")


def measured(value: float, metric: Mapping[str, Any], with_unit: bool = True) -> str:
    """A value of a metric of the catalogue: its number, or the label of a category."""
    if metric["unit"] == "category":
        labels: dict[str, str] = json.loads(metric["value_labels"] or "{}")
        return labels.get(f"{value:g}", f"{value:g}")
    return number(value, metric["unit"], metric["decimals"], with_unit)


def on_one_scale(metric: Mapping[str, Any]) -> bool:
    """Whether areas of any size can stand on one scale: not for a number of children, nor for a category."""
    return metric["unit"] not in ("count", "category")


def interval(lower: float | None, upper: float | None, unit: str, decimals: int | None) -> str | None:
    """The two ends of an interval, or None when there is no interval."""
    if lower is None or upper is None:
        return None
    low, high = (number(bound, unit, decimals, with_unit=False) for bound in (lower, upper))
    return f"{low} to {high}"


def difference(value: float, unit: str, decimals: int | None) -> str:
    """The size of a change, without its direction: "3.2 percentage points", "£120", "0.4"."""
    if unit == "percent":
        places = 1 if decimals is None else int(decimals)
        size = f"{abs(value):,.{places}f}"
        return f"{size} percentage point" + ("" if float(size) == 1 else "s")
    return number(abs(value), unit, decimals, with_unit=False)


def unit_words(unit: str) -> str:
    """The unit as an axis or a column names it."""
    return _UNIT_WORDS.get(unit, unit.replace("_", " "))


def day(value: date | None) -> str:
    """A date as 26 June 2025, or "date not known"."""
    return f"{value.day} {value:%B %Y}" if value else "date not known"
