"""The school census of the schools of an invented area: the children SEN2 knows, and everybody else on roll."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from pipelines.contracts.return_contract import load_return
from pipelines.synthetic.areas import Area
from pipelines.synthetic.histories import histories
from pipelines.synthetic.people import invented_people
from pipelines.synthetic.sen2 import as_known, placements_of

_ROLL = {"primary": (180, 400), "secondary": (700, 1_300), "special": (2, 6), "alternative_provision": (30, 60)}
_AGES = {"primary": (4, 11), "secondary": (11, 16), "special": (4, 16), "alternative_provision": (11, 16)}
_NEEDS = ["SLCN", "SEMH", "MLD", "SPLD", "ASD", "NSA"]
# Numbers of children without a plan begin where those with one never get to.
_FIRST_NUMBER = 5_000_000


def census_returns(area: Area, period: str, last_year: int | None = None) -> dict[str, pl.DataFrame]:
    """URN → rows of `pupils`, for every school of an area."""
    census = load_return("school_census").reference_date(period)
    known = as_known(histories(area, last_year or census.year), census)
    has_plan = pl.col("start").is_not_null() & pl.col("ended").is_null()
    # Children without a plan (not yet, or refused) go to ordinary schools and mostly get SEN support.
    placed = pl.concat(
        [
            placements_of(known.filter(has_plan), area, census).with_columns(provision=pl.lit("E")),
            placements_of(known.filter(~has_plan), replace(area, in_mainstream=1.0), census).with_columns(
                provision=pl.lit("K")
            ),
        ]
    )
    found = {}
    number = _FIRST_NUMBER
    for phase, urns in area.schools.items():
        for urn in urns:
            others = _others(area, phase, urn, census, number)
            number += others.height
            here = placed.filter((pl.col("urn") == urn) & pl.col("has_upn"))
            found[urn] = _pupils(pl.concat([here.select(others.columns), others]), urn, area, census)
    return found


def _others(area: Area, phase: str, urn: str, census: date, first_number: int) -> pl.DataFrame:
    # The same children next year would need a history of every pupil; a school's roll is drawn anew each year.
    rng = np.random.default_rng(int(urn) * 10 + census.year % 10)
    size = int(rng.integers(*_ROLL[phase]))
    low, high = _AGES[phase]
    days = rng.integers(int(low * 365.25) + 140, int(high * 365.25) + 130, size)
    born = np.datetime64(census) - days * np.timedelta64(1, "D")
    supported = rng.random(size) < (area.sen_support if phase in ("primary", "secondary") else 0.9)
    return invented_people(rng, size, area.la_code, first_number).select(
        "surname", "forename", "sex", "ethnicity", "upn",
        birth=pl.Series(born).cast(pl.Date), seat=pl.Series(rng.integers(0, 1_000_000, size)),
        need=pl.when(pl.Series(supported)).then(pl.Series(rng.choice(_NEEDS, size))),
        provision=pl.when(pl.Series(supported)).then(pl.lit("K")).otherwise(pl.lit("N")),
    )  # fmt: skip


def _pupils(rows: pl.DataFrame, urn: str, area: Area, census: date) -> pl.DataFrame:
    september = date(census.year - 1, 8, 31)
    year = ((pl.lit(september) - pl.col("birth")).dt.total_days() / 365.25).floor().cast(pl.Int64) - 4
    group = pl.when(year < 0).then(pl.lit("N2")).when(year == 0).then(pl.lit("R")).otherwise(
        year.clip(upper_bound=14).cast(pl.String)
    )  # fmt: skip
    return rows.select(
        "upn", "surname", "forename", "sex", "ethnicity", urn=pl.lit(urn), dob="birth", fsm=pl.col("seat") % 4 == 0,
        enrolstatus=pl.lit("C"), entrydate=pl.lit(date(census.year - 1, 9, 1)), ncyearactual=group,
        parttime=pl.lit(False), senprovision="provision", sentype1="need", home_lea=pl.lit(area.la_code),
    )  # fmt: skip
