"""Over-dispersion by hand, by property and by simulation."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipelines.comparison.level import level_dispersion, share_of_spread
from pipelines.comparison.overdispersion import (
    dersimonian_laird,
    dispersion,
    from_scale,
    funnel_limits,
    row_quantiles,
    to_scale,
    winsorise,
    winsorised_share,
)
from pipelines.comparison.panel import build_panel
from pipelines.comparison.target import england_target
from tests.comparison.invented_country import (
    AUTHORITIES,
    TINY,
    catalogue,
    compare,
    figure,
    geography,
    one,
    uneven_counts,
    whole_country,
)

PROPORTION, RATE = np.array(True), np.array(False)


def test_tau_squared_of_six_equal_areas_by_hand():
    # z = -3 -2 -1 1 2 3: Q = 28. w = 100 each: sum w = 600, sum w^2 = 60,000.
    # tau^2 = (28 - 5) / (600 - 60,000/600) = 23 / 500 = 0.046
    assert dersimonian_laird(np.array([28.0]), np.full((1, 6), 0.01)) == pytest.approx([0.046])


def test_tau_squared_of_six_unequal_areas_by_hand():
    # w = 100 three times and 400 three times: sum w = 1,500, sum w^2 = 510,000
    # tau^2 = (30.2 - 5) / (1,500 - 510,000/1,500) = 25.2 / 1,160 = 0.0217241
    variance = np.array([[0.01, 0.01, 0.01, 0.0025, 0.0025, 0.0025]])
    assert dersimonian_laird(np.array([30.2]), variance) == pytest.approx([0.0217241], abs=1e-7)


def test_an_area_without_a_variance_is_no_part_of_tau_squared():
    gappy = np.array([[0.01, np.nan, 0.01, 0.01, 0.0025, np.nan, 0.0025, 0.0025]])
    assert dersimonian_laird(np.array([30.2]), gappy) == pytest.approx([0.0217241], abs=1e-7)


def test_tau_squared_is_never_below_nought():
    assert dersimonian_laird(np.array([9.0, 9.0]), np.array([[0.01, np.nan], [np.nan, np.nan]])).tolist() == [0, 0]
    assert dersimonian_laird(np.array([4.0]), np.full((1, 6), 0.01)) == pytest.approx([0.0])


def test_phi_and_tau_squared_of_six_areas_from_their_values_by_hand():
    # y = centre + z/10 with s = 1/10. Winsorised at 10%: the quantile lies halfway from -3 to -2, so both ends are
    # drawn to 2.5, and 2 stays.
    # Sum of squares 2*(2.5^2 + 2^2 + 1^2) = 22.5; phi = 22.5 / 6 / 0.67866 = 5.5256
    # tau^2 = (6*5.5256 - 5) / 500 = 0.056307
    scaled = 0.7 + np.array([[-3.0, -2, -1, 1, 2, 3]]) / 10
    found = dispersion(scaled, np.full((1, 6), 0.01), np.array([0.7]), minimum_areas=6)
    assert found.areas == [6]
    assert found.phi == pytest.approx([5.5256], abs=5e-4)
    assert found.tau_squared == pytest.approx([0.056307], abs=1e-5)


def test_winsorised_normal_scores_keep_the_share_of_variance_we_divide_by():
    # c = 1.28155, f(c) = 0.175498: 0.8 - 2*1.28155*0.175498 + 0.2*1.28155^2 = 0.67866
    assert winsorised_share(0.1) == pytest.approx(0.67866, abs=1e-5)
    scores = np.random.default_rng(3).standard_normal((1, 400_000))
    assert np.var(winsorise(scores)) == pytest.approx(winsorised_share(0.1), abs=0.005)


def test_winsorising_matches_numpy_quantiles_and_leaves_gaps():
    scores = np.random.default_rng(4).standard_normal((1, 41))
    scores[0, 7] = np.nan
    lower, upper = np.nanquantile(scores, [0.1, 0.9])
    np.testing.assert_allclose(winsorise(scores), np.clip(scores, lower, upper))


def test_too_few_areas_give_no_dispersion():
    found = dispersion(np.full((1, 9), 0.7), np.full((1, 9), 0.01), np.array([0.7]))
    assert np.isnan(found.phi).all()
    assert np.isnan(found.tau_squared).all()


def test_limits_by_hand():
    # p0 = 0.5 is pi/4 on the scale; n = 100 gives s = 0.05; with tau^2 = 0.0075 the variance is 0.01.
    # sin^2(0.785398 - 0.196) = sin^2(0.589398) = 0.308985; the other side mirrors it.
    lower, upper = funnel_limits(np.array([[np.pi / 4]]), np.array([[0.0025 + 0.0075]]), 1.96, PROPORTION)
    assert lower.item() == pytest.approx(0.308985, abs=1e-5)
    assert upper.item() == pytest.approx(1 - 0.308985, abs=1e-5)


@given(st.floats(0, 1))
def test_the_scales_go_there_and_back(ratio):
    there = np.array([ratio])
    assert from_scale(to_scale(there, PROPORTION), PROPORTION) == pytest.approx(there, abs=1e-12)
    assert from_scale(to_scale(there * 7, RATE), RATE) == pytest.approx(there * 7, abs=1e-12)
    # A share a rounding above one is one.
    assert to_scale(1 + there / 100, PROPORTION) == pytest.approx([np.pi / 2])


@given(arrays(float, (1, 14), elements=st.floats(0.05, 1.5)), st.permutations(range(14)))
def test_the_order_of_areas_changes_nothing(scaled, order):
    variance = np.linspace(0.001, 0.02, 14)[None, :]
    here = dispersion(scaled, variance, np.array([0.6]))
    there = dispersion(scaled[:, order], variance[:, order], np.array([0.6]))
    assert there.phi == pytest.approx(here.phi, rel=1e-9, abs=1e-12)
    assert there.tau_squared == pytest.approx(here.tau_squared, rel=1e-9, abs=1e-12)


@given(arrays(float, (1, 14), elements=st.floats(0.05, 1.5)), st.floats(0.1, 10))
def test_phi_has_no_unit_and_tau_squared_has_the_unit_squared(scaled, factor):
    variance = np.linspace(0.001, 0.02, 14)[None, :]
    here = dispersion(scaled, variance, np.array([0.6]))
    there = dispersion(scaled * factor, variance * factor**2, np.array([0.6 * factor]))
    assert there.phi == pytest.approx(here.phi, rel=1e-6, abs=1e-9)
    assert there.tau_squared == pytest.approx(here.tau_squared * factor**2, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("phi", [1, 5, 40, 130])
def test_with_no_true_differences_about_five_in_a_hundred_areas_lie_outside(phi):
    countries, areas, share = 80, 150, 0.464
    counts = [uneven_counts(seed, areas, phi, share) for seed in range(countries)]
    numerator, denominator = (np.stack(each) for each in zip(*counts, strict=True))
    scaled, variance = to_scale(numerator / denominator, PROPORTION), 1 / (4 * denominator)
    centre = to_scale(numerator.sum(axis=1) / denominator.sum(axis=1), PROPORTION)
    found = dispersion(scaled, variance, centre)

    unadjusted = np.abs(scaled - centre[:, None]) / np.sqrt(variance)
    adjusted = np.abs(scaled - centre[:, None]) / np.sqrt(variance + found.tau_squared[:, None])
    assert (adjusted >= 1.96).mean() <= 0.06
    assert (adjusted >= 3.09).mean() <= 0.005
    if phi > 1:
        assert (unadjusted >= 3.09).mean() > 0.15
    else:
        assert (adjusted >= 1.96).mean() >= 0.03


SIZES = {"A01": 100, "A02": 50, "A03": 300}  # A01 and A03 lie in R1, A02 in R2


def _panel_of_three(**shares):
    rows = [figure(code, 2024, shares.get(code, 0.5) * size, size) for code, size in SIZES.items()]
    rows += [figure("R1", 2024, 200.0, 400.0), figure("ENG", 2024, 225.0, 450.0)]
    return build_panel(pl.DataFrame(rows, infer_schema_length=None), catalogue(), geography())


def test_a_larger_area_carries_the_squared_shares_of_its_authorities_of_the_spread_by_hand():
    # (100^2 + 300^2) / 400^2 = 0.625; (100^2 + 300^2 + 50^2) / 450^2 = 102,500 / 202,500
    panel = _panel_of_three()
    shares = dict(zip(panel.areas["geography_code"], share_of_spread(panel)[0], strict=True))
    expected = {"A01": 1, "A02": 1, "A03": 1, "R1": 0.625, "R2": 1, "ENG": 102_500 / 202_500}
    assert {code: shares[code] for code in expected} == pytest.approx(expected)
    # Where no authority's share is known, all of it.
    rows = [figure("R1", 2024, 200.0, 400.0), figure("A20", 2024, None, None)]
    alone = build_panel(pl.DataFrame(rows, infer_schema_length=None), catalogue(), geography())
    assert (share_of_spread(alone) == 1).all()


def test_beside_a_region_the_spread_of_its_authorities_counts_by_hand():
    sizes = {code: 100.0 + 40 * i for i, code in enumerate(AUTHORITIES)}
    rows = [figure(code, 2024, (0.3 + 0.02 * i) * n, n) for i, (code, n) in enumerate(sizes.items())]
    panel = build_panel(pl.DataFrame(rows, infer_schema_length=None), catalogue(), geography())
    tau_squared = level_dispersion(panel, england_target(panel)).tau_squared[0]
    assert tau_squared > 0.005
    # R1 holds A01, A03, …: its variance is 1/(4N) + tau^2 x sum of n^2 / N^2, with its own counts added up.
    north = [row for row in rows if row["geography_code"] in AUTHORITIES[::2]]
    of_region = sum(row["denominator"] for row in north)
    squares = sum(row["denominator"] ** 2 for row in north) / of_region**2
    variance = 1 / (4 * 180) + tau_squared + 1 / (4 * of_region) + tau_squared * squares
    there = sum(row["numerator"] for row in north) / of_region
    expected = (np.arcsin(np.sqrt(0.34)) - np.arcsin(np.sqrt(there))) / np.sqrt(variance)
    assert one(compare(rows), "A03", "region")["adjusted_z"] == pytest.approx(expected)


def test_regions_the_smallest_and_shares_of_few_are_no_part_of_the_spread():
    half = dict.fromkeys(AUTHORITIES, 0.5)
    rows = whole_country(2024, half | {TINY: 1.0})
    for row in rows:
        if row["geography_code"] in {"A01", "A02", "A03"}:
            row |= {"numerator": 27.0, "denominator": 29.0}
        if row["geography_code"] in {"R1", "R2"}:
            row |= {"numerator": 0.9 * row["denominator"]}
        if row["geography_code"] == "ENG":
            row |= {"numerator": 4000.0, "denominator": 8000.0}
    assert one(compare(rows), "A05", "england")["phi"] == pytest.approx(0, abs=1e-12)


def test_quantiles_of_rows_are_those_of_numpy_and_pass_over_gaps():
    values = np.array([[5.0, np.nan, 1, 3], [2.0, 2, 8, np.nan], [4.0, np.nan, np.nan, np.nan]])
    for share, found in zip((0.1, 0.5, 0.9), row_quantiles(values, 0.1, 0.5, 0.9), strict=True):
        np.testing.assert_allclose(found, np.nanquantile(values, share, axis=1))
    assert np.isnan(row_quantiles(np.full((1, 4), np.nan), 0.5)[0]).all()
