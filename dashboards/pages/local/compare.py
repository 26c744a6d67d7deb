"""Any areas by any measures, side by side: the latest figures, and each measure over time."""

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.choices import choose_many
from dashboards.downloads import about_rows, download_rows
from dashboards.tables.compared import compared_table, multiples, values_table
from dashboards.tables.plain import plain_table
from dashboards.words.places import place_label

MOST_AREAS, MOST_METRICS, FIRST_METRICS = 6, 12, 3

version = shell.begin("Compare", f"Up to {MOST_AREAS} areas by up to {MOST_METRICS} measures, in the order you choose.")
places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
metrics = {row["metric_id"]: row for row in store.metrics().filter(pl.col("latest_period").is_not_null())
           .iter_rows(named=True)}  # fmt: skip
first = sorted((row for row in metrics.values() if row["headline_order"]), key=lambda row: row["headline_order"])
codes = choose_many(
    "areas", "Areas", list(places), lambda each: place_label(places[each]), MOST_AREAS, placeholder="Add areas"
)
wanted = choose_many(
    "metrics",
    "Measures",
    list(metrics),
    lambda each: metrics[each]["label"],
    MOST_METRICS,
    default=[row["metric_id"] for row in first[:FIRST_METRICS]],
    placeholder="Add measures",
)
if not codes or not wanted:
    shell.html("<p>Choose areas and measures. The address of the page then leads back to the same comparison.</p>")
    shell.end(version)
    st.stop()

areas, chosen = [places[each] for each in codes], [metrics[each] for each in wanted]
shell.html("<h2>Now</h2>")
st.html(compared_table(areas, chosen, {each: store.area_figures(each) for each in codes}))
series = {each: store.series(each, codes) for each in wanted}
shell.html(
    "<h2>Over time</h2><p>Each picture has a scale of its own. Whether two of these areas differ from each other "
    "is not tested; whether each differs from England stands in the table above.</p>"
)
shell.html(multiples(areas, chosen, series, shell.colours()))
with st.expander("Tables of these pictures"):
    for metric in chosen:
        rows = series[metric["metric_id"]]
        if rows.height:
            names = frozenset(str(area["short_name"]) for area in areas)
            st.html(plain_table(values_table(areas, metric, rows), metric["label"], names))
download_rows(
    "All rows of this comparison",
    lambda: pl.concat([series[each] for each in wanted]),
    "comparison",
    lambda: about_rows(version, f"{', '.join(places[each]['name'] for each in codes)}: {len(wanted)} measures"),
)
shell.permalink()
shell.end(version)
