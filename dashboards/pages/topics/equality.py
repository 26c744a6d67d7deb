"""Equality: how figures of an area differ by sex, ethnicity and free school meals, where that is published."""

from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store, topic_rows
from dashboards.choices import choose
from dashboards.tables.gaps import groups_table, overview_table, pairs_table
from dashboards.topic_page import begin_topic, end_topic, why_few
from dashboards.words.gaps import FEW_GROUPS, TESTED, gaps_headline
from dashboards.words.headlines import plural
from dashboards.words.topics import CHARACTERISTICS, EQUALITY, metrics_of

topic = begin_topic(
    "Equality",
    "Figures of children with SEND and in alternative provision by sex, ethnicity and free school meals, as the "
    "public sector equality duty asks bodies to look at.",
)
area, country = topic.area, store.country()
code, name = area["geography_code"], area["name"]
by = str(
    choose("by", "Characteristic", list(CHARACTERISTICS), CHARACTERISTICS.__getitem__, widget=st.segmented_control,
           default="sex", required=True)
)  # fmt: skip
words = CHARACTERISTICS[by]
group, beside = topic_rows.BESIDE[by]
metrics = topic_rows.by_question(EQUALITY, store.metrics())
by_metric = {row["metric_id"]: row for row in metrics.iter_rows(named=True)}
rows = topic_rows.gaps(metrics_of(EQUALITY), code, country or "", by, beside)
if group:
    rows = rows.filter(pl.col("value_1") == group)
shell.html(f'<p class="headline">{escape(gaps_headline(name, rows, words))}</p>{why_few(area)}')
shell.html(
    "<p>A gap is called a difference only where the 95% intervals of the two lie apart. With many groups and "
    "measures, some lie apart by chance alone; a gap that stays from year to year is the better reason to look. "
    "Each figure is of one year, as published. Years are not pooled: most children with a plan are counted again the "
    "next year, so that three years together would look surer than they are. A difference is a question to ask, not "
    "an answer.</p>"
)

small = area["level"] == "la" and not area["comparable"]
if small and rows.height:
    shell.html(f"<p>{escape(name)}: {FEW_GROUPS}</p>")
elif group:
    if rows.height:
        st.html(pairs_table(area, metrics, rows, by, (group, beside)))
elif rows.height:
    if rows.filter(pl.col("verdict_code").is_in(TESTED)).height:
        st.html(overview_table(area, metrics, rows, by))
    shell.html("<h3>Every group of one measure</h3>")
    held = [each for each in by_metric if each in rows["metric_id"].to_list()]
    measure = choose("measure", "Measure", held, lambda each: by_metric[each]["label"], default=held[0])
    if measure:
        st.html(groups_table(area, by_metric[measure], rows.filter(pl.col("metric_id") == measure), by))
        if by_metric[measure]["caveats"]:
            shell.html(f"<p>{escape(by_metric[measure]['caveats'])}</p>")

somewhere = topic_rows.split_anywhere(metrics_of(EQUALITY), by)
mine = set(rows["metric_id"])
here = [by_metric[each]["label"] for each in by_metric if each in somewhere and each not in mine]
nowhere = [by_metric[each]["label"] for each in by_metric if each not in somewhere]
shell.html(f"<h3>Not held by {escape(words.lower())}</h3>")
if here:
    listed = "".join(f"<li>{escape(each)}</li>" for each in here)
    shell.html(f"<p>{escape(name)}: no figure of this area is held, though others have one.</p><ul>{listed}</ul>")
if nowhere:
    with st.expander(f"Not held for any area: {plural(len(nowhere), 'measure')}"):
        shell.html(f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in nowhere)}</ul>")
if not here and not nowhere:
    shell.html(f"<p>Each of these measures is held by {escape(words.lower())} for {escape(name)}.</p>")
if rows.height and not small:
    shell.download(f"Download these figures by {words.lower()} (CSV)", lambda: rows, f"{code}_equality_{by}")
end_topic(topic, "equality")
