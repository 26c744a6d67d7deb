"""Long reasons, said once below a table and numbered in its rows."""


class Notes:
    """Reasons in the order a table first meets them, numbered from 1."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, reason: str) -> int:
        """The number of a reason; the same for the same words."""
        return self._numbers.setdefault(reason, len(self._numbers) + 1)

    def listed(self) -> list[str]:
        """Every reason in the order of the numbers."""
        return list(self._numbers)


def with_note(words: str, reason: str | None, notes: Notes) -> str:
    """ "Not compared with England (note 2)"; without a reason the words alone."""
    return f"{words} (note {notes.number(reason)})" if reason else words
