"""Confidence intervals for proportions and rates, over whole columns at once.

`wilson` for a count out of a count; `byar` for events over a base. Arrays in, arrays of the same shape out.
A count that is missing, negative or impossible gives NaN limits: an interval is never invented.
"""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

EXACT_BELOW_EVENTS = 10.0


def wilson(x: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Wilson score interval for `x` out of `n`, as proportions 0 to 1.

    `x` and `n` broadcast against each other. NaN limits where either is missing, `n` is not above zero,
    or `x` lies outside 0 to `n`.

    Source: Wilson EB (1927), "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22:209-212; written as in Newcombe RG (1998),
    Statistics in Medicine 17:857-872, method 3.

    Raises ValueError when `level` is not between 0 and 1.
    """
    z = _two_sided_z(level)
    events, trials = _as_float_arrays(x, n)
    usable = (trials > 0) & (events >= 0) & (events <= trials) & np.isfinite(trials)
    safe_trials = np.where(usable, trials, 1.0)
    safe_events = np.where(usable, events, 0.0)

    proportion = safe_events / safe_trials
    centre = 2 * safe_events + z**2
    spread = z * np.sqrt(z**2 + 4 * safe_events * (1 - proportion))
    divisor = 2 * (safe_trials + z**2)
    # The limits are 0 at x = 0 and 1 at x = n exactly; floating point may miss them by a hair.
    lower = np.where(safe_events == 0, 0.0, np.clip((centre - spread) / divisor, 0.0, 1.0))
    upper = np.where(safe_events == safe_trials, 1.0, np.clip((centre + spread) / divisor, 0.0, 1.0))
    return np.where(usable, lower, np.nan), np.where(usable, upper, np.nan)


def byar(
    x: npt.ArrayLike, n: npt.ArrayLike, base: npt.ArrayLike = 1000, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Interval for the rate of `x` events per `base` of `n`: Byar's approximation, exact Poisson below 10 events.

    `x`, `n` and `base` broadcast against each other. NaN limits where one is missing, `n` or `base` is not above
    zero, or `x` is negative. `x` may exceed `n`: a rate counts events, not people.

    Sources: Byar's approximation as in Breslow NE, Day NE (1987), "Statistical Methods in Cancer Research II",
    IARC, p. 69. Exact limits from the chi-squared quantiles, Garwood F (1936), Biometrika 28:437-442. The change
    at 10 events follows Public Health England (2018), "Technical guide: confidence intervals".

    Raises ValueError when `level` is not between 0 and 1.
    """
    z = _two_sided_z(level)
    events, population, per = _as_float_arrays(x, n, base)
    usable = (population > 0) & (per > 0) & (events >= 0) & np.isfinite(events + population + per)
    count = np.where(usable, events, 0.0)

    safe_count: FloatArray = np.maximum(count, 1.0)
    lower: FloatArray = safe_count * (1 - 1 / (9 * safe_count) - z / (3 * np.sqrt(safe_count))) ** 3
    next_count = count + 1
    upper: FloatArray = next_count * (1 - 1 / (9 * next_count) + z / (3 * np.sqrt(next_count))) ** 3

    few = usable & (count < EXACT_BELOW_EVENTS)
    if few.any():
        exact_lower, exact_upper = _exact_poisson(count, level)
        lower, upper = np.where(few, exact_lower, lower), np.where(few, exact_upper, upper)

    scale = np.where(usable, per, np.nan) / np.where(usable, population, 1.0)
    return lower * scale, upper * scale


def _exact_poisson(count: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    # Imported here because scipy.special doubles the start-up of commands that never meet a small count.
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    small = np.minimum(count, EXACT_BELOW_EVENTS)
    lower = np.where(small > 0, gammaincinv(np.maximum(small, 1e-12), tail), 0.0)
    upper = gammaincinv(small + 1, 1 - tail)
    return np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)


def _as_float_arrays(*values: npt.ArrayLike) -> tuple[FloatArray, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values)))


def _two_sided_z(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, not {level}")
    return NormalDist().inv_cdf((1 + level) / 2)
