"""Questions that an area's figures invite. They ask; they judge nothing."""

from collections.abc import Mapping
from typing import Any

from dashboards.words.verdicts import Reading

Row = Mapping[str, Any]
_ASKS = {
    "unfavourable": "What lies behind it, which children does it touch most, and what is already being done?",
    "favourable": "What made it so, and does it hold for every group of children?",
    "neutral": "Neither side is better in itself: what does it say about need here, and about what is arranged for it?",
    "none": "What changed, and do children and families notice it?",
}


def question(label: str, value: str, period: str, said: Reading) -> str:
    """One measure as a question: what the figure says, then what it invites to ask."""
    sentence = said.sentence[0].lower() + said.sentence[1:]
    return f"{label}: {value} in {period}, {sentence}. {_ASKS[said.bearing]}"


def unanswered(heading: str) -> str:
    """The question where no figure is held for a criterion."""
    return f"{heading}: no published figure is shown here. What evidence of your own answers it?"


def inspected_headline(area: str, latest: Row | None, outcome: str | None, day: str) -> str:
    """Which inspection is the newest held, and what it found. `latest` is a row of topic_rows.totals."""
    if latest is None:
        return f"No area SEND inspection of {area} is in the files held."
    return f"The newest inspection of {area} held here began on {day}. {outcome}."
