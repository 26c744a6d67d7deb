"""Where an area could stand in order of value: an interval, never one place.

Source: Goldstein H, Spiegelhalter DJ (1996), "League tables and their limitations", Journal of the Royal Statistical
Society A 159:385-443: draw each area's rate many times from its own uncertainty, put the areas in order in each draw,
and keep the middle 95% of each area's places.
"""

import numpy as np
import numpy.typing as npt

from pipelines.comparison.overdispersion import FloatArray
from pipelines.comparison.verdicts import MINIMUM_AREAS, RANK_DRAWS, RANK_SEED

TAIL = 0.025


def rank_intervals(
    scaled: FloatArray, variance: FloatArray, draws: int = RANK_DRAWS, seed: int = RANK_SEED
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Lowest and highest plausible place of each cell in its row, 1 being the highest value; -1 where there is none.

    `scaled` and `variance` are groups x areas on the transformed scale; NaN takes no part. The seed is fixed and the
    draws belong to places in the row, so the same figures give the same interval. Rows with few areas get none.
    """
    lower = np.full(scaled.shape, -1, dtype=np.int32)
    upper = np.full(scaled.shape, -1, dtype=np.int32)
    noise = np.random.default_rng(seed).standard_normal((draws, scaled.shape[1]), dtype=np.float32)
    at_lower, at_upper = int(TAIL * draws), draws - 1 - int(TAIL * draws)
    used = ~(np.isnan(scaled) | np.isnan(variance))
    for group in np.flatnonzero(used.sum(axis=1) >= MINIMUM_AREAS):
        columns = np.flatnonzero(used[group])
        error = np.sqrt(variance[group, columns]).astype(np.float32)
        drawn = scaled[group, columns].astype(np.float32) + noise[:, columns] * error
        places = np.sort(_places(drawn), axis=0)
        lower[group, columns], upper[group, columns] = places[at_lower], places[at_upper]
    return lower, upper


def _places(drawn: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    order = np.argsort(-drawn, axis=1)
    places = np.empty(drawn.shape, dtype=np.int16)
    np.put_along_axis(places, order, np.arange(1, drawn.shape[1] + 1, dtype=np.int16)[None, :], axis=1)
    return places
