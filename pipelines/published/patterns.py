"""Names of files, sheets and areas as mappings give them: with `*` for anything, in any case."""

from collections.abc import Iterable
from fnmatch import fnmatchcase


def fits(text: str, patterns: Iterable[str]) -> bool:
    """Whether a text fits one of the patterns."""
    folded = text.casefold()
    return any(fnmatchcase(folded, pattern.casefold()) for pattern in patterns)
