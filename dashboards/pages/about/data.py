"""Which data this is, where they come from, and what anyone may do with them."""

from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.downloads import licence
from dashboards.tables.plain import plain_table
from dashboards.words.codes import STATISTICAL_STATUSES, words_of
from dashboards.words.numbers import day

version = shell.begin("Data and licence")
facts = {
    "Data version": version.version_id,
    "Published here": version.created_at[:16].replace("T", " "),
    "World": "SYNTHETIC: invented places" if version.world == "synthetic" else "Real: published statistics",
    "Code": version.code_version,
}
listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items())
shell.html(f"<h2>This version</h2><dl>{listed}</dl><h2>Publications</h2>")
rows = [
    {
        "Publication": row["publication_title"],
        "Publisher": row["publisher"],
        "Status": words_of(STATISTICAL_STATUSES, row["statistical_status"]),
        "Latest release": day(row["last_published"]),
        "Next release": row["next_release"] or "not announced here",
        "Figures held": f"{row['figures']:,}",
        "Licence": row["licence"],
    }
    for row in store.sources().iter_rows(named=True)
]
st.html(plain_table(pl.DataFrame(rows), "Publications held in this version", frozenset({"Figures held"})))
shell.html(
    '<h2>How far to trust them</h2><p><a href="evidence">Quality of the evidence</a>: coverage, age, revisions and '
    'suppression of each measure. <a href="agreements">Agreements and differences</a>: figures given twice.</p>'
    "<h2>What this site keeps about you</h2><p>These pages record nothing about who reads them. Your browser holds "
    "one cookie, which guards against forged requests, and an area if you asked for it to be remembered; the area is "
    "never sent back by it.</p>"
    f"<h2>Licence</h2><p>{escape(licence())} You may copy, publish and adapt the figures, with this "
    "acknowledgement. Comparisons and sentences are ours, made from those figures.</p>"
)
shell.end(version)
