"""Two groups of one area: a difference where the intervals lie apart, a reason where nothing is said."""

import polars as pl
import pytest

from pipelines.comparison.between_groups import COMPARATOR, FEW, IS_A_COUNT, NO_INTERVAL, NOT_SHOWN, TINY_AREA, WHOLE
from tests.comparison.invented_country import TINY, catalogue, compare, figure, one

Ends = tuple[float, float, float]


def group(code: str, breakdown: str, name: str, ends: Ends, size: float = 100, **changes: object) -> dict:
    """A share with its interval, given by hand: lower, value, upper."""
    lower, share, upper = ends
    made = figure(code, 2024, share * size / 100, size, breakdown_1=breakdown, value_1=name)
    return made | {"lower": lower, "upper": upper} | changes


def pair(female: Ends, male: Ends, code: str = "A01", **changes: object) -> list[dict]:
    return [group(code, "sex", "female", female, **changes), group(code, "sex", "male", male)]


@pytest.mark.parametrize(
    ("female", "male", "code"),
    [
        ((40.1, 50, 60), (20, 30, 40), "higher"),
        ((40, 50, 60), (20, 30, 40), "not_different"),  # The ends touch.
        ((20, 30, 39.9), (40, 50, 60), "lower"),
        ((20, 30, 41), (40, 50, 60), "not_different"),
    ],
)
def test_a_gap_is_a_difference_where_the_intervals_lie_apart(female: Ends, male: Ends, code: str) -> None:
    row = one(compare(pair(female, male)), "A01", COMPARATOR, value_1="female")
    assert (row["verdict_code"], row["verdict_reason"]) == (code, None)
    assert (row["comparator_label"], row["comparator_value"]) == ("male", male[1])
    assert row["difference"] == female[1] - male[1]


def test_the_first_of_a_pair_stands_beside_the_other_and_each_group_of_all_beside_all_children() -> None:
    whole = group("A01", "total", "total", (45, 50, 55), 1000)
    ethnic = [group("A01", "ethnicity", each, (10, 20, 30)) for each in ("asian_indian", "mixed_other")]
    rows = compare([whole, *ethnic, *pair((40, 50, 60), (20, 30, 40))]).filter(
        pl.col("comparator").is_in([COMPARATOR, WHOLE])
    )
    assert set(rows.select("value_1", "comparator", "comparator_label", "verdict_code").rows()) == {
        ("female", COMPARATOR, "male", "not_different"),
        ("female", WHOLE, "total", "not_different"),
        ("male", WHOLE, "total", "lower"),
        ("asian_indian", WHOLE, "total", "lower"),
        ("mixed_other", WHOLE, "total", "lower"),
    }


APART: tuple[Ends, Ends] = ((70, 80, 90), (20, 30, 40))


@pytest.mark.parametrize(
    ("changes", "code", "reason", "differs"),
    [
        ({"status": "suppressed", "value": None, "lower": None, "upper": None}, "A01", NOT_SHOWN, False),
        ({}, TINY, TINY_AREA, False),
        ({"lower": None, "upper": None}, "A01", NO_INTERVAL, True),
        ({"denominator": 29.0}, "A01", FEW, True),
    ],
)
def test_what_is_not_compared_says_why(changes: dict, code: str, reason: str, differs: bool) -> None:
    row = one(compare(pair(*APART, code=code, **changes)), code, COMPARATOR, value_1="female")
    assert (row["verdict_code"], row["verdict_reason"]) == ("not_compared", reason)
    assert (row["difference"] is not None) is differs


def test_a_number_and_a_group_without_its_other_are_not_compared() -> None:
    counted = one(compare(pair(*APART), catalogue(unit="count")), "A01", COMPARATOR, value_1="female")
    assert (counted["verdict_reason"], counted["difference"]) == (IS_A_COUNT, None)
    alone = one(compare(pair(*APART)[:1]), "A01", COMPARATOR, value_1="female")
    assert (alone["verdict_reason"], alone["comparator_value"]) == (NOT_SHOWN, None)
