"""What a missing column has become: told by its cells, and never a column of another kind."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.published.drift import find_drift
from pipelines.published.geography import load_areas
from pipelines.published.tables import read_table
from pipelines.settings import Settings
from tests.published.editions import AREAS, edition, load
from tests.published.releases import csv_of, mapping_of, place


def test_two_columns_that_could_be_it_are_not_guessed_between(settings: Settings, tmp_path: Path) -> None:
    rows, header = edition(2024, new_la_code="la_code")
    twice = [{**row, "authority_code": row["la_code"]} for row in rows]
    outcome = load(settings, tmp_path, twice, [*header, "authority_code"], partial=True)
    assert outcome.outcome == "refused" and outcome.drift is not None
    assert not outcome.drift.sure


def test_words_and_chosen_rows_are_told_by_their_cells() -> None:
    """Columns of words (yes and no), of rows to choose from, and of a dimension, each under another name."""
    mapping = mapping_of(
        {"id": "officer", "value": "in_post", "codes": {"yes": 1, "no": 0}},
        {"id": "absent", "value": "value", "where": {"plan": "EHC plan", "what": ["Absence"]}},
        totals=[], topics={}, keep={"phase": ["Total"]}, dimensions=[{"column": "gender", "breakdown": "sex"}],
    )  # fmt: skip
    rows = [
        {"time_period": "2025", "time_identifier": "Calendar year", **place(area), "medical officer": answer,
         "value": "4", "provision": provision, "indicator": "Absence", "school": "Total", "pupils": sex}
        for area in AREAS for answer, provision, sex in (("Yes", "EHC plan", "Total"), ("No", "SEN support", "Female"))
    ]  # fmt: skip
    drift = find_drift(read_table(csv_of(rows, list(rows[0])), mapping, "plans.csv"), mapping, "plans.csv", [])
    # `pupils` alone splits the rows; after that `school` alone holds the value that is kept.
    assert drift.sure == {
        "in_post": "medical officer", "plan": "provision", "what": "indicator", "gender": "pupils", "phase": "school",
    }  # fmt: skip
    assert (drift.lost, drift.missing) == ([], [])


NAMES = [load_areas().names[area] for area in AREAS]
NUMBERS = [number for area in AREAS for number, code in load_areas().by_number.items() if code == area]
REGIONS = [("E12000001", "North East"), ("E12000002", "North West"), ("E12000008", "South East")]


@pytest.mark.parametrize(
    ("area", "told"),
    [
        # A region is no authority, whatever is missing.
        ({"level": {"fixed": "la"}, "code": "gss", "name": "place"}, {}),
        ({"level": "kind", "code": "gss", "name": "place", "levels": {"LA": "la", "Region": "region"}}, {}),
        ({"level": {"fixed": "any"}, "code": "gss", "name": "place"}, {}),
        ({"level": {"fixed": "region"}, "code": "gss", "name": "place"}, {"gss": "Code", "place": "Called"}),
    ],
    ids=["authorities", "a column of levels", "any", "regions"],
)
def test_a_column_of_regions_is_no_column_of_authorities(area: dict[str, Any], told: dict[str, str]) -> None:
    mapping = mapping_of({"id": "plans", "value": "plans"}, area=area, time={"fixed": "2025"}, totals=[], topics={})
    rows = [{"kind": "LA", "Code": code, "Called": name, "plans": f"{n}"} for n, (code, name) in enumerate(REGIONS)]
    table = read_table(csv_of(rows, list(rows[0])), mapping, "plans.csv")
    drift = find_drift(table, mapping, "plans.csv", [])
    assert drift.sure == told
    assert set(drift.missing) == {"gss", "place"} - set(told)


@pytest.mark.parametrize("level", ["la", "any"])
@pytest.mark.parametrize("codes", [AREAS, NUMBERS], ids=["codes", "numbers"])
def test_a_column_of_authorities_is_told_from_one_of_regions(level: str, codes: list[str]) -> None:
    mapping = mapping_of(
        {"id": "plans", "value": "plans"}, area={"level": {"fixed": level}, "code": "gss", "name": "place"},
        time={"fixed": "2025"}, totals=[], topics={},
    )  # fmt: skip
    rows = [
        {"Region": REGIONS[n % 3][1], "RGN": REGIONS[n % 3][0], "Code": code, "Called": name, "plans": f"{n}"}
        for n, (code, name) in enumerate(zip(codes, NAMES, strict=True))
    ]
    table = read_table(csv_of(rows, list(rows[0])), mapping, "plans.csv")
    assert find_drift(table, mapping, "plans.csv", []).sure == {"gss": "Code", "place": "Called"}
