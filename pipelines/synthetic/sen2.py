"""The SEN2 return of an invented area, as it stood on census day: the tables of its contract."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.contracts.return_contract import load_return
from pipelines.synthetic.areas import Area
from pipelines.synthetic.histories import histories

_ELSEWHERE = ("EHE", "OLA", "OPA", "NIEC")
_COLLEGES = [str(19_900_001 + n) for n in range(5)]


def sen2_return(area: Area, period: str, last_year: int | None = None) -> dict[str, pl.DataFrame]:
    """Table name → rows of one area's SEN2 return. `last_year` is the last year of the series it is part of."""
    census = load_return("sen2").reference_date(period)
    known = as_known(histories(area, last_year or int(period)), census)
    plans = known.filter(pl.col("start").is_not_null())
    active = plans.filter(pl.col("ended").is_null())
    settings = placements_of(active, area, census)
    return {
        "persons": _persons(known, census),
        "requests": _requests(known),
        "assessments": _assessments(known),
        "named_plans": _named_plans(plans),
        "plan_details": _plan_details(plans, area, census),
        "active_plans": _active_plans(active, area, census),
        "placements": settings.select(
            "urn", "ukprn", "sensetting", placementdetailtableid=pl.format("d{}", "number"),
            activeplanstableid=pl.format("v{}", "number"), placementrank=pl.lit(1), entrydate="start",
        ),
        "sen_needs": _sen_needs(active),
    }  # fmt: skip


def as_known(everyone: pl.DataFrame, census: date) -> pl.DataFrame:
    """Who belongs in the return, with what had not happened by census day taken back."""
    begin = date(census.year - 1, 1, 1)
    on = pl.col
    decided = on("decided") <= census
    known = everyone.filter(on("received") <= census).with_columns(
        outcome=pl.when(decided).then(on("outcome")).otherwise(pl.lit("A")),
        decided=pl.when(decided).then(on("decided")),
        assessed=pl.when(decided & (on("outcome") == "Y")).then(
            pl.when(on("assessed_on") <= census).then(on("assessed")).otherwise(pl.lit("A"))
        ),
        start=pl.when(on("start") <= census).then(on("start")),
        ended=pl.when(on("ended") <= census).then(on("ended")),
    )
    known = known.with_columns(
        assessed_on=pl.when(on("assessed").is_in(["Y", "N"])).then(on("assessed_on")),
        # A plan decided on and not issued yet is still awaited.
        assessed=pl.when((on("assessed") == "Y") & on("start").is_null()).then(pl.lit("A")).otherwise(on("assessed")),
        ended=pl.when(on("start").is_not_null()).then(on("ended")),
    ).with_columns(
        assessed_on=pl.when(on("assessed").is_in(["Y", "N"])).then(on("assessed_on")),
        reason=pl.when(on("ended").is_not_null()).then(on("reason")),
    )
    waiting = (on("outcome") == "A") | (on("assessed") == "A")
    of_the_year = (on("received") >= begin) | (on("decided") >= begin) | (on("assessed_on") >= begin)
    in_force = on("start").is_not_null() & (on("ended").is_null() | (on("ended") >= begin))
    young = on("birth") > date(census.year - 26, census.month, census.day)
    return known.filter((waiting | of_the_year | in_force) & young).with_columns(
        is_historical=(on("decided") < begin) & (on("outcome") == "Y"),
        assessment_is_historical=(on("assessed_on") < begin) & (on("assessed") == "Y"),
    )


def _persons(known: pl.DataFrame, census: date) -> pl.DataFrame:
    old = pl.col("birth") <= date(census.year - 16, census.month, census.day)
    numbers = {
        "upn": pl.when(pl.col("has_upn")).then(pl.col("upn")),
        "uniquelearnernumber": pl.when(old).then(pl.col("uln")),
    }
    return known.select(
        "surname", "forename", "sex", "ethnicity", "postcode", **numbers,
        persontableid=pl.format("p{}", "number"), personbirthdate="birth",
        upnunknown=pl.when(~pl.col("has_upn")).then(pl.lit("UN1")),
    )  # fmt: skip


def _requests(known: pl.DataFrame) -> pl.DataFrame:
    return known.select(
        requeststableid=pl.format("r{}", "number"), persontableid=pl.format("p{}", "number"), receiveddate="received",
        requestsource="source", rya=pl.lit(False), requestoutcomedate="decided",
        requestoutcome=pl.when("is_historical").then(pl.lit("H")).otherwise(pl.col("outcome")),
        requestmediation="mediation", requesttribunal=pl.lit(False),
    )  # fmt: skip


def _assessments(known: pl.DataFrame) -> pl.DataFrame:
    return known.filter(pl.col("assessed").is_not_null()).select(
        assessmenttableid=pl.format("a{}", "number"), requeststableid=pl.format("r{}", "number"),
        assessmentoutcome=pl.when("assessment_is_historical").then(pl.lit("H")).otherwise(pl.col("assessed")),
        assessmentoutcomedate="assessed_on", week20="exception",
    )  # fmt: skip


def _named_plans(plans: pl.DataFrame) -> pl.DataFrame:
    return plans.select(
        namedplantableid=pl.format("n{}", "number"), assessmenttableid=pl.format("a{}", "number"), startdate="start",
        pb="has_budget", dp=pl.when("has_budget").then(pl.lit("E")), ceasedate="ended", ceasereason="reason",
    )  # fmt: skip


def _plan_details(plans: pl.DataFrame, area: Area, census: date) -> pl.DataFrame:
    return placements_of(plans, area, census).select(
        "urn", "ukprn", "sensetting", plandetailtableid=pl.format("t{}", "number"),
        namedplantableid=pl.format("n{}", "number"), placementrank=pl.lit(1),
    )  # fmt: skip


def _active_plans(active: pl.DataFrame, area: Area, census: date) -> pl.DataFrame:
    begin = date(census.year - 1, 1, 1)
    # A review each year about the anniversary; the last one may be missing, or of the year before.
    meeting = pl.lit(begin) + pl.duration(days=pl.col("seat") % 365)
    meeting = pl.when(pl.col("luck") < area.reviewed).then(meeting).when(pl.col("luck") < area.reviewed + 0.12).then(
        meeting - timedelta(days=366)
    )  # fmt: skip
    old = active.with_columns(meeting=meeting).with_columns(
        meeting=pl.when(pl.col("meeting") >= pl.col("start") + pl.duration(days=200)).then(pl.col("meeting"))
    )
    decided = pl.col("meeting") + pl.duration(days=10 + pl.col("seat") % 60)
    return old.with_columns(decided=pl.when(decided <= census).then(decided)).select(
        activeplanstableid=pl.format("v{}", "number"), requeststableid=pl.format("r{}", "number"),
        reviewmeeting="meeting", lastreview="decided",
        reviewoutcome=pl.when(pl.col("decided").is_not_null()).then(
            pl.when(pl.col("seat") % 4 == 0).then(pl.lit("A")).otherwise(pl.lit("M"))
        ),
    )  # fmt: skip


def _sen_needs(active: pl.DataFrame) -> pl.DataFrame:
    main = active.select("number", sentype="need", sentyperank=pl.lit(1))
    second = active.filter((pl.col("seat") % 5 == 0) & (pl.col("need") != "SLCN"))
    both = pl.concat([main, second.select("number", sentype=pl.lit("SLCN"), sentyperank=pl.lit(2))])
    return both.select(
        "sentype", "sentyperank", senneedtableid=pl.format("s{}x{}", "number", "sentyperank"),
        activeplanstableid=pl.format("v{}", "number"),
    )  # fmt: skip


def placements_of(plans: pl.DataFrame, area: Area, census: date) -> pl.DataFrame:
    """Where each child is educated on census day: urn, ukprn or sensetting, by age and what the area is like."""
    age = ((pl.lit(census) - pl.col("birth")).dt.total_days() / 365.25).alias("age")
    rows = plans.with_columns(age)
    drawn = rows["luck"].to_numpy() * 7919 % 1
    ages, seats = rows["age"].to_numpy(), rows["seat"].to_numpy()
    mainstream = drawn < area.in_mainstream + 0.1 * (ages < 11)
    special = ~mainstream & (drawn < 0.93)
    places = [area.schools[phase] for phase in ("primary", "secondary", "special")]
    urns = [np.array(urns)[seats % len(urns)] for urns in places]
    of_school_age = (ages >= 4.0) & (ages < 16)
    urn = np.where(of_school_age & mainstream, np.where(ages < 11, urns[0], urns[1]), "")
    urn = np.where((ages < 19) & (ages >= 4.0) & special, urns[2], urn)
    college = (ages >= 16) & (urn == "") & (drawn < 0.9)
    other = np.where(ages < 4.0, "EYP", np.where(ages >= 16, "NEET", np.array(_ELSEWHERE)[seats % len(_ELSEWHERE)]))
    return rows.with_columns(
        urn=pl.when(pl.Series(urn) != "").then(pl.Series(urn)),
        ukprn=pl.when(pl.Series(college)).then(pl.Series(np.array(_COLLEGES)[seats % len(_COLLEGES)])),
        sensetting=pl.when(pl.Series((urn == "") & ~college)).then(pl.Series(other)),
    )
