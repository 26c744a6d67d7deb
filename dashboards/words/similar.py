"""What the two models of similar areas say, side by side: whether the reading hangs on the choice of model."""

from collections.abc import Mapping
from typing import Any

from dashboards.words.verdicts import LEVEL_WORDS, Verdict, level_sentence

MODELS = {"neighbours_2025": "2025 model", "neighbours_2021": "2021 model"}
NOT_TESTED = "Not tested: a group of your own"


def said_of(row: Mapping[str, Any], against: str = "similar areas") -> str:
    """The reading of one row of store.comparisons: "Lower than similar areas", or why it is not compared."""
    return level_sentence(Verdict(row["verdict_code"], against, row["verdict_reason"])).rstrip(".")


def sensitivity(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Both models' readings, and whether they agree. `rows` are rows of store.comparisons by comparator."""
    held = [(name, rows[model]) for model, name in MODELS.items() if model in rows]
    if not held:
        return ""
    told = " ".join(f"By the {name}: {_lower(said_of(row))}." for name, row in held)
    codes = {row["verdict_code"] for _, row in held}
    if len(held) == 2 and len({said_of(row) for _, row in held}) == 1:
        return f"Both models say the same: {_lower(said_of(held[0][1]))}."
    if len(held) < 2 or not codes <= set(LEVEL_WORDS):
        return told
    return f"{told} The reading depends on which areas are taken as similar."


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
