"""The project's own documents as the pages show them."""

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def document(name: str) -> str:
    """A document of docs/ as markdown without its title and without links to other files; empty when it is not "
    "there."""
    path = DOCS / name
    if not path.is_file():
        return ""
    body = re.sub(r"\A# .*\n", "", path.read_text(encoding="utf-8"))
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]+\)", r"\1", body)


def glossary() -> list[tuple[str, str]]:
    """The terms and meanings of docs/glossary.md, without what the code calls them."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", document("glossary.md"), flags=re.MULTILINE)
    return [(term.strip(), meaning.strip()) for term, meaning in rows if term.strip() not in ("term", "---")]
