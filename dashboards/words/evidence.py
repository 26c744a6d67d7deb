"""How good the evidence behind a figure is, in sentences: coverage, age, what is next, revisions, suppression."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from dashboards.words.headlines import plural
from dashboards.words.numbers import day

Row = Mapping[str, Any]
_LEVELS = {
    "la": "local authorities",
    "icb": "integrated care boards",
    "region": "regions",
    "sub_region": "parts of London",
    "national": "countries",
}


def coverage(row: Row, level: str) -> str:
    """ "8 of 9 periods; in the newest, 148 of 153 local authorities have a figure"."""
    own = f"{row['periods_held']} of {plural(row['periods_possible'], 'period')} that could have a figure"
    if row["areas_possible"] is None or row["areas_possible"] < 2:
        return own
    return (
        f"{own}; in the newest, {row['areas_held']} of {row['areas_possible']} {_LEVELS.get(level, 'areas')} have one"
    )


def freshness(row: Row, today: date) -> str:
    """How old the newest period and the newest release are, on a day."""
    period, newest = row["latest_period_end"], row["newest_period_end"]
    parts = [f"newest period ended {day(period)}, {age(period, today)} ago" if period else "no period yet"]
    if period and newest and newest > period:
        parts.append(f"other areas have one that ended {day(newest)}")
    if row["latest_release_on"]:
        parts.append(f"newest release {day(row['latest_release_on'])}, {age(row['latest_release_on'], today)} ago")
    return "; ".join(parts)


def age(then: date, today: date) -> str:
    """Whole months, or years and months from two years on: "5 months", "2 years 3 months"."""
    months = max(0, (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day))
    if months < 1:
        return "less than a month"
    if months < 24:
        return plural(months, "month")
    years, rest = divmod(months, 12)
    return plural(years, "year") + (f" {plural(rest, 'month')}" if rest else "")


def revised(times: int) -> str:
    """ "revised once", "revised 3 times", "not revised"."""
    return "not revised" if not times else "revised once" if times == 1 else f"revised {times} times"


def withheld(row: Row) -> str:
    """The share of figures suppressed, breakdowns too."""
    held, hidden = row["figures_held"], row["figures_suppressed"]
    if not held:
        return "no figure held"
    if not hidden:
        return f"none of {plural(held, 'figure')} suppressed"
    return f"{hidden:,} of {plural(held, 'figure')} suppressed ({share(row['suppressed_percent'])})"


def share(percent: float | None) -> str:
    """A share of figures: a nought is only a nought."""
    if percent is None:
        return "none held"
    return "0%" if percent == 0 else "under 0.1%" if percent < 0.1 else f"{percent:.1f}%"


def facts(row: Row, level: str, today: date) -> dict[str, str]:
    """Everything about one metric and area (a row of store.evidence), by name."""
    return {
        "Coverage": coverage(row, level),
        "Freshness": freshness(row, today),
        "Next release": row["next_release"] or "not announced here",
        "Revisions": f"{plural(row['revisions'], 'figure')} revised so far, breakdowns too",
        "Suppressed": withheld(row),
    }


def agreements_headline(rows: pl.DataFrame) -> str:
    """How many figures agree, differ and are left out, over rows of store.agreements."""
    compared, agree, differ, unexplained, left_out = (
        int(rows[each].sum()) for each in ("compared", "agree", "differ", "unexplained", "not_compared")
    )
    said = f"Of {plural(compared, 'figure')} compared, {agree:,} agree and {differ:,} differ"
    said += f", {f'{unexplained:,}' if unexplained else 'none'} of them unexplained" if differ else ""
    return said + (f"; {left_out:,} more cannot be compared." if left_out else ".")
