"""One sentence above a table or a chart, counted from the rows it stands over."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.words.verdicts import LEVEL_WORDS, Bearing


@dataclass(frozen=True)
class Standing:
    """How one measure stands: its name, its verdict code, which way that bears, and how strong the evidence is."""

    label: str
    code: str | None
    bearing: Bearing
    strength: float


def family_headline(area: str, standings: Sequence[Standing], not_shown: int, against: str) -> str:
    """How many measures differ and which way; the measures named are those with the strongest evidence.

    `not_shown` counts measures without a value; an empty `against` is for a country, which is set beside nothing. Ends
    in a full stop.
    """
    total = len(standings) + not_shown
    if not standings:
        return f"No figure is shown for {area} in this family yet ({plural(total, 'measure')} listed)."
    compared = [each for each in standings if each.code in LEVEL_WORDS]
    if not compared:
        beside = f"; none can be compared with {against}" if against else ""
        return f"{area} has figures for {len(standings)} of {plural(total, 'measure')} here{beside}."
    parts = []
    for bearing, words in (
        ("unfavourable", "less favourable than"),
        ("favourable", "more favourable than"),
        ("neutral", "different, in measures where neither is better, from"),
    ):
        chosen = sorted((each for each in compared if each.bearing == bearing), key=lambda each: -each.strength)
        if chosen:
            parts.append(f"{len(chosen)} {words} {against} ({_named(chosen)})")
    same = sum(each.code == "not_different" for each in compared)
    if same:
        parts.append(f"{same} not different from {against}")
    return f"Of {plural(len(compared), 'measure')} that can be compared for {area}: {'; '.join(parts)}."


def _named(chosen: Sequence[Standing], most: int = 3) -> str:
    # Labels have commas of their own.
    names = "; ".join(each.label for each in chosen[:most])
    return names if len(chosen) <= most else f"{names} and {len(chosen) - most} more"


def plural(count: int, noun: str) -> str:
    """ "1 measure", "2 measures"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
