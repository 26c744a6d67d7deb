"""Where a figure lies beside England, its region and similar areas, in the same period.

England is a fixed target, so a verdict and the over-dispersed funnel limits always agree. A region or a set of similar
areas is itself made of areas that differ, so its own variance counts too.
"""

import numpy as np
import polars as pl

from pipelines.comparison.outcome import Numbers, Outcome, difference_interval, difference_of
from pipelines.comparison.overdispersion import Dispersion, dispersion, funnel_limits, to_scale
from pipelines.comparison.panel import BoolArray, FloatArray, Panel
from pipelines.comparison.rank_interval import rank_intervals
from pipelines.comparison.target import HOW, Target, england_target, neighbour_target, region_target
from pipelines.comparison.verdicts import (
    DIFFERENT_Z,
    LEVEL_CODES,
    MINIMUM_DENOMINATOR,
    MINIMUM_EXPECTED,
    MINIMUM_PEERS,
    MUCH_DIFFERENT_Z,
    NEIGHBOUR_MODELS,
    Reason,
    first_reason,
    level_codes,
)


def compare_levels(panel: Panel, bridge_neighbour: pl.DataFrame, comparators: tuple[str, ...]) -> list[Outcome]:
    """One Outcome a comparator: all areas of the level compared, and regions too beside England."""
    england = england_target(panel)
    spread = level_dispersion(panel, england)
    outcomes = []
    for comparator in comparators:
        if comparator == "england":
            target = england
        elif comparator == "region":
            target = region_target(panel)
        else:
            target = neighbour_target(panel, bridge_neighbour, comparator)
        outcomes.append(_beside(panel, comparator, target, spread))
    return outcomes


def large_enough(panel: Panel, ratio: FloatArray) -> BoolArray:
    """Cells with counts enough to test: 30 or more for a proportion; 5 or more expected at `ratio` for a rate."""
    with np.errstate(invalid="ignore"):
        many = panel.denominator >= MINIMUM_DENOMINATOR
        expected = panel.denominator * ratio >= MINIMUM_EXPECTED
    return np.where(panel.proportion[:, None], many, expected)


def level_dispersion(panel: Panel, england: Target) -> Dispersion:
    """Over-dispersion of each group about England, over comparable local authorities that are large enough."""
    used = panel.peers & panel.comparable & large_enough(panel, england.ratio)
    kind = panel.proportion[:, None]
    return dispersion(
        np.where(used, to_scale(panel.ratio, kind), np.nan),
        np.where(used, panel.sampling_variance, np.nan),
        to_scale(england.ratio, kind)[:, 0],
    )


def share_of_spread(panel: Panel) -> FloatArray:
    """How much of tau squared a cell carries: 1 for an authority, the sum of squared shares for a larger area.

    Differences between authorities partly cancel in an area made of many: its average varies by tau^2 x sum of w^2,
    with w the authorities' shares of the denominator (Kish L (1965), "Survey Sampling", section 11.7). 1 where no
    authority's share is known.
    """
    peers, region = panel.peers, panel.at_level("region")
    code = panel.areas["geography_code"].to_numpy()
    inside = (panel.areas["region_code"].fill_null("").to_numpy()[None, :] == code[:, None]) & region[:, None]
    pick = ((inside | panel.at_level("national")[:, None]) & peers).T.astype(float)
    known = np.nan_to_num(panel.denominator)
    total, squared = known @ pick, known**2 @ pick
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, squared / total**2, 1.0)


def _beside(panel: Panel, comparator: str, target: Target, spread: Dispersion) -> Outcome:
    beside_england = comparator == "england"
    none = target.of_area < 0
    peers, kind, tau_squared = panel.peers, panel.proportion[:, None], spread.tau_squared[:, None]
    value, ratio = target.value[:, target.of_area], target.ratio[:, target.of_area]
    behind, expected, how = (array[:, target.of_area] for array in (target.behind, target.expected, target.how))
    own = panel.sampling_variance + tau_squared * share_of_spread(panel)
    error = np.sqrt(own if beside_england else own + _target_variance(panel, target, tau_squared)[:, target.of_area])

    enough = large_enough(panel, ratio)
    reason = first_reason(
        panel.shape,
        (Reason.TINY_AREA, ~panel.comparable),
        (Reason.NOT_SHOWN, ~panel.shown),
        (Reason.IS_A_COUNT, panel.is_count[:, None]),
        (Reason.NO_COUNTS, ~panel.has_counts),
        (Reason.NO_NEIGHBOUR_LIST if comparator in NEIGHBOUR_MODELS else Reason.NO_COMPARATOR, none),
        (Reason.NO_COMPARATOR, np.isnan(ratio)),
        (Reason.FEW_PEERS, (behind < MINIMUM_PEERS) & (not beside_england)),
        (Reason.SMALL, kind & ~enough),
        (Reason.FEW_EXPECTED, ~enough),
        (Reason.FEW_AREAS, np.isnan(tau_squared)),
    )
    compared = reason == 0
    scaled, centre = to_scale(panel.ratio, kind), to_scale(ratio, kind)
    z = np.where(compared, (scaled - centre) / error, np.nan)
    lower, upper = difference_interval(panel, scaled, error, ratio)
    numbers: Numbers = {
        "comparator_value": np.where(none, np.nan, value),
        "comparator_n": np.where(none, -1, behind),
        "comparator_n_expected": np.where(none, -1, expected),
        "difference": np.where(none | ~panel.comparable, np.nan, difference_of(panel, ratio, value)),
        "difference_lower": np.where(compared, lower, np.nan),
        "difference_upper": np.where(compared, upper, np.nan),
        "adjusted_z": z,
        "phi": spread.phi[:, None],
    }
    if beside_england:
        drawn = panel.has_counts & panel.comparable
        numbers |= _limits(panel, np.where(drawn, centre, np.nan), own)
        ranked = np.where(compared & peers, scaled, np.nan)
        numbers["rank_lower"], numbers["rank_upper"] = rank_intervals(ranked, panel.sampling_variance)
    shared_name = len(target.names) == 1
    return Outcome(
        comparator=comparator,
        emit=panel.present & (peers | panel.at_level("region") if beside_england else peers),
        label=how if shared_name else how + len(HOW) * np.maximum(target.of_area, 0),
        label_texts=[name + words for name in target.names or [""] for words in HOW],
        codes=LEVEL_CODES,
        verdict=level_codes(z),
        reason=reason,
        numbers=numbers,
    )


def _target_variance(panel: Panel, target: Target, tau_squared: FloatArray) -> FloatArray:
    pick = target.members.T.astype(float)
    n = np.nan_to_num(panel.denominator)
    total, squared = n @ pick, n**2 @ pick
    with np.errstate(invalid="ignore", divide="ignore"):
        # Sum of w^2 (1/(4n) + tau^2) with w = n / N comes to 1/(4N) + tau^2 x sum of n^2 / N^2.
        return np.asarray(1 / (4 * total) + tau_squared * squared / total**2)


def _limits(panel: Panel, centre: FloatArray, variance: FloatArray) -> Numbers:
    limits: Numbers = {}
    for words, z in (("95", DIFFERENT_Z), ("998", MUCH_DIFFERENT_Z)):
        lower, upper = funnel_limits(centre, variance, z, panel.proportion[:, None])
        limits[f"limit_lower_{words}"] = lower * panel.base[:, None]
        limits[f"limit_upper_{words}"] = upper * panel.base[:, None]
    return limits
