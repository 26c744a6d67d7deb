"""Mann-Kendall and Theil-Sen against a textbook, by hand and against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, theilslopes

from pipelines.comparison.trend import mann_kendall, theil_sen


def test_the_example_of_gilbert_1987():
    # 10 15 14 20: pairs + + + - + +, so S = 4. Of 24 orders 4 have S >= 4 and 4 have S <= -4: p = 8/24.
    score, p = mann_kendall(np.array([[10.0, 15, 14, 20]]))
    assert score == [4]
    assert p == pytest.approx([8 / 24])


def test_five_rises_in_a_row_are_the_least_that_can_be_a_trend():
    # S = 10 = all pairs; one order of 120 rises all the way, one falls: p = 2/120.
    assert mann_kendall(np.array([[1.0, 2, 3, 4, 5]]))[1] == pytest.approx([2 / 120])
    # One neighbouring pair swapped: S = 8; 4 orders have one inversion, so p = 2*(1 + 4)/120.
    assert mann_kendall(np.array([[1.0, 2, 3, 5, 4]]))[1] == pytest.approx([10 / 120])


def test_ties_by_hand():
    # 1 2 2 3 3 4: 15 pairs, 2 tied, S = 13. Variance (6*5*17 - 2*(2*1*9)) / 18 = 474/18 = 26.3333
    # z = (13 - 1) / 5.13160 = 2.33845, two-sided p = 0.019364
    score, p = mann_kendall(np.array([[1.0, 2, 2, 3, 3, 4]]))
    assert score == [13]
    assert p == pytest.approx([0.019364], abs=1e-6)


def test_a_series_that_never_moves_has_no_trend():
    score, p = mann_kendall(np.full((1, 6), 40.0))
    assert score == [0]
    assert p == [1]


def test_missing_points_are_passed_over():
    gappy = np.array([[1.0, np.nan, 2, 3, np.nan, 4, 5]])
    whole = np.array([[1.0, 2, 3, 4, 5]])
    assert mann_kendall(gappy)[1] == pytest.approx(mann_kendall(whole)[1])
    tied = np.array([[1.0, 2, np.nan, 2, 3, np.nan, 3, 4]])
    assert mann_kendall(tied)[1] == pytest.approx([0.019364], abs=1e-6)


def test_as_many_rises_as_falls_are_no_trend_at_all():
    score, p = mann_kendall(np.array([[1.0, 2, 2, 1]]))
    assert (score.item(), p.item()) == (0, 1)


def test_the_slope_is_the_median_of_pairs_by_hand():
    # (0,1) (2,3) (3,5): slopes 1, 4/3 and 2, per year; the gap at year 1 counts as time.
    values, years = np.array([[1.0, np.nan, 3, 5]]), np.array([[2018.0, 2019, 2020, 2021]])
    assert theil_sen(values, years) == pytest.approx([4 / 3])


@given(st.lists(st.integers(-1000, 1000), min_size=5, max_size=10, unique=True))
def test_without_ties_p_is_that_of_kendalls_exact_test(values):
    _, p = mann_kendall(np.array([values], dtype=float))
    expected = kendalltau(range(len(values)), values, method="exact").pvalue
    assert p == pytest.approx([expected])


@given(st.lists(st.integers(0, 100), min_size=5, max_size=10))
def test_turning_the_values_over_turns_the_trend_over(values):
    series, years = np.array([values], dtype=float), np.arange(len(values), dtype=float)[None, :]
    score, p = mann_kendall(series)
    turned_score, turned_p = mann_kendall(-series)
    assert turned_score == -score
    assert turned_p == pytest.approx(p)
    assert theil_sen(series, years) == pytest.approx([theilslopes(series[0], years[0]).slope])
