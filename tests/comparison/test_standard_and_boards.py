"""A standard is met or not by the figure itself; integrated care boards are compared among themselves."""

import polars as pl
import pytest

from tests.comparison.invented_country import BOARDS, TINY, catalogue, compare, figure, one, whole_country


def with_standard(value: float, **changes: object) -> pl.DataFrame:
    return catalogue(standard_label="Statutory duty", standard_value=value, **changes)


def test_a_standard_is_met_by_the_figure_itself_on_the_side_of_its_polarity():
    rows = whole_country(2024, {"A05": 0.20, "A06": 0.75})
    compared = compare(rows, with_standard(75.0))
    assert (one(compared, "A05", "standard")["verdict_code"], one(compared, "A06", "standard")["verdict_code"]) == (
        "not_met",
        "met",
    )
    row = one(compared, "A05", "standard")
    assert (row["comparator_label"], row["comparator_value"]) == ("Statutory duty", 75.0)
    assert row["difference"] == pytest.approx(-55.0)
    # A duty is a duty where few children live, and for the whole country.
    assert (
        one(compared, TINY, "standard")["verdict_code"] == one(compared, "ENG", "standard")["verdict_code"] == "not_met"
    )
    turned = compare(rows, with_standard(75.0, polarity="lower_better"))
    assert one(turned, "A05", "standard")["verdict_code"] == "met"


def test_without_a_side_or_a_value_no_standard_is_judged():
    rows = whole_country(2024)
    assert compare(rows).filter(comparator="standard").is_empty()
    assert compare(rows, with_standard(75.0, polarity="neutral")).filter(comparator="standard").is_empty()
    rows[0] |= {"numerator": None, "denominator": None, "value": None, "status": "suppressed"}
    row = one(compare(rows, with_standard(75.0)), "A01", "standard")
    assert row["verdict_code"] == "not_compared"
    assert row["verdict_reason"].startswith("No figure is shown here")


def test_boards_are_compared_with_england_by_how_boards_differ_and_change_nothing_for_authorities():
    boards = [figure(code, 2024, 200 + 4 * i, 400) for i, code in enumerate(BOARDS)]
    boards[3] = figure(BOARDS[3], 2024, 40, 400)
    authorities = whole_country(2024)
    both = compare(authorities + boards)
    far = one(both, BOARDS[3], "england")
    assert far["verdict_code"] == "much_lower"
    assert far["comparator_label"] == "England"
    assert (far["comparator_n"], far["comparator_n_expected"]) == (12, 12)
    assert one(both, BOARDS[0], "england")["verdict_code"] == "not_different"
    assert set(both.filter(pl.col("geography_code").is_in(BOARDS))["comparator"]) == {"england", "previous", "trend"}
    alone = both.filter(~pl.col("geography_code").is_in(BOARDS))
    assert alone.equals(compare(authorities))


def test_boards_without_a_figure_of_england_are_set_beside_their_own_sum():
    boards = [figure(code, 2024, 100 + 10 * i, 400) for i, code in enumerate(BOARDS)]
    row = one(compare(boards), BOARDS[0], "england")
    assert row["comparator_label"] == "England (areas added up)"
    assert row["comparator_value"] == pytest.approx(100 * (12 * 100 + 10 * 66) / 4800)


def test_a_board_is_set_beside_its_own_period_before():
    rows = [figure(code, year, 200 + i + (90 if year == 2024 and i == 2 else 0), 400)
            for year in (2023, 2024) for i, code in enumerate(BOARDS)]  # fmt: skip
    compared = compare(rows)
    assert one(compared, BOARDS[2], "previous")["verdict_code"] == "rising"
    assert one(compared, BOARDS[1], "previous")["verdict_code"] == "no_clear_change"
