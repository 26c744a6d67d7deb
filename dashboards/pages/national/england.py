"""One measure over the whole country: England over time, all areas on a map and against limits, the regions."""

from datetime import date
from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.charts.funnel import area_rows
from dashboards.charts.trend import breaks_of, trend_chart
from dashboards.choices import choose
from dashboards.downloads import about_rows, download_rows
from dashboards.queries.changes import verdicts_everywhere
from dashboards.queries.evidence import evidence_of_areas
from dashboards.sections.everywhere import apart_over_time, areas_and_limits, levels_held, map_of_areas
from dashboards.sections.regions import regions_section
from dashboards.tables.plain import plain_table
from dashboards.tables.returns_in import returns_badge
from dashboards.tables.standing_out import standing_out
from dashboards.words.codes import POLARITIES, words_of

version = shell.begin("England and all areas")
metrics = {row["metric_id"]: row for row in store.metrics().iter_rows(named=True) if row["latest_period"] is not None}
places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
country = store.country()
if not metrics or country is None:
    shell.html("<p>No measure has a figure in this version.</p>")
    shell.end(version)
    st.stop()
first = min(metrics, key=lambda each: metrics[each]["headline_order"] or 999)
columns = st.columns([3, 1, 2])
with columns[0]:
    metric_id = str(choose("metric", "Measure", list(metrics), lambda each: metrics[each]["label"], default=first))
metric = metrics[metric_id]
spans = {row["period"]: row for row in store.periods(metric_id).iter_rows(named=True)}
with columns[1]:
    period = choose("period", "Period", list(spans), str, default=next(iter(spans)))
span = spans[str(period)]
rows = store.all_areas(metric_id, span["period_start"], span["period_end"])
level = levels_held(rows)[0]
with columns[2]:
    named = {row["geography_code"]: row["name"] for row in rows.filter(level=level).iter_rows(named=True)}
    marked = choose(
        "area", "Mark a board" if level == "icb" else "Mark an area", list(named), named.__getitem__, placeholder="None"
    )
shell.html(
    f"<h2>{escape(metric['label'])}, {escape(str(period))}</h2><p>{escape(metric['description'])} "
    f"{escape(words_of(POLARITIES, metric['polarity']))}.</p>"
)

shell.html(f"<h3>{escape(places[country]['name'])} over time</h3>")
own = store.series(metric_id, [country])
compared = store.comparisons(metric_id, country).filter(pl.col("comparator").is_in(["trend", "previous"]))
shell.show_chart(
    trend_chart(places[country], metric, own, compared, shell.colours()),
    "trend",
    f"{metric_id}_england",
    measure=metric["label"],
)
for number, (_, note) in enumerate(breaks_of(metric, own).items(), start=1):
    shell.html(f"<p><strong>Break {number}</strong>: {escape(note.rstrip('.'))}. Do not read across it.</p>")

verdicts = verdicts_everywhere(metric_id, span["period_start"], span["period_end"], level)
quality = evidence_of_areas().filter(metric_id=metric_id, level=level).to_dicts()
shell.html(f"<h3>What stands out</h3>{standing_out(metric, verdicts, level, quality, date.today())}")

shell.html("<h3>Where</h3>")
map_of_areas(metric, rows, level, marked, f"{metric_id}_{period}")
shell.html("<h3>How far areas differ</h3>")
areas_and_limits(metric, rows, level, marked, f"{metric_id}_{period}")
if level == "la":
    shell.html("<h3>How far areas lay apart over time</h3>")
    apart_over_time(metric, country)

if badge := returns_badge(store.returns_in()):
    shell.html(f"<h3>Returns in</h3><p>Figures from returns count only what has come.</p>{badge}")

shell.html("<h3>Regions</h3>")
regions_section(metric, places, country)
part = pl.col("level") == "sub_region"
regions = rows.filter(
    pl.col("level").is_in(["region", "national"]) | part, pl.col("status").is_not_null()
).with_columns(
    # Inner and Outer London stand under London.
    pl.when(part).then(pl.format("{}: {}", "region_name", each)).otherwise(each).alias(each)
    for each in ("name", "sort_name")
)
if regions.filter(pl.col("level") != "national").is_empty():
    shell.html("<p>No regional figures are held for this period.</p>")
else:
    st.html(
        plain_table(
            area_rows(regions, metric).drop("Region"), f"{metric['label']}, {period}: England and its regions, by name"
        )
    )
download_rows(
    "All rows of this measure",
    lambda: store.rows_of_metric(metric_id),
    metric_id,
    lambda: about_rows(version, f"{metric['label']}. {metric['description']}"),
)
shell.permalink()
shell.end(version)
