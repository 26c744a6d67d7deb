"""Mann-Kendall test and Theil-Sen slope, many short series at once.

Arrays are series x points, oldest first; NaN is a missing point. Sources: Mann HB (1945), Econometrica 13:245-259;
Kendall MG (1975), "Rank Correlation Methods", chapters 4 (ties) and 5 (exact); Sen PK (1968), Journal of the American
Statistical Association 63:1379-1389.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.comparison.overdispersion import FloatArray, row_quantiles

TREND_METHOD = "mann_kendall"


def mann_kendall(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """S (pairs that rise less pairs that fall) and its two-sided p.

    Exact without ties; with ties the normal approximation with corrected variance and continuity. p is 1 for a series
    of fewer than two points or one that never moves.
    """
    count = (~np.isnan(values)).sum(axis=1)
    signs = np.nan_to_num(np.sign(_pair_differences(values)))
    score = signs.sum(axis=1)
    tied_pairs = count * (count - 1) // 2 - np.abs(signs).sum(axis=1).astype(int)

    p = _normal_p(score, _tie_corrected_variance(values, count))
    for points in np.unique(count[tied_pairs == 0]):
        chosen = (count == points) & (tied_pairs == 0)
        table = _exact_p(int(points))
        p[chosen] = table[np.abs(score[chosen]).astype(int)]
    return score, p


def theil_sen(values: FloatArray, years: FloatArray) -> FloatArray:
    """Median of the slopes between all pairs of points, per year; NaN with fewer than two points."""
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = _pair_differences(values) / _pair_differences(years)
    return row_quantiles(slopes, 0.5)[0]


def _pair_differences(values: FloatArray) -> FloatArray:
    earlier, later = np.triu_indices(values.shape[1], k=1)
    return values[:, later] - values[:, earlier]


def _tie_corrected_variance(values: FloatArray, count: npt.NDArray[np.int64]) -> FloatArray:
    # Each point belongs to a tie of t points (itself among them), so summing (t - 1)(2t + 5) over points
    # gives the sum of t(t - 1)(2t + 5) over ties.
    alike = (values[:, :, None] == values[:, None, :]).sum(axis=2)
    ties = np.where(alike > 0, (alike - 1) * (2 * alike + 5), 0).sum(axis=1)
    return np.asarray((count * (count - 1) * (2 * count + 5) - ties) / 18)


def _normal_p(score: FloatArray, variance: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.maximum(np.abs(score) - 1, 0) / np.sqrt(variance)
    return np.where(variance > 0, 2 * ndtr(-z), 1.0)


@cache
def _exact_p(points: int) -> FloatArray:
    """Two-sided p for |S| = 0, 1, ... over all orders of `points` different values."""
    inversions = np.ones(1)
    for size in range(2, points + 1):
        inversions = np.convolve(inversions, np.ones(size)) / size
    pairs = points * (points - 1) // 2
    score = pairs - 2 * np.arange(pairs + 1)
    return np.array([inversions[np.abs(score) >= least].sum() for least in range(pairs + 1)])
