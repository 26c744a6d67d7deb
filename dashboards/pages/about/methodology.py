"""How figures are made: each measure as the catalogue defines it, then the method of comparison."""

from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.documents import document
from dashboards.words.codes import BASES, FAMILIES, POLARITIES, words_of
from dashboards.words.numbers import unit_words

version = shell.begin(
    "Methodology", "Every measure as the catalogue defines it. The tables and charts read the same entries."
)
metrics = store.metrics()
for family, title in FAMILIES.items():
    rows = metrics.filter(pl.col("family") == family)
    if rows.is_empty():
        continue
    shell.html(f"<h2>{escape(title)}</h2>")
    with st.expander(f"{rows.height} measures"):
        for row in rows.iter_rows(named=True):
            below = f" ÷ {row['denominator_label']}" if row["denominator_label"] else ""
            facts = {
                "Identifier": row["metric_id"],
                "What it counts": f"{row['numerator_label'] or row['label']}{below}",
                "Unit": unit_words(row["unit"]),
                "Which way": words_of(POLARITIES, row["polarity"]),
                "Counted by": words_of(BASES, row["geography_basis"]),
                "Interval": row["interval_reason"] or words_of({}, row["stat_method"]),
                "Why it is a key measure": row["key_reason"] if row["key_metric"] else None,
                "Standard": f"{row['standard_label']}: {row['standard_value']:g}"
                if row["standard_value"] is not None
                else None,
                "Take care": row["caveats"],
                "Latest": row["latest_period"] or "not collected yet",
                "Published in": row["source_title"],
            }
            listed = "".join(
                f"<dt>{escape(name)}</dt><dd>{escape(str(fact))}</dd>" for name, fact in facts.items() if fact
            )
            shell.html(f"<h3>{escape(row['label'])}</h3><p>{escape(row['description'])}</p><dl>{listed}</dl>")
if comparing := document("methodology/comparison.md"):
    shell.html("<h2>How areas are compared</h2>")
    with st.expander("The method in full"):
        st.markdown(comparing)
shell.end(version)
