"""Why a value is not on the page: one symbol and one plain label for each reason, never the same for two."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """`code` names the style; `symbol` is what Explore Education Statistics prints, or our own."""

    code: str
    symbol: str
    label: str
    meaning: str


STATUSES = {
    status.code: status
    for status in (
        Status(
            "suppressed",
            "c",
            "Suppressed",
            "Held back by the publisher because the numbers are so small that somebody could be recognised.",
        ),
        Status("unavailable", "x", "Not available", "The publisher lists this area but has no value for it."),
        Status("not_applicable", "z", "Not applicable", "The question does not arise here, so there can be no value."),
        Status(
            "low", "low", "Low", "Above zero, but so small that it rounds to zero. It is not the same as no children."
        ),
        Status("unreliable", "u", "Unreliable", "The publisher holds a value but thinks it too unreliable to show."),
        Status("not_published", "–", "No figure for this area", "Held for other areas, with no row for this one."),
        Status(
            "not_collected",
            "○",
            "Not collected yet",
            "No publication and no return held here gives it yet, for any area.",
        ),
    )
}


def status_of(code: str) -> Status:
    """The status of a code. Raises KeyError for `shown` and for a code that is not ours."""
    return STATUSES[code]
