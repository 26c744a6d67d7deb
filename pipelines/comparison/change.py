"""How a figure moves: against the period before, and over several periods.

A change is tested like a level: the difference on the transformed scale, against chance in both periods plus the
amount by which areas' changes usually differ. Two periods on either side of a break in series are never compared.
"""

import numpy as np
import numpy.typing as npt

from pipelines.comparison.level import large_enough, share_of_spread
from pipelines.comparison.outcome import Numbers, Outcome, difference_interval, difference_of
from pipelines.comparison.overdispersion import dispersion, row_quantiles, to_scale
from pipelines.comparison.panel import BoolArray, FloatArray, IntArray, Panel
from pipelines.comparison.period_label import period_labels
from pipelines.comparison.trend import TREND_METHOD, mann_kendall, theil_sen
from pipelines.comparison.verdicts import (
    CHANGE_CODES,
    DIFFERENT_Z,
    MINIMUM_DENOMINATOR,
    MINIMUM_EXPECTED,
    TREND_MAXIMUM_POINTS,
    TREND_MINIMUM_POINTS,
    TREND_P,
    Reason,
    change_codes,
    first_reason,
)


def compare_changes(panel: Panel) -> list[Outcome]:
    """Previous and trend, for every area of the panel."""
    return [_beside_previous(panel), _along_trend(panel)]


def _beside_previous(panel: Panel) -> Outcome:
    before = earlier_groups(panel, 1)[:, 1]
    has_before = before >= 0
    absent = ~has_before[:, None]
    peers, kind = panel.peers, panel.proportion[:, None]
    ratio, value, denominator = (
        np.where(absent, np.nan, array[before]) for array in (panel.ratio, panel.value, panel.denominator)
    )
    variance = panel.sampling_variance + 1 / (4 * denominator)
    moved = to_scale(panel.ratio, kind) - to_scale(ratio, kind)
    method_break = absent | (panel.method_segment != panel.method_segment[before])[:, None]
    area_break = panel.segment != panel.segment[before]
    enough = _large_enough_twice(panel, ratio, denominator)

    used = peers & panel.comparable & enough & ~area_break & ~absent
    usual = np.where(used, moved, np.nan)
    [middle] = row_quantiles(usual, 0.5)
    spread = dispersion(usual, np.where(used, variance, np.nan), middle)
    error = np.sqrt(variance + spread.tau_squared[:, None] * share_of_spread(panel))

    reason = first_reason(
        panel.shape,
        (Reason.TINY_AREA, ~panel.comparable),
        (Reason.NOT_SHOWN, ~panel.shown),
        (Reason.NO_EARLIER_PERIOD, absent),
        (Reason.BREAK_IN_MEASURE, method_break),
        (Reason.BREAK_IN_AREA, area_break),
        (Reason.EARLIER_NOT_SHOWN, np.isnan(value)),
        (Reason.NO_COUNTS, np.isnan(moved)),
        (Reason.SMALL, kind & ~enough),
        (Reason.FEW_EXPECTED, ~enough),
        (Reason.FEW_AREAS, np.isnan(error)),
    )
    compared = reason == 0
    z = np.where(compared, moved / error, np.nan)
    direction = np.where(np.abs(z) >= DIFFERENT_Z, np.sign(z), np.where(np.isnan(z), np.nan, 0.0))
    scaled = to_scale(panel.ratio, kind)
    lower, upper = difference_interval(panel, scaled, error, ratio)
    # A child more or less of a handful moves a share by tens of points: such a change is not put into a number.
    comparable_pair = panel.comparable & ~area_break & ~absent & (reason != Reason.SMALL)
    numbers: Numbers = {
        "comparator_value": value,
        "difference": np.where(comparable_pair, difference_of(panel, ratio, value), np.nan),
        "difference_lower": np.where(compared, lower, np.nan),
        "difference_upper": np.where(compared, upper, np.nan),
        "adjusted_z": z,
        "phi": spread.phi[:, None],
    }
    labels = period_labels(panel.groups)
    return Outcome(
        comparator="previous",
        emit=panel.present,
        label=np.where(has_before, before, len(labels))[:, None],
        label_texts=[*labels, "No earlier period"],
        codes=CHANGE_CODES,
        verdict=change_codes(direction),
        reason=reason,
        numbers=numbers,
    )


def _along_trend(panel: Panel) -> Outcome:
    window = earlier_groups(panel, TREND_MAXIMUM_POINTS - 1)
    usable = (window >= 0)[:, :, None] & panel.shown[window] & (panel.segment[window] == panel.segment[:, None, :])
    usable &= panel.shown[:, None, :]
    points = usable.sum(axis=1)
    events, people = (
        np.nansum(np.where(usable, each[window], np.nan), axis=1) for each in (panel.numerator, panel.denominator)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        enough = large_enough(panel, events / people)
    reason = first_reason(
        panel.shape,
        (Reason.TINY_AREA, ~panel.comparable),
        (Reason.NOT_SHOWN, ~panel.shown),
        (Reason.FEW_POINTS, points < TREND_MINIMUM_POINTS),
        (Reason.SMALL, panel.proportion[:, None] & panel.has_counts & ~enough),
        (Reason.FEW_EXPECTED, panel.has_counts & ~enough),
    )
    group, area = np.nonzero((reason == 0) & panel.present)
    values = np.where(usable, panel.value[window], np.nan)[group, :, area]
    years = _years(panel)[window][group]
    p, slope = np.full(panel.shape, np.nan), np.full(panel.shape, np.nan)
    score, p[group, area] = mann_kendall(values[:, ::-1])
    slope[group, area] = theil_sen(values[:, ::-1], years[:, ::-1])
    direction = np.full(panel.shape, np.nan)
    direction[group, area] = np.where(p[group, area] < TREND_P, np.sign(score), 0.0)

    labels = period_labels(panel.groups)
    here = np.arange(panel.shape[0])[:, None]
    oldest = np.where(usable, window[:, :, None], here[:, :, None]).min(axis=1)
    spans, label = np.unique(oldest * len(labels) + here, return_inverse=True)
    ends = [divmod(int(span), len(labels)) for span in spans]
    return Outcome(
        comparator="trend",
        emit=panel.present,
        label=label.reshape(panel.shape),
        label_texts=[labels[a] if a == b else f"{labels[a]} to {labels[b]}" for a, b in ends],
        codes=CHANGE_CODES,
        verdict=change_codes(direction),
        reason=reason,
        numbers={"comparator_n": points, "trend_p": p, "trend_slope": slope},
        constants={"trend_method": TREND_METHOD},
    )


def earlier_groups(panel: Panel, steps: int) -> IntArray:
    """Groups x (steps + 1): this group, the one before in its series, and so on; -1 where the series has none."""
    here = np.arange(panel.shape[0])[:, None]
    back = here - np.arange(steps + 1)[None, :]
    same_series = panel.series[np.maximum(back, 0)] == panel.series[:, None]
    return np.where((back >= 0) & same_series, back, -1)


def _large_enough_twice(panel: Panel, ratio: FloatArray, denominator: FloatArray) -> BoolArray:
    smaller = np.fmin(panel.denominator, denominator)
    both = (panel.numerator + ratio * denominator) / (panel.denominator + denominator)
    with np.errstate(invalid="ignore"):
        return np.where(panel.proportion[:, None], smaller >= MINIMUM_DENOMINATOR, smaller * both >= MINIMUM_EXPECTED)


def _years(panel: Panel) -> FloatArray:
    starts = panel.groups["period_start"]
    months: npt.NDArray[np.int64] = (starts.dt.year().cast(int) * 12 + starts.dt.month().cast(int)).to_numpy()
    return months / 12
