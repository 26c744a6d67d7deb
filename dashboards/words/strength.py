"""How strong the evidence of a difference is, in the three words the filters and the pictures use."""

from collections.abc import Iterable, Mapping
from typing import Any

from dashboards.words.verdicts import LEVEL_WORDS

EVIDENCE = {"different": "Different", "not_different": "Not different", "not_compared": "Not compared"}


# The words of each comparator that a level is read by.
AGAINST = {"neighbours_2025": "similar areas", "england": "England"}


def against_of(level: str) -> tuple[str, str]:
    """The comparator areas of a level are set beside, and its words; no words for the country: nothing is beside it."""
    if level == "la":
        return "neighbours_2025", AGAINST["neighbours_2025"]
    return "england", "" if level == "national" else AGAINST["england"]


def told_against(row: Mapping[str, Any]) -> str:
    """The comparator that a row of store.area_figures is read by: similar areas, or England if only it compares."""
    similar, england = row["neighbours_2025_verdict_code"], row["england_verdict_code"]
    return "england" if similar in (None, "not_compared") and england in LEVEL_WORDS else "neighbours_2025"


def against_words(rows: Iterable[Mapping[str, Any]], otherwise: str) -> str:
    """What rows of store.area_figures that can be compared are compared with: one comparator, or both by name."""
    told = {told_against(row) for row in rows if evidence_of(row) != "not_compared"}
    return " or ".join(words for each, words in AGAINST.items() if each in told) or otherwise


def evidence_of(row: Mapping[str, Any]) -> str:
    """The evidence of a row of store.area_figures: a key of EVIDENCE."""
    code = row[f"{told_against(row)}_verdict_code"]
    if code not in LEVEL_WORDS:
        return "not_compared"
    return "not_different" if code == "not_different" else "different"


def strength_of(row: Mapping[str, Any]) -> float:
    """How far beyond the usual spread the row lies, whatever the direction; 0 where it was not compared."""
    return abs(float(row[f"{told_against(row)}_adjusted_z"] or 0.0))
