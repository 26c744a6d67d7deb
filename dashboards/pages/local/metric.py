"""One measure for one area: its course, other areas, groups of children, how it was made."""

from datetime import date
from html import escape

import streamlit as st

from dashboards import shell, store
from dashboards.charts.trend import breaks_of, trend_chart
from dashboards.choices import choose
from dashboards.downloads import about_rows, download_rows
from dashboards.queries.evidence import earlier_years, evidence, revisions_of
from dashboards.queries.spread import groups_held
from dashboards.sections.everywhere import everywhere_section
from dashboards.sections.groups import groups_section
from dashboards.sections.similar import similar_section
from dashboards.tables.evidence import evidence_list
from dashboards.tables.lineage import lineage_panel
from dashboards.tables.revisions import revisions_table
from dashboards.words.codes import BASES, POLARITIES, STATISTICAL_STATUSES, words_of
from dashboards.words.evidence import revised
from dashboards.words.headlines import plural
from dashboards.words.numbers import day
from dashboards.words.places import place_label
from dashboards.words.standards import standard_sentence

version = shell.begin("One measure")
metrics = {row["metric_id"]: row for row in store.metrics().iter_rows(named=True)}
places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
left, right = st.columns(2)
with left:
    metric_id = choose(
        "metric", "Measure", list(metrics), lambda each: metrics[each]["label"], placeholder="Type part of its name"
    )  # fmt: skip
with right:
    code = choose("area", "Area", list(places), lambda each: place_label(places[each]), placeholder="Type a name")
if metric_id is None or code is None:
    shell.html("<p>Choose a measure and an area.</p>")
    shell.end(version)
    st.stop()

metric, area = metrics[metric_id], places[code]
shell.html(
    f"<h2>{escape(metric['label'])}: {escape(area['name'])}</h2><p>{escape(metric['description'])}</p>"
    f"<p>{escape(words_of(POLARITIES, metric['polarity']))}. Counted by "
    f"{escape(words_of(BASES, metric['geography_basis']))}. "
    f'<a href="area?area={code}">All measures for {escape(area["name"])}</a>. '
    f'<a href="england?metric={metric_id}&area={code}">This measure in all areas</a>.</p>'
)
own = store.series(metric_id, [code])
if own.is_empty():
    by_group_only = groups_held().filter(metric_id=metric_id).height and metric["latest_period"] is None
    elsewhere = (
        "Other areas have one"
        if metric["latest_period"]
        else "No publication and no return held here gives it yet, for any area"
    )
    if by_group_only:
        shell.html("<p>This measure is held for groups of children, not for all of them together.</p>")
        groups_section(area, metric)
        shell.permalink()
    else:
        shell.html(f"<p><strong>There is no figure for {escape(area['name'])}.</strong> {elsewhere}.</p>")
    shell.end(version)
    st.stop()

compared = store.comparisons(metric_id, code)
shell.html("<h3>Over time</h3>")
bridged = earlier_years(metric_id, code)
if bridged.height:
    wanted = choose(
        "bridged", f"Years before {area['name']} began", ["show", "hide"],
        {"show": "Show our estimates", "hide": "Show published figures only"}.__getitem__,
        widget=st.segmented_control, default="show", required=True,
    )  # fmt: skip
    bridged = bridged if wanted == "show" else bridged.clear()
chart = trend_chart(area, metric, own, compared, shell.colours(), bridged)
shell.show_chart(chart, "trend", f"{metric_id}_{code}_trend", measure=metric["label"])
last = own.row(-1, named=True)
if metric["standard_value"] is not None:
    judged = compared.filter(comparator="standard", period_start=last["period_start"]).to_dicts()
    told = standard_sentence(area["name"], metric, judged[0] if judged else None)
    shell.html(f"<p><strong>Standard</strong>: {escape(told)}</p>")
for number, (_, note) in enumerate(breaks_of(metric, own, bridged).items(), start=1):
    shell.html(f"<p><strong>Break {number}</strong>: {escape(note.rstrip('.'))}. Do not read across it.</p>")

shell.html(f"<h3>Beside other areas, {escape(last['period'])}</h3>")
similar_section(area, metric, last, compared, places)
everywhere_section(metric, last, code, store.country() or "")
groups_section(area, metric)

with st.expander(f"How this figure was made: {area['name']}, {last['period']}"):
    made = store.explanation(metric_id, code, last["period"])
    if made and len(made.revisions) > 1:
        shell.html(f"<p><strong>This figure was {revised(len(made.revisions) - 1)}.</strong></p>")
    shell.html(lineage_panel(made) if made else "<p>The way this figure was made is not recorded in this version.</p>")
if (revisions := revisions_of(metric_id, code)).height:
    with st.expander(f"{plural(revisions.height, 'revision')} of these figures"):
        st.html(revisions_table(area, metric, revisions))
for row in evidence(code).filter(metric_id=metric_id).iter_rows(named=True):
    shell.html(f"<h3>How good the evidence is</h3>{evidence_list(row, area['level'], date.today())}")
if metric["caveats"]:
    shell.html(f"<h3>Take care</h3><p>{escape(metric['caveats'])}</p>")
shell.html(
    f"<h3>Source</h3><p>{escape(last['publication_title'] or last['source'])}, {escape(last['publisher'] or '')}, "
    f"published "
    f"{day(last['published_on'])}. {escape(words_of(STATISTICAL_STATUSES, last['statistical_status']))}.</p>"
)
download_rows(
    "All rows of this measure",
    lambda: store.rows_of_metric(metric["metric_id"]),
    metric_id,
    lambda: about_rows(version, f"{metric['label']}. {metric['description']}"),
)
shell.permalink()
shell.end(version)
