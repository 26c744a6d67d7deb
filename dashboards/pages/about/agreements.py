"""Where two publications give one figure, and where local authorities add up to what is published: do they agree?"""

from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.choices import choose
from dashboards.queries.evidence import agreements, figures_given_twice
from dashboards.tables.agreements import COMPARISONS, agreements_table, figures_table
from dashboards.words.evidence import agreements_headline

version = shell.begin(
    "Agreements and differences",
    "A figure that is given twice is compared by itself. Rounding is allowed for; what is left is explained or "
    "said to be unexplained.",
)
summary = agreements()
if summary.is_empty():
    shell.html("<p>No figure of this version is given twice.</p>")
    shell.end(version)
    st.stop()
for comparison, (title, lead) in COMPARISONS.items():
    rows = summary.filter(pl.col("comparison") == comparison)
    if rows.is_empty():
        continue
    shell.html(f"<h2>{escape(title)}</h2><p>{escape(lead)}</p>")
    shell.html(f'<p class="headline">{escape(agreements_headline(rows))}</p>')
    with st.expander(f"Each measure ({rows.height} rows)", expanded=comparison == "sources"):
        st.html(agreements_table(rows, title))
shell.download("Download this summary (CSV)", lambda: summary, "agreements")

shell.html("<h2>Figures that differ</h2>")
differing = figures_given_twice()
labels = dict(zip(summary["metric_id"], summary["label"], strict=True))
options = differing["metric_id"].unique(maintain_order=True).to_list()
if options:
    metric = choose("metric", "Measure", options, labels.__getitem__, default=options[0])
    held = store.metrics().filter(pl.col("metric_id") == metric).row(0, named=True)
    st.html(figures_table(differing.filter(pl.col("metric_id") == metric), held))
    shell.download("Download all figures that differ (CSV)", lambda: differing, "differences")
else:
    shell.html("<p>None: every figure given twice agrees.</p>")

shell.html("<h2>Every comparison of one measure</h2>")
chosen = choose("compared", "Measure to download", list(labels), labels.__getitem__, placeholder="Choose a measure")
if chosen:
    shell.download(f"Download {labels[chosen]} (CSV)", lambda: figures_given_twice(chosen), f"{chosen}_given_twice")
shell.html(
    "<p>In SQL these are <code>fct_reconciliation</code> and <code>fct_reconciliation_summary</code>. "
    'See also <a href="evidence">quality of the evidence</a>.</p>'
)
shell.end(version)
