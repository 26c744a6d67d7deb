"""Rank intervals: wide where areas cannot be told apart, narrow where they can."""

from statistics import NormalDist

import numpy as np
import pytest

from pipelines.comparison.rank_interval import rank_intervals


def test_areas_far_apart_have_one_place_each():
    scaled = np.linspace(0.1, 1.4, 12)[None, :]
    lower, upper = rank_intervals(scaled, np.full((1, 12), 1e-8))
    assert lower[0].tolist() == upper[0].tolist() == list(range(12, 0, -1))


def test_areas_alike_could_stand_almost_anywhere():
    lower, upper = rank_intervals(np.full((1, 20), 0.7), np.full((1, 20), 0.01))
    # Twenty alike: each place is as likely as another, so the middle 95% of places 1 to 20 is 1 to 20 within one.
    assert lower.max() <= 2
    assert upper.min() >= 19


def test_two_clusters_do_not_mix():
    scaled = np.array([[0.2] * 6 + [1.2] * 6])
    lower, upper = rank_intervals(scaled, np.full((1, 12), 0.001))
    assert lower[0, :6].min() >= 7
    assert upper[0, 6:].max() <= 6


def test_the_same_figures_give_the_same_interval_and_gaps_have_none():
    scaled = np.random.default_rng(1).uniform(0.4, 0.9, (3, 15))
    scaled[1, 4] = np.nan
    scaled[2, 5:] = np.nan
    variance = np.full((3, 15), 0.002)
    lower, upper = rank_intervals(scaled, variance)
    again_lower, again_upper = rank_intervals(scaled, variance)
    assert (lower == again_lower).all()
    assert (upper == again_upper).all()
    assert lower[1, 4] == upper[1, 4] == -1
    assert (lower[2] == -1).all()
    assert upper[1].max() <= 14


@pytest.mark.parametrize(("chance", "alone"), [(0.01, True), (0.05, False)])
def test_the_middle_95_in_100_places_are_kept(chance, alone):
    # Twelve far apart but the first two, which change places in one draw of a hundred (inside the 2.5% cut off at
    # either end) or in five (outside it): a gap of z(chance) times the error of a difference.
    scaled = np.linspace(0.1, 1.2, 12)[None, :]
    scaled[0, 1] = scaled[0, 0] + NormalDist().inv_cdf(1 - chance) * 0.001 * np.sqrt(2)
    lower, upper = rank_intervals(scaled, np.full((1, 12), 0.001**2))
    places = list(zip(lower[0, :2].tolist(), upper[0, :2].tolist(), strict=True))
    assert places == ([(12, 12), (11, 11)] if alone else [(11, 12), (11, 12)])


def test_two_draws_give_the_two_places_of_each_area_and_ten_areas_are_enough():
    lower, upper = rank_intervals(np.full((1, 10), 0.7), np.full((1, 10), 0.01), draws=2)
    # Each draw holds each place once: lowest and highest together come to twice the sum of 1 to 10.
    assert (lower + upper).sum() == 110
    assert (lower < upper).any()
    assert (rank_intervals(np.full((1, 9), 0.7), np.full((1, 9), 0.01))[0] == -1).all()
