"""Alternative provision of an area: who the pupils are first, then how many, where, and how they fare."""

from datetime import date
from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store, topic_rows
from dashboards.charts.trend import breaks_of, trend_chart
from dashboards.choices import choose
from dashboards.queries.evidence import evidence as evidence_of
from dashboards.tables.legend import status_legend
from dashboards.tables.measures import measures_table, used_statuses
from dashboards.tables.profiles import profile_table
from dashboards.topic_page import begin_topic, end_topic, why_few
from dashboards.words.breakdowns import breakdown_label
from dashboards.words.profiles import placements_headline
from dashboards.words.topics import ALTERNATIVE_PROVISION, AP_PROFILES, MINIMUM_PROFILED, metrics_of

topic = begin_topic(
    "Alternative provision",
    "What is published about alternative provision: who the pupils are, who arranges it, whether the setting is "
    "registered, and how pupils fare. No single setting is shown.",
)
area, country = topic.area, store.country()
code, name = area["geography_code"], area["name"]
metrics = topic_rows.by_question(ALTERNATIVE_PROVISION, store.metrics())
by_metric = {row["metric_id"]: row for row in metrics.iter_rows(named=True)}
figures, series = store.area_figures(code), store.area_series(code)
held = {row["metric_id"]: row for row in figures.iter_rows(named=True)}
shell.html(
    f'<p class="headline">{escape(placements_headline(name, by_metric, held))}</p>{why_few(area)}<p>Pupils in '
    "alternative provision are few and their needs differ widely: a figure says as much about who was placed as about "
    "the provision. Numbers are small, and move from year to year.</p>"
)

shell.html("<h3>Who the pupils are</h3>")
counts = [each for each in dict.fromkeys(metric for metric, _ in AP_PROFILES) if each in by_metric]
counted = choose(
    "profile", "Pupils counted", counts, lambda each: by_metric[each]["label"],
    default="ap_la_funded_placements_count" if "ap_la_funded_placements_count" in counts else next(iter(counts), None),
)  # fmt: skip
kinds = [kind for metric, kind in AP_PROFILES if metric == counted]
profile = topic_rows.profile(counted, code, country or "", kinds) if counted else pl.DataFrame()
present = [kind for kind in kinds if kind in profile["breakdown_1"].to_list()] if profile.height else []
for kind in present:
    with st.expander(breakdown_label(kind), expanded=kind == present[0]):
        st.html(profile_table(area, by_metric[str(counted)], profile, kind))
if not present:
    shell.html(
        f"<p>{escape(name)}: no such number is set out by characteristics of pupils. Either none is held of this area, "
        f"or fewer than {MINIMUM_PROFILED} are counted, or their number is itself held back.</p>"
    )

shell.html("<h3>By question</h3>")
st.html(measures_table(area, metrics, figures, series, "Alternative provision", evidence_of(code), date.today()))
if used := used_statuses(metrics, figures):
    shell.html(f"<h4>Key</h4>{status_legend(used)}")

shell.html("<h3>Over time</h3>")
own = topic_rows.totals(metrics_of(ALTERNATIVE_PROVISION), [code])
drawn = own.filter(pl.col("status") == "shown").group_by("metric_id").len().filter(pl.col("len") > 1)["metric_id"]
choices = [each for each in by_metric if each in drawn.to_list()]
if choices:
    measure = str(choose("measure", "Measure", choices, lambda each: by_metric[each]["label"], default=choices[0]))
    mine = own.filter(pl.col("metric_id") == measure)
    chart = trend_chart(area, by_metric[measure], mine, store.comparisons(measure, code), shell.colours())
    shell.show_chart(chart, "trend", f"{measure}_{code}_trend")
    for number, (_, note) in enumerate(breaks_of(by_metric[measure], mine).items(), start=1):
        shell.html(f"<p><strong>Break {number}</strong>: {escape(note.rstrip('.'))}. Do not read across it.</p>")
    if by_metric[measure]["caveats"]:
        shell.html(f"<p>{escape(by_metric[measure]['caveats'])}</p>")
else:
    shell.html(f"<p>{escape(name)}: no measure has two periods with a value, so there is no trend to draw.</p>")
shell.download("Download every figure about alternative provision here (CSV)", lambda: own, f"{code}_ap")
end_topic(topic, "alternative_provision")
