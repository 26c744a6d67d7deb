"""What an area's change since the period before is, in words, and how many areas chance alone would name."""

from collections.abc import Mapping
from typing import Any

from dashboards.words.headlines import plural
from dashboards.words.numbers import difference, number
from dashboards.words.verdicts import BEARING_WORDS, CHANGE_WORDS, bearing_of

CLEAR = ("rising", "falling")
# The level of the test of a change: 19 times in 20.
BY_CHANCE = 0.05


def change_words(row: Mapping[str, Any], metric: Mapping[str, Any]) -> str:
    """ "↗ Up 12.3 percentage points from 2023"."""
    way = "Up" if row["difference"] > 0 else "Down"
    size = difference(row["difference"], metric["unit"], metric["decimals"])
    return f"{CHANGE_WORDS[row['verdict_code']]} {way} {size} from {row['comparator_label']}"


def change_bearing(row: Mapping[str, Any], metric: Mapping[str, Any]) -> str:
    """Whether the change is in the better direction, in words."""
    bearing = bearing_of(row["verdict_code"], metric["polarity"])
    return BEARING_WORDS[bearing]


def from_to(row: Mapping[str, Any], metric: Mapping[str, Any]) -> str:
    """ "46.1% → 58.4%" as words: "46.1% to 58.4%"."""
    ends = (number(row[each], metric["unit"], metric["decimals"]) for each in ("comparator_value", "value"))
    return " to ".join(ends)


def changes_headline(where: str, tested: int, clear: int, areas: int) -> str:
    """How many changes are clear out of how many tested, and how many of so many chance would give."""
    if not tested:
        return f"No change could be tested in {where}: figures without counts, or a break since the period before."
    chance = round(tested * BY_CHANCE)
    named = f"{plural(clear, 'change')} of {tested:,} tested in {where} {'is' if clear == 1 else 'are'}"
    spread = f", in {plural(areas, 'area')}" if clear else ""
    alone = f"About {chance:,} of {tested:,} would look so by chance alone."
    return f"{named} larger than chance and the usual swings{spread}. {alone}"
