"""SYNTHETIC England: whole areas, the same each time, in the columns and codes of the contracts."""

from itertools import chain

import duckdb
import polars as pl
import pytest

from pipelines.contracts.return_contract import load_return
from pipelines.intake.check_digits import MACROS
from pipelines.published.geography import load_areas
from pipelines.settings import PROJECT_ROOT
from pipelines.synthetic.areas import AREAS, CENSUS_AREAS
from pipelines.synthetic.files import as_file
from pipelines.synthetic.make import NotSynthetic, make_returns
from pipelines.synthetic.school_census import census_returns
from pipelines.synthetic.sen2 import sen2_return

SMALL, LARGEST = AREAS[0], AREAS[5]


def test_an_area_is_whole_and_its_years_fit_together() -> None:
    before, now = (sen2_return(LARGEST, period, 2026) for period in ("2025", "2026"))
    assert now["active_plans"].height == pytest.approx(LARGEST.plans, rel=0.05)
    was, is_now = (set(each["active_plans"]["requeststableid"]) for each in (before, now))
    new = set(now["named_plans"].filter(pl.col("startdate") > pl.date(2025, 1, 16))["namedplantableid"])
    assert {f"r{plan[1:]}" for plan in new} >= is_now - was
    ended = now["named_plans"].filter(pl.col("ceasedate").is_not_null())["namedplantableid"]
    assert {f"r{plan[1:]}" for plan in ended} >= was - is_now


def test_the_same_arguments_make_the_same_file() -> None:
    contract = load_return("sen2")
    assert as_file(contract, sen2_return(SMALL, "2026")) == as_file(contract, sen2_return(SMALL, "2026"))


def test_every_code_is_in_its_code_set() -> None:
    made = {"sen2": sen2_return(SMALL, "2026")}
    made["school_census"] = {"pupils": pl.concat(census_returns(SMALL, "2026-spring").values())}
    for return_name, tables in made.items():
        for table, rows in tables.items():
            for column in load_return(return_name).table(table).columns:
                if column.codes and column.name in rows.columns:
                    used = set(rows[column.name].drop_nulls())
                    assert used <= {code.code for code in column.codes}, f"{table}.{column.name}"


def test_upns_are_valid_and_nobody_has_the_same_one() -> None:
    children = [
        upn for area in CENSUS_AREAS for rows in census_returns(area, "2026-spring").values() for upn in rows["upn"]
    ]
    with_plan = [upn for area in AREAS for upn in sen2_return(area, "2026")["persons"]["upn"].drop_nulls()]
    assert len(set(children)) == len(children)
    assert len(set(with_plan)) == len(with_plan)
    con = duckdb.connect()
    for macro in MACROS:
        con.execute(macro)
    upns = pl.DataFrame({"upn": list(chain(children[:500], with_plan[:500]))})
    assert con.execute("SELECT count(*) FROM upns WHERE NOT upn_is_valid(upn)").fetchall() == [(0,)]
    assert len(upns) == 1000
    # A child with a plan in a mainstream school is the same child in that school's census.
    assert len(set(children) & set(with_plan)) > 500


def test_places_have_codes_that_no_real_place_has() -> None:
    real = load_areas()
    invented = load_areas(PROJECT_ROOT / "seeds" / "synthetic")
    assert {area.code for area in AREAS} <= set(invented.by_code)
    assert not set(invented.by_code) & set(real.by_code)
    assert not set(invented.by_number) & set(real.by_number)
    assert not {name.casefold() for name in invented.names.values()} & {name.casefold() for name in real.names.values()}


def test_the_real_world_is_given_none(settings) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotSynthetic, match="INCLUSION_WORLD=synthetic"):
        make_returns(settings)


def test_a_column_that_the_contract_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="no column colour"):
        as_file(load_return("school_census"), {"pupils": pl.DataFrame({"colour": ["red"]})})
