"""The verdict codes, the thresholds behind them, and the plain words for a comparison that is not made.

Codes say where a figure lies, never whether that is good: words come from the code and the metric's polarity.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

METHOD_VERSION = "2025.2"

LEVEL_COMPARATORS = ("england", "region", "neighbours_2025", "neighbours_2021")
BREAKDOWN_COMPARATORS = ("england", "region", "neighbours_2025")
BOARD_COMPARATORS = ("england",)
CHANGE_COMPARATORS = ("previous", "trend")
NEIGHBOUR_MODELS = {"neighbours_2025": "2025", "neighbours_2021": "2021"}
BREAKDOWN_PERIODS = 2

LEVEL_CODES = ("not_compared", "much_lower", "lower", "not_different", "higher", "much_higher")
CHANGE_CODES = ("not_compared", "falling", "no_clear_change", "rising")
STANDARD_CODES = ("not_compared", "not_met", "met")

DIFFERENT_Z = 1.96
MUCH_DIFFERENT_Z = 3.09
TREND_P = 0.05

WINSORISE_AT = 0.10
MINIMUM_DENOMINATOR = 30
MINIMUM_EXPECTED = 5
MINIMUM_AREAS = 10
MINIMUM_PEERS = 5
TREND_MINIMUM_POINTS = 5
TREND_MAXIMUM_POINTS = 10
RANK_DRAWS = 1000
RANK_SEED = 20250626


class Reason(IntEnum):
    """Why a comparison is not made; the lowest number that applies is the one told."""

    NOT_SHOWN = 1
    TINY_AREA = 2
    IS_A_COUNT = 3
    NO_COUNTS = 4
    NO_NEIGHBOUR_LIST = 5
    FEW_PEERS = 6
    NO_COMPARATOR = 7
    NO_EARLIER_PERIOD = 8
    EARLIER_NOT_SHOWN = 9
    BREAK_IN_MEASURE = 10
    BREAK_IN_AREA = 11
    SMALL = 12
    FEW_EXPECTED = 13
    FEW_AREAS = 14
    FEW_POINTS = 15


REASON_TEXTS = {
    Reason.NOT_SHOWN: "No figure is shown here for this period, so there is nothing to compare.",
    Reason.TINY_AREA: "This area has too few children for a fair comparison.",
    Reason.IS_A_COUNT: "This is a number, not a rate: it depends on the size of the area, so areas are not compared.",
    Reason.NO_COUNTS: "Published without the counts behind it, so we cannot tell a real difference from chance.",
    Reason.NO_NEIGHBOUR_LIST: "There is no list of similar areas for this area.",
    Reason.FEW_PEERS: f"Fewer than {MINIMUM_PEERS} of the areas to compare with have a figure for this period.",
    Reason.NO_COMPARATOR: "There is no figure to compare with for this period.",
    Reason.NO_EARLIER_PERIOD: "This source has no earlier period to compare with.",
    Reason.EARLIER_NOT_SHOWN: "No figure is shown here for the period before.",
    Reason.BREAK_IN_MEASURE: "The way this is measured changed between the two periods, so they are not compared.",
    Reason.BREAK_IN_AREA: "The source marks a break between the two periods, so they are not compared.",
    Reason.SMALL: f"A share of fewer than {MINIMUM_DENOMINATOR}: too few to tell a real difference from chance.",
    Reason.FEW_EXPECTED: f"Fewer than {MINIMUM_EXPECTED} expected here: too few to tell a real difference from chance.",
    Reason.FEW_AREAS: "Too few areas have a figure for us to know how much areas usually differ.",
    Reason.FEW_POINTS: f"Fewer than {TREND_MINIMUM_POINTS} periods can be compared, too few to speak of a trend.",
}


def first_reason(shape: tuple[int, int], *tests: tuple[Reason, npt.NDArray[np.bool_]]) -> npt.NDArray[np.int8]:
    """The first reason whose test holds, cell by cell; 0 where none does.

    Each test is a boolean array that broadcasts to `shape`; the order given is the order of precedence.
    """
    found = np.zeros(shape, dtype=np.int8)
    for reason, holds in reversed(tests):
        found = np.where(holds, np.int8(reason), found)
    return found


def level_codes(z: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Positions in `LEVEL_CODES` for adjusted z scores; NaN gives not_compared."""
    # A score exactly on a threshold has reached it, on either side.
    code = 3 + np.sign(z) * np.searchsorted([DIFFERENT_Z, MUCH_DIFFERENT_Z], np.abs(z), side="right")
    return np.where(np.isnan(z), 0, code).astype(np.int8)


def change_codes(direction: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Positions in `CHANGE_CODES` for -1, 0 or 1; NaN gives not_compared."""
    return np.where(np.isnan(direction), 0, 2 + direction).astype(np.int8)
