"""A frame of text as a semantic table: the first column heads each row."""

import polars as pl

from dashboards.tables.html import Group, Table, render, text

MOST_ABREAST = 3


def plain_table(rows: pl.DataFrame, caption: str, numeric: frozenset[str] = frozenset({"Value"})) -> str:
    """HTML of a frame whose columns are already words; on a phone a row of many columns reads as a card."""
    cells = [[text(value) for value in row] for row in rows.rows()]
    return render(Table(caption, rows.columns, [Group(cells)], numeric, "cards" if rows.width > MOST_ABREAST else ""))
