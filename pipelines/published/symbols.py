"""Published symbols and what they mean: a symbol becomes a status with its reason, never a zero, never a bare null."""

MEANINGS: dict[str, tuple[str, str]] = {
    "c": ("suppressed", "suppressed to protect confidentiality"),
    "*": ("suppressed", "suppressed to protect confidentiality"),
    "x": ("unavailable", "not available"),
    ":": ("unavailable", "not available"),
    "..": ("unavailable", "not available"),
    ".": ("unavailable", "not available"),
    "-": ("unavailable", "not available"),
    "na": ("unavailable", "not available"),
    "z": ("not_applicable", "not applicable"),
    "n/a": ("not_applicable", "not applicable"),
    "low": ("low", "more than zero, but rounds to zero"),
    "k": ("low", "more than zero, but rounds to zero"),
    "~": ("low", "more than zero, but rounds to zero"),
    "u": ("unreliable", "too unreliable to publish"),
    "": ("unavailable", "left blank by the publisher"),
}
# Not a published symbol: stands for rows that are missing where figures would be added up from them.
NO_ROWS = "\0no rows"
ROW_REFUSED = "\0row refused"
_WORDS = {
    "suppressed": "suppressed to protect confidentiality",
    "unavailable": "not available",
    "not_applicable": "not applicable",
    "low": "more than zero, but rounds to zero",
    "unreliable": "too unreliable to publish",
}


def meanings_with(overrides: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Symbol (lower case) → (status, reason), with a mapping's own readings of a symbol laid over the usual ones."""
    table = {symbol: (status, _reason(symbol, words)) for symbol, (status, words) in MEANINGS.items()}
    table[NO_ROWS] = ("unavailable", "the rows it would be added up from were not published")
    table[ROW_REFUSED] = ("unavailable", "a row it would be added up from was refused when the file was loaded")
    for symbol, status in overrides.items():
        table[symbol.casefold()] = (status, _reason(symbol, _WORDS[status]))
    return table


def _reason(symbol: str, words: str) -> str:
    return f"published as {symbol}: {words}" if symbol else words
