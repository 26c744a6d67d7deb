"""What the symbols and the words mean."""

from html import escape

import polars as pl
import streamlit as st

from dashboards import shell
from dashboards.documents import glossary
from dashboards.tables.figure_cell import status_cell
from dashboards.tables.html import Group, Table, render, text
from dashboards.tables.plain import plain_table
from dashboards.words.statuses import STATUSES
from dashboards.words.verdicts import LEVEL_WORDS

version = shell.begin("Symbols and words")
shell.html(
    "<h2>When there is no value</h2><p>Each reason has a symbol and a frame of its own. None of them means nought.</p>"
)
rows = [[status_cell(code), text(status.meaning)] for code, status in STATUSES.items()]
st.html(render(Table("Reasons for a value that is not shown", ("Symbol", "Meaning"), [Group(rows)])))

shell.html("<h2>How a figure compares</h2>")
said = pl.DataFrame(
    {
        "Symbol": [symbol for symbol, _ in LEVEL_WORDS.values()],
        "Words": [f"{words} similar areas" for _, words in LEVEL_WORDS.values()],
        "When": [
            "The gap would arise by chance among areas that differ as usual less than about once in 1,000 (beyond "
            "99.8% limits)",
            "Less than about once in 40 (beyond 95% limits)",
            "Within 95% limits",
            "Less than about once in 40 (beyond 95% limits)",
            "Less than about once in 1,000 (beyond 99.8% limits)",
        ],
    }
)
st.html(plain_table(said, "Symbols of comparison"))
shell.html("<h2>Words</h2>")
listed = "".join(f"<dt>{escape(term)}</dt><dd>{escape(meaning).replace('`', '')}</dd>" for term, meaning in glossary())
shell.html(f"<dl>{listed}</dl>")
shell.end(version)
