"""A semantic HTML table: caption, column and row headers, and explicit roles.

On a phone the style sheet turns rows into cards; browsers drop table semantics when `display` changes, so the roles are
written out, and each cell carries its column's name for the card to print.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True)
class Cell:
    """One cell: `html` is trusted markup made by `text()` or our own renderers; `kind` is a style class."""

    html: str
    kind: str = ""


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own; no heading when it is empty. The first cell of a row is its header."""

    rows: Sequence[Sequence[Cell]]
    heading: str = ""


@dataclass(frozen=True)
class Table:
    """A table ready to render. `numeric` names the columns that align right."""

    caption: str
    columns: Sequence[str]
    groups: Sequence[Group]
    numeric: frozenset[str] = field(default_factory=frozenset)
    kind: str = ""
    notes: Sequence[str] = ()
    """Reasons that rows refer to by their number; listed below the table."""


def text(value: object, kind: str = "") -> Cell:
    """A cell of plain text, escaped; None reads as a dash with words for a screen reader."""
    if value is None or value == "":
        return Cell('<span aria-hidden="true">–</span><span class="vh">none</span>', kind)
    return Cell(escape(str(value)), kind)


def render(table: Table) -> str:
    """The table as HTML for st.html. Of kind `cards`, its rows become cards on a phone."""
    head = "".join(
        f'<th scope="col" role="columnheader"{_class("num" if name in table.numeric else "")}>{escape(name)}</th>'
        for name in table.columns
    )
    body = "".join(_group(table, group) for group in table.groups)
    return (
        f'<table class="tbl {table.kind}" role="table"><caption>{escape(table.caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>{body}</table>{_notes(table.notes)}'
    )


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f'<div class="dash notes"><p><b>Notes</b></p><ol>{items}</ol></div>'


def _group(table: Table, group: Group) -> str:
    heading = (
        f'<tr role="row" class="theme"><th scope="rowgroup" role="rowheader" colspan="{len(table.columns)}">'
        f"{escape(group.heading)}</th></tr>"
        if group.heading
        else ""
    )
    return f'<tbody role="rowgroup">{heading}{"".join(_row(table, row) for row in group.rows)}</tbody>'


def _row(table: Table, row: Sequence[Cell]) -> str:
    header, *rest = row
    cells = "".join(
        f'<td role="cell" data-label="{escape(name)}"'
        f"{_class(' '.join(filter(None, ('num' if name in table.numeric else '', cell.kind))))}>"
        f"<span>{cell.html}</span></td>"
        for name, cell in zip(table.columns[1:], rest, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader"{_class(header.kind)}>{header.html}</th>{cells}</tr>'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
