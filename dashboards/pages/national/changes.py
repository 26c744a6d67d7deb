"""Which areas changed since the period before by more than chance: read from the verdicts, by name."""

from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.choices import choose
from dashboards.downloads import about_rows, download_rows
from dashboards.queries.changes import changes, decidable, standards
from dashboards.tables.changed import changed_table, standards_table
from dashboards.words.changes import CLEAR, changes_headline
from dashboards.words.codes import FAMILIES

version = shell.begin(
    "What changed",
    "Changes since the period before that are larger than chance and the usual swings of areas would explain. Areas "
    "stand by name; a change is a question to ask, not an answer.",
)
places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
metrics = {row["metric_id"]: row for row in store.metrics().iter_rows(named=True)}
rows = decidable(changes())
regions = {code: row["name"] for code, row in places.items() if row["level"] == "region"}
left, middle, right = st.columns(3)
with left:
    region = choose("region", "Region", list(regions), regions.__getitem__, placeholder="All of England")
with middle:
    families = [each for each in FAMILIES if each in {row["family"] for row in metrics.values()}]
    family = choose("family", "Family of measures", families, FAMILIES.__getitem__, placeholder="All families")
with right:
    held = [each for each in metrics if each in set(rows["metric_id"])]
    metric = choose("metric", "Measure", held, lambda each: metrics[each]["label"], placeholder="All key measures")
if metric:
    chosen = [metric]
else:
    keys = [each for each in held if metrics[each]["key_metric"]]
    chosen = [each for each in keys if family in (None, metrics[each]["family"])]
mine = rows.filter(pl.col("metric_id").is_in(chosen))
if region:
    mine = mine.filter(region_code=region)
clear = mine.filter(pl.col("verdict_code").is_in(CLEAR))
where = regions[region] if region else "England"
said = changes_headline(where, mine.height, clear.height, clear["geography_code"].n_unique())
shell.html(f'<h2>{escape(where)}</h2><p class="headline">{escape(said)}</p>')
if clear.height:
    st.html(changed_table(clear, metrics, where))
looked_at = chosen if metric else [
    each for each, row in metrics.items() if row["key_metric"] and family in (None, row["family"])
]  # fmt: skip
for title, listed in (
    ("Measures looked at", [each for each in looked_at if each in held]),
    ("Key measures whose latest change cannot be tested", [each for each in looked_at if each not in held]),
):
    if listed:
        names = "; ".join(str(metrics[each]["short_label"] or metrics[each]["label"]) for each in listed)
        shell.html(f"<p>{title}: {escape(names)}.</p>")
download_rows(
    "All tested changes",
    lambda: mine,
    f"changes_{region or 'england'}",
    lambda: about_rows(version, f"{where}: changes"),
)

shell.html("<h2>Standards met</h2>")
shell.html(standards_table(standards(region), where))
shell.permalink()
shell.end(version)
