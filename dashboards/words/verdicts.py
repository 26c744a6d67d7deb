"""A verdict code and a metric's polarity → symbol and sentence. Colour says nothing that these do not say."""

from dataclasses import dataclass
from typing import Literal

Bearing = Literal["favourable", "unfavourable", "neutral", "none"]

LEVEL_WORDS = {
    "much_higher": ("▲▲", "Much higher than"),
    "higher": ("▲", "Higher than"),
    "not_different": ("≈", "Not different from"),
    "lower": ("▼", "Lower than"),
    "much_lower": ("▼▼", "Much lower than"),
}
CHANGE_WORDS = {"rising": "↗", "falling": "↘", "no_clear_change": "→"}
_DIRECTION = {"much_higher": 1, "higher": 1, "rising": 1, "much_lower": -1, "lower": -1, "falling": -1}
_POLARITY = {"higher_better": 1, "lower_better": -1}
BEARING_WORDS = {
    "favourable": "More favourable",
    "unfavourable": "Less favourable",
    "neutral": "Neither is better in itself",
    "none": "",
}


@dataclass(frozen=True)
class Verdict:
    """One comparison as fct_comparison gives it. `against` reads after "than": "similar areas", "2023"."""

    code: str
    against: str
    reason: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a row says in words. `bearing` is whether the level is the better or the worse side for this metric.

    `untold` says with whom there is no comparison, `reason` why.
    """

    symbol: str
    sentence: str
    bearing: Bearing
    untold: str | None = None
    reason: str | None = None

    @property
    def bearing_words(self) -> str:
        return BEARING_WORDS[self.bearing]


def bearing_of(code: str, polarity: str) -> Bearing:
    """Whether a level or a change is in the better direction; `neutral` metrics have none."""
    direction = _DIRECTION.get(code, 0)
    if direction == 0:
        return "none"
    if polarity not in _POLARITY:
        return "neutral"
    return "favourable" if direction * _POLARITY[polarity] > 0 else "unfavourable"


def level_sentence(verdict: Verdict) -> str:
    """ "Lower than similar areas", or why it is not compared."""
    if verdict.code in LEVEL_WORDS:
        return f"{LEVEL_WORDS[verdict.code][1]} {verdict.against}"
    return f"Not compared with {verdict.against}. {verdict.reason or ''}".strip()


def level_to_tell(similar: Verdict | None, england: Verdict | None) -> Verdict | None:
    """The comparison with similar areas; that with England where only England can be compared with."""
    if england is not None and (similar is None or similar.code == "not_compared" != england.code):
        return england
    return similar


def reading(level: Verdict | None, trend: Verdict | None, previous: Verdict | None, polarity: str) -> Reading:
    """The level against similar areas, then the trend where there is one, else the change since the period before.

    A verdict that is None was never computed (England has no similar areas).
    """
    moved = _movement(trend, previous)
    if level is None or level.code not in LEVEL_WORDS:
        symbol, sentence = (
            (CHANGE_WORDS[moved[0]], moved[1][0].upper() + moved[1][1:]) if moved else ("–", "Not compared")
        )
        if level is None:
            return Reading(symbol, sentence, "none")
        return Reading(symbol, sentence, "none", f"Not compared with {level.against}", level.reason)
    sentence = level_sentence(level)
    if moved:
        same_way = _DIRECTION.get(moved[0], 0) == _DIRECTION.get(level.code, 0)
        joint = "with" if moved[0] == "no_clear_change" else "and" if same_way else "but"
        sentence = f"{sentence}, {joint} {moved[1]}"
    return Reading(LEVEL_WORDS[level.code][0], sentence, bearing_of(level.code, polarity))


def _movement(trend: Verdict | None, previous: Verdict | None) -> tuple[str, str] | None:
    """The code of the movement worth telling, and its words after "and"."""
    if trend and trend.code in ("rising", "falling"):
        return trend.code, f"{trend.code} over {trend.against}"
    if previous and previous.code in ("rising", "falling"):
        return previous.code, f"{'higher' if previous.code == 'rising' else 'lower'} than in {previous.against}"
    for verdict, joint in ((trend, "over"), (previous, "since")):
        if verdict and verdict.code == "no_clear_change":
            return verdict.code, f"no clear change {joint} {verdict.against}"
    return None
