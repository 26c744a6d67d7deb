"""Inspection: what area SEND inspections found, the evidence by criterion, what moved, and what to ask."""

from datetime import date
from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store, topic_rows
from dashboards.queries.evidence import evidence as evidence_of
from dashboards.tables.figure_cell import figure_text
from dashboards.tables.inspections import history_table, since_table
from dashboards.tables.measures import measures_table
from dashboards.tables.questions import invited
from dashboards.topic_page import begin_topic, end_topic, why_few
from dashboards.words.headlines import plural
from dashboards.words.inspections import inspected_headline
from dashboards.words.numbers import day
from dashboards.words.topics import CRITERIA, INSPECTIONS_2016, INSPECTIONS_2023, metrics_of

MOST = 3
topic = begin_topic(
    "Inspection",
    "What area SEND inspections found, and what published figures say beside each criterion that inspectors look at. "
    "Inspection is independent: nothing here says how one would turn out.",
    "area SEND inspections are",
)
area = topic.area
code, name = area["geography_code"], area["name"]
every = store.metrics()
inspections = {
    row["metric_id"]: row
    for row in every.filter(pl.col("metric_id").is_in(INSPECTIONS_2016 + INSPECTIONS_2023)).iter_rows(named=True)
}
before = [
    row["other_code"] for row in store.changes_of_area(code).filter(pl.col("relation") == "predecessor").to_dicts()
]
history = topic_rows.totals(list(inspections), [code, *before])
told = history.filter(
    pl.col("metric_id").is_in([INSPECTIONS_2016[0], INSPECTIONS_2023[0]]), pl.col("geography_code") == code
).sort("period_start")
latest = told.row(-1, named=True) if told.height else None
outcome = None
if latest:
    about = inspections[latest["metric_id"]]
    outcome = f"{about['label']}: {figure_text(latest, about)}"
shell.html(
    f'<p class="headline">'
    f"{escape(inspected_headline(name, latest, outcome, day(latest['period_start']) if latest else ''))}</p>"
    f"{why_few(area)}"
)

shell.html("<h3>Inspections so far</h3>")
if history.height:
    st.html(history_table(area, inspections, history))
newest = [
    (each, inspections[each]["latest_end"])
    for each in (INSPECTIONS_2016[0], INSPECTIONS_2023[0])
    if each in inspections
]
held = "; ".join(f"{inspections[each]['label']}: to {day(end)}" for each, end in newest if end)
shell.html(
    f"<p>{'' if history.height else f'{escape(name)}: none is in the files held. '}The files held go as far as this: "
    f"{escape(held) or 'none is held'}. A later inspection is not here. The two frameworks ask different questions, so "
    "one outcome cannot be set against the other.</p>"
)

criteria = topic_rows.by_question(CRITERIA, every)
figures, series = store.area_figures(code), store.area_series(code)
rows = {row["metric_id"]: row for row in figures.iter_rows(named=True)}
shell.html(
    "<h3>Questions your data invite</h3><p>By criterion of the framework of 2023, in our words. Each question comes "
    "from a figure that differs from similar areas (from England where only it can be compared) or has moved; those "
    "furthest from the usual spread come first. They are questions, not "
    "findings; published figures reach some criteria only in part, and inspectors also listen to children, families "
    "and staff.</p>"
)
questions = invited(CRITERIA, criteria, rows)
evidence = evidence_of(code)
for criterion in CRITERIA:
    listed = questions.filter(pl.col("Criterion") == criterion.heading)["Question"].to_list()
    items = "".join(f"<li>{escape(each)}</li>" for each in listed[:MOST])
    more = f"<p>{len(listed) - MOST} more in the download.</p>" if len(listed) > MOST else ""
    none = "<p>No figure here can be said to differ from other areas or to have moved.</p>"
    shell.html(
        f"<h4>{escape(criterion.heading)}</h4><p>{escape(criterion.asks)}</p>"
        + (f"<ul>{items}</ul>{more}" if items else none)
    )
    mine = criteria.filter(pl.col("theme") == criterion.heading).with_columns(theme=pl.lit(""))
    with st.expander(f"Evidence on {criterion.heading.lower()}: {plural(mine.height, 'measure')}"):
        st.html(measures_table(area, mine, figures, series, criterion.heading, evidence, date.today()))
shell.download("Download all questions (CSV)", lambda: questions, f"{code}_questions")

shell.html("<h3>Since the last inspection</h3>")
if latest:
    then = topic_rows.since(metrics_of(CRITERIA), code, latest["period_start"])
    own = topic_rows.totals(metrics_of(CRITERIA), [code])
    if then.height:
        shell.html(
            "<p>The last figure of a period that had ended when the inspection began, beside the newest. The reading "
            "is that of the whole series, over the years it names; it does not say what followed from it.</p>"
        )
        st.html(since_table(area, criteria, then, own, latest["period_start"]))
    else:
        shell.html(
            f"<p>{escape(name)}: no measure has a figure both from before that inspection and from after it.</p>"
        )
else:
    shell.html(f"<p>{escape(name)}: without an inspection in the files held there is no day to count from.</p>")
shell.download("Download the inspections (CSV)", lambda: history, f"{code}_inspections")
end_topic(topic, "inspection")
