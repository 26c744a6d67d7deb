"""One measure over the whole country: England over time, all areas on a map and against limits, the regions."""

from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.charts.funnel import area_rows, spread_chart
from dashboards.charts.spread_over_time import spread_over_time
from dashboards.charts.tiles import bands, tile_map
from dashboards.charts.trend import breaks_of, trend_chart
from dashboards.choices import choose
from dashboards.downloads import about_rows, download_rows
from dashboards.queries.spread import spread_of
from dashboards.sections.regions import regions_section
from dashboards.tables.legend import band_legend
from dashboards.tables.plain import plain_table
from dashboards.tables.returns_in import returns_badge
from dashboards.words.codes import POLARITIES, words_of
from dashboards.words.numbers import on_one_scale
from dashboards.words.places import place_label

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
with columns[2]:
    las = [each for each, row in places.items() if row["level"] == "la" and row["is_current"]]
    marked = choose("area", "Mark an area", las, lambda each: place_label(places[each]), placeholder="None")
span = spans[str(period)]
rows = store.all_areas(metric_id, span["period_start"], span["period_end"])
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

shell.html("<h3>Where</h3>")
shell.show_chart(
    tile_map(metric, rows, shell.colours(), marked),
    "map",
    f"{metric_id}_{period}_map",
    width=720,
    measure=metric["label"],
)
shown = rows.filter((pl.col("level") == "la") & (pl.col("status") == "shown"))
shell.html(band_legend(bands(shown, metric, 5), shell.colours(), rows))

shell.html("<h3>How far areas differ</h3>")
shell.show_chart(
    spread_chart(metric, rows, shell.colours(), marked),
    "spread",
    f"{metric_id}_{period}_all_areas",
    measure=metric["label"],
)

spread = spread_of(metric_id)
if spread.height and on_one_scale(metric):
    shell.html(
        "<h3>How far areas lay apart over time</h3><p>Widest bar: the middle half of areas. Narrower: the middle eight "
        "tenths, then all areas. Line: the middle area. Diamond: England.</p>"
    )
    known = own.filter(pl.col("value").is_not_null())
    england = dict(zip(known["period_start"], known["value"], strict=True))
    boxes = spread_over_time(metric, spread, england, shell.colours())
    shell.show_chart(boxes, "spread_over_time", f"{metric_id}_spread_over_time", measure=metric["label"])

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
if regions.is_empty():
    shell.html("<p>No regional figures are published for this period.</p>")
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
