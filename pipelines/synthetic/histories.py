"""What happened to each child of an invented area, from the first request to the end of the plan, once for all years.

Each year's return is a view of these histories as they stood on that year's census day, so that years fit together.
"""

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.synthetic.areas import Area
from pipelines.synthetic.people import invented_people, ulns

_FIRST_YEAR = 2011
# Plans grow by a tenth a year, and one in twenty ends before the person is 25.
_GROWTH, _ENDING = 1.10, 0.05
_NEEDS = {
    "ASD": 0.33,
    "SLCN": 0.21,
    "SEMH": 0.21,
    "MLD": 0.09,
    "SLD": 0.05,
    "SPLD": 0.04,
    "PD": 0.03,
    "HI": 0.02,
    "OTH": 0.02,
}
_REASONS = {"2": 0.13, "3": 0.03, "4": 0.12, "5": 0.34, "6": 0.28, "7": 0.06, "8": 0.01, "9": 0.03}
_SOURCES = {"1": 0.42, "2": 0.5, "3": 0.03, "4": 0.02, "5": 0.03}
_DAY = np.timedelta64(1, "D")

Days = npt.NDArray[np.datetime64]


def histories(area: Area, last_year: int) -> pl.DataFrame:
    """One row a child and request of an area, up to census day of `last_year`; the same for the same arguments.

    Dates are null where a step never came; what the area had not yet decided on a day is for the reader to see.
    """
    rng = np.random.default_rng(int(area.la_code[1:]) * 1000 + 7)
    received = _received(rng, area, last_year)
    size = len(received)
    born = received - (rng.gamma(4.0, 2.1, size).clip(0.5, 18) * 365.25).astype(int) * _DAY
    outcome = rng.choice(["Y", "N", "W"], size, p=[0.97 - area.refused, area.refused, 0.03])
    quick = rng.random(size) < 0.85
    decided = received + np.where(quick, rng.integers(14, 42, size), rng.integers(43, 120, size)) * _DAY
    assessed = rng.choice(["Y", "N"], size, p=[0.94, 0.06])
    exception = rng.random(size) < 0.06
    start = received + _days_to_issue(rng, area, size, received) * _DAY
    start = np.maximum(start, decided + 14 * _DAY)
    ended, reason = _ends(rng, born, start)
    people = invented_people(rng, size, area.la_code, 1)
    has_plan = (outcome == "Y") & (assessed == "Y")
    return people.with_columns(
        number=pl.Series(np.arange(1, size + 1)),
        birth=pl.Series(born).cast(pl.Date),
        uln=pl.Series(ulns(np.arange(size) + 100_000 * int(area.la_code[1:]))),
        received=pl.Series(received).cast(pl.Date),
        source=pl.Series(rng.choice(list(_SOURCES), size, p=list(_SOURCES.values()))),
        outcome=pl.Series(outcome),
        decided=pl.Series(decided).cast(pl.Date),
        assessed=pl.when(pl.Series(outcome) == "Y").then(pl.Series(assessed)),
        assessed_on=pl.Series(np.maximum(start - rng.integers(7, 30, size) * _DAY, decided)).cast(pl.Date),
        exception=pl.Series(exception),
        start=pl.when(pl.Series(has_plan)).then(pl.Series(start).cast(pl.Date)),
        ended=pl.when(pl.Series(has_plan)).then(pl.Series(ended).cast(pl.Date)),
        reason=pl.when(pl.Series(has_plan)).then(pl.Series(reason)),
        need=pl.Series(rng.choice(list(_NEEDS), size, p=[p / sum(_NEEDS.values()) for p in _NEEDS.values()])),
        has_budget=pl.Series(rng.random(size) < area.personal_budgets),
        luck=pl.Series(rng.random(size)),
        seat=pl.Series(rng.integers(0, 1_000_000, size)),
        mediation=pl.Series((outcome == "N") & (rng.random(size) < 0.3)),
        has_upn=pl.Series(rng.random(size) < 0.98),
    )


def _received(rng: np.random.Generator, area: Area, last_year: int) -> Days:
    """Days on which requests came, as many a year as leave about `area.plans` plans in the end."""
    years = np.arange(_FIRST_YEAR, last_year)
    weights = _GROWTH ** (years - _FIRST_YEAR)
    left = np.exp(-_ENDING * (last_year - 0.5 - years)) * np.clip(1.25 - 0.045 * (last_year - years), 0.2, 1)
    plans_a_request = (0.97 - area.refused) * 0.94
    counts = np.round(weights * area.plans / ((weights * left).sum() * plans_a_request)).astype(int)
    starts = np.array([np.datetime64(date(int(year), 1, 1)) for year in years])
    whole = [first + rng.integers(0, 365, count) * _DAY for first, count in zip(starts, counts, strict=True)]
    january = np.datetime64(date(last_year, 1, 1)) + rng.integers(0, 14, counts[-1] * 14 // 365) * _DAY
    return np.sort(np.concatenate([*whole, january]))


def _days_to_issue(rng: np.random.Generator, area: Area, size: int, received: Days) -> npt.NDArray[np.int64]:
    # A little better or worse from year to year, as areas are.
    year = received.astype("datetime64[Y]").astype(int)
    drift = np.clip(area.within_20_weeks + 0.04 * np.sin(year + int(area.la_code[1:])), 0.05, 0.97)
    draw = rng.random(size)
    late = rng.integers(141, 365, size)
    very_late = rng.integers(366, 600, size)
    return np.where(draw < drift, rng.integers(70, 140, size), np.where(draw < 1 - area.over_a_year, late, very_late))


def _ends(rng: np.random.Generator, born: Days, start: Days) -> tuple[Days, npt.NDArray[np.str_]]:
    """When and why plans end: at 25 at the latest, and never before they are a month old."""
    size = len(born)
    by_chance = start + (rng.exponential(1 / _ENDING, size) * 365).astype(int) * _DAY
    at_25 = born + int(25 * 365.25 - 200) * _DAY
    reasons = rng.choice(list(_REASONS), size, p=list(_REASONS.values()))
    ended = np.maximum(np.minimum(by_chance, at_25), start + 30 * _DAY)
    return ended, np.where(at_25 <= by_chance, "1", reasons)
