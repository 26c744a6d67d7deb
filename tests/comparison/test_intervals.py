"""Wilson and Byar intervals: published and hand-worked limits, and what must hold of any interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from pipelines.comparison.intervals import byar, wilson


def test_wilson_eight_of_ten_by_hand():
    # z = 1.959964, z^2 = 3.841459, p = 0.8
    # centre (2*8 + 3.841459) / (2*(10 + 3.841459)) = 19.841459 / 27.682918 = 0.716740
    # spread 1.959964*sqrt(3.841459 + 4*8*0.2) / 27.682918 = 1.959964*3.200228 / 27.682918 = 0.226578
    lower, upper = wilson(8, 10)
    assert lower == pytest.approx(0.716740 - 0.226578, abs=2e-6)
    assert upper == pytest.approx(0.716740 + 0.226578, abs=2e-6)


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_tabled_by_newcombe_1998(x, n, lower, upper):
    assert wilson(x, n) == pytest.approx((lower, upper), abs=5e-5)


def test_byar_hundred_events_by_hand():
    # lower 100*(1 - 1/900 - 1.959964/30)^3     = 100*0.933557^3 = 81.362
    # upper 101*(1 - 1/909 + 1.959964/(3*10.049876))^3 = 101*1.063908^3 = 121.628
    assert byar(100, 1000, base=1000) == pytest.approx((81.362, 121.628), abs=5e-3)


@pytest.mark.parametrize(("events", "lower", "upper"), [(0, 0.0, 3.6889), (5, 1.6235, 11.6683), (9, 4.1154, 17.0848)])
def test_byar_is_exact_poisson_below_ten_events(events, lower, upper):
    # Garwood's limits: half the 2.5% point of chi-squared on 2x degrees of freedom, half the 97.5% on 2x + 2.
    assert byar(events, 1000, base=1000) == pytest.approx((lower, upper), abs=5e-5)


def test_a_rate_scales_with_its_base_and_its_population():
    assert byar(50, 2000, base=1000) == pytest.approx(np.array(byar(50, 1000, base=1000)) / 2)
    assert byar(50, 1000, base=100) == pytest.approx(np.array(byar(50, 1000, base=1000)) / 10)


@pytest.mark.parametrize(("x", "n"), [(0, 0), (None, 10), (3, None), (-1, 10), (np.nan, np.nan), (3, -5)])
def test_no_interval_is_invented_for_counts_that_cannot_be(x, n):
    assert np.isnan(wilson(x, n)).all()
    assert np.isnan(byar(x, n)).all()


def test_more_children_than_there_are_is_no_proportion_but_may_be_a_rate():
    assert np.isnan(wilson(11, 10)).all()
    assert np.isfinite(byar(11, 10)).all()


def test_a_column_gives_a_column_and_bad_rows_spoil_no_others():
    lower, upper = wilson([8, None, 3], [10, 10, 0])
    assert lower.shape == upper.shape == (3,)
    assert lower[0] == pytest.approx(wilson(8, 10)[0])
    assert np.isnan(lower[1:]).all()


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_outside_nought_to_one_is_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, level=level)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_estimate_and_mirrors(counts):
    x, n = counts
    lower, upper = wilson(x, n)
    assert 0 <= lower <= x / n <= upper <= 1
    assert wilson(n - x, n) == pytest.approx((1 - upper, 1 - lower), abs=1e-12)


@given(st.integers(0, 50_000), st.integers(1, 1_000_000))
def test_byar_holds_the_estimate_and_a_wider_level_holds_a_narrower(x, n):
    lower, upper = byar(x, n)
    assert lower <= 1000 * x / n <= upper
    wider_lower, wider_upper = byar(x, n, level=0.998)
    assert wider_lower <= lower
    assert upper <= wider_upper


@pytest.mark.parametrize("n", [30, 60, 250])
def test_wilson_covers_95_in_100_on_average_by_enumeration(n):
    shares = np.linspace(0.05, 0.95, 181)
    x = np.arange(n + 1)
    lower, upper = wilson(x, n)
    covered = (lower <= shares[:, None]) & (shares[:, None] <= upper)
    coverage = (binom.pmf(x, n, shares[:, None]) * covered).sum(axis=1)
    assert 0.94 <= coverage.mean() <= 0.96
    assert coverage.min() >= 0.90
