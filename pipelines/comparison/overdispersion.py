"""How much areas differ beyond chance, and what that does to z scores and funnel limits.

Every array is groups x areas: a row is one metric, period and breakdown; a column is one area. NaN marks an area
that takes no part. Sources: Spiegelhalter DJ (2005), "Funnel plots for comparing institutional performance",
Statistics in Medicine 24:1185-1202 (transformations, winsorised z); Spiegelhalter D, Sherlaw-Johnson C, Bardsley M,
Blunt I, Wood C, Grigg O (2012), "Statistical methods for healthcare regulation", Journal of the Royal Statistical
Society A 175:1-47 (additive model); DerSimonian R, Laird N (1986), Controlled Clinical Trials 7:177-188 (tau squared).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from pipelines.comparison.verdicts import MINIMUM_AREAS, WINSORISE_AT

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Dispersion:
    """Per group: areas used, phi (1 means chance alone) and tau squared on the transformed scale."""

    areas: npt.NDArray[np.int64]
    phi: FloatArray
    tau_squared: FloatArray


def to_scale(ratio: FloatArray, proportion: BoolArray) -> FloatArray:
    """Arcsine of the square root for proportions (0 to 1), square root for rates per one: variance near 1/(4n)."""
    root = np.sqrt(ratio)
    return np.where(proportion, np.arcsin(np.minimum(root, 1.0)), root)


def from_scale(scaled: FloatArray, proportion: BoolArray) -> FloatArray:
    """Back to a ratio; values beyond the ends of the scale give the end (0, and 1 for a proportion)."""
    inside = np.maximum(scaled, 0.0)
    return np.where(proportion, np.sin(np.minimum(inside, np.pi / 2)) ** 2, inside**2)


def winsorised_share(at: float) -> float:
    """Variance that standard normal scores keep when both tails are drawn in to the `at` and 1 - `at` quantiles.

    Worked from the normal density: with c the upper quantile, E[w^2] = (1 - 2at) - 2c f(c) + 2 at c^2.
    """
    normal = NormalDist()
    c = normal.inv_cdf(1 - at)
    return (1 - 2 * at) - 2 * c * normal.pdf(c) + 2 * at * c**2


def winsorise(z: FloatArray, at: float = WINSORISE_AT) -> FloatArray:
    """Draw each row's scores in to its own `at` and 1 - `at` quantiles (linear between neighbours); NaN stays NaN."""
    lower, upper = row_quantiles(z, at, 1 - at)
    return np.clip(z, lower[:, None], upper[:, None])


def dispersion(
    scaled: FloatArray, variance: FloatArray, centre: FloatArray, minimum_areas: int = MINIMUM_AREAS
) -> Dispersion:
    """Winsorised phi and DerSimonian-Laird tau squared of each row about `centre` (one value a row).

    Winsorising alone understates phi: normal scores keep 0.68 of their variance at 10%. We divide by that share,
    so that with no true differences about 5% of areas lie beyond 1.96 after adjustment, not about 11%.
    Rows with fewer than `minimum_areas` areas get NaN: the spread of a handful is no guide.
    """
    used = ~(np.isnan(scaled) | np.isnan(variance) | np.isnan(centre)[:, None])
    z = np.where(used, (scaled - centre[:, None]) / np.sqrt(variance), np.nan)
    areas = used.sum(axis=1)
    enough = areas >= minimum_areas

    squares = np.where(used, winsorise(z) ** 2, 0.0).sum(axis=1)
    phi = squares / np.maximum(areas, 1) / winsorised_share(WINSORISE_AT)
    return Dispersion(
        areas=areas,
        phi=np.where(enough, phi, np.nan),
        tau_squared=np.where(enough, dersimonian_laird(phi * areas, np.where(used, variance, np.nan)), np.nan),
    )


def dersimonian_laird(q: FloatArray, variance: FloatArray) -> FloatArray:
    """Moment estimate of the between-area variance from the sum of squared scores `q`; never below nought.

    tau^2 = (Q - (I - 1)) / (sum w - sum w^2 / sum w) with w = 1 / variance. Nought where it is not defined.
    """
    weight = np.where(np.isnan(variance), 0.0, 1 / variance)
    areas = (weight > 0).sum(axis=1)
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        spare = total - (weight**2).sum(axis=1) / total
        return np.where(spare > 0, np.maximum(q - (areas - 1), 0.0) / spare, 0.0)


def funnel_limits(
    centre: FloatArray, variance: FloatArray, z: float, proportion: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Limits as ratios, `z` standard errors either side of `centre`; `variance` is sampling plus tau squared."""
    spread = z * np.sqrt(variance)
    return from_scale(centre - spread, proportion), from_scale(centre + spread, proportion)


def row_quantiles(values: FloatArray, *shares: float) -> list[FloatArray]:
    """These quantiles of each row, linear between neighbours and NaN passed over; NaN where a row has nothing else."""
    ordered = np.sort(values, axis=1)
    last = (~np.isnan(values)).sum(axis=1) - 1  # of a row with nothing else -1, which is a NaN too
    row = np.arange(len(values))
    found = []
    for share in shares:
        below = np.floor(share * last).astype(np.int64)
        low, high = ordered[row, below], ordered[row, np.minimum(below + 1, last)]
        found.append(low + (share * last - below) * (high - low))
    return found
