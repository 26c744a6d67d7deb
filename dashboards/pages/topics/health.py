"""Health: waits of the integrated care boards that serve an area, and how the area and its boards overlap."""

from datetime import date
from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store, topic_rows
from dashboards.charts.trend import trend_chart
from dashboards.choices import choose
from dashboards.queries.evidence import evidence as evidence_of
from dashboards.tables.boards import overlap_table, waits_table
from dashboards.tables.measures import measures_table
from dashboards.topic_page import begin_topic, end_topic, why_few
from dashboards.words.boards import board_name, overlap_sentence
from dashboards.words.evidence import age
from dashboards.words.topics import HEALTH_OF_AREA, HEALTH_SERVICES, metrics_of

topic = begin_topic(
    "Health",
    "Waits for health services that children with SEND use. They are published by integrated care board, not by "
    "local authority.",
    "integrated care boards are shown here beside the areas they serve; this page is",
)
area, country = topic.area, store.country()
code, name = area["geography_code"], area["name"]
boards = topic_rows.boards(code)
shell.html(f'<p class="headline">{escape(overlap_sentence(name, boards.to_dicts()))}</p>')
if boards.is_empty():
    reason = "the overlap is recorded for authorities of today only" if not area["is_current"] else "no overlap is held"
    shell.html(f"<p>{escape(name)}: {reason}, so no figure of a board is shown.</p>")
    end_topic(topic, "health")
    st.stop()
st.html(overlap_table(area, boards))
shell.html(
    f"<p><strong>A figure of a board is not {escape(name)}’s.</strong> It counts every child the board serves, "
    "wherever they live in it. A wait can be shorter or longer here than in the board as a whole; ask the board for "
    f"figures of its places.</p>{why_few(area)}"
)

metrics = topic_rows.by_question(HEALTH_SERVICES, store.metrics())
ids = metrics_of(HEALTH_SERVICES)
rows = topic_rows.totals(ids, boards["icb_code"].to_list())
england = topic_rows.totals(ids, [country] if country else [])
by_metric = {row["metric_id"]: row for row in metrics.iter_rows(named=True)}
for board in boards.iter_rows(named=True):
    own = rows.filter(pl.col("geography_code") == board["icb_code"])
    shell.html(f"<h3>{escape(board_name(board['name']))}</h3>")
    if own.is_empty():
        shell.html(f"<p>{escape(board_name(board['name']))}: no figure of this board is held.</p>")
        continue
    newest = own["period_end"].max()
    assert isinstance(newest, date)
    shell.html(
        f"<p>The newest figure of this board is of {newest:%B %Y}, {age(newest, date.today())} ago. England stands "
        "beside shares and numbers as published; a share is called higher or lower only where it differs by more than "
        "boards usually do. A missing month was not held or not published.</p>"
    )
    judged = store.comparisons(tuple(ids), board["icb_code"])
    st.html(waits_table(board, metrics, own, england, judged))

drawn = rows.filter(pl.col("status") == "shown").group_by("metric_id").len().filter(pl.col("len") > 1)["metric_id"]
choices = [each for each in ids if each in drawn.to_list()]
if choices:
    shell.html("<h3>Month by month</h3>")
    named = {board["icb_code"]: board for board in boards.iter_rows(named=True)}
    left, right = st.columns(2)
    with left:
        first = next((each for each in choices if by_metric[each]["unit"] == "percent"), choices[0])
        wait = str(choose("wait", "Measure", choices, lambda each: by_metric[each]["label"], default=first))
    with right:
        chosen = str(
            choose(
                "board", "Board", list(named), lambda each: board_name(named[each]["name"]), default=next(iter(named))
            )
        )
    own = rows.filter((pl.col("metric_id") == wait) & (pl.col("geography_code") == chosen))
    beside = store.comparisons(wait, chosen)
    if own.is_empty() or not (own["status"] == "shown").any():
        shell.html(f"<p>{escape(board_name(named[chosen]['name']))}: no month of this measure is shown.</p>")
    else:
        short = board_name(named[chosen]["name"])
        place = named[chosen] | {"name": short, "short_name": "This board"}
        chart = trend_chart(place, by_metric[wait], own, beside, shell.colours())
        shell.show_chart(chart, "month", f"{wait}_{chosen}_by_month", measure=by_metric[wait]["label"])
        shell.html(f'<p><a href="england?metric={wait}&area={chosen}">This measure in all boards</a>.</p>')
    if by_metric[wait]["caveats"]:
        shell.html(f"<p>{escape(by_metric[wait]['caveats'])}</p>")

shell.html(f"<h3>{escape(HEALTH_OF_AREA[0].heading)}</h3>")
st.html(
    measures_table(
        area,
        topic_rows.by_question(HEALTH_OF_AREA, store.metrics()).with_columns(theme=pl.lit("")),
        store.area_figures(code),
        store.area_series(code),
        "Health",
        evidence_of(code),
        date.today(),
    )
)
shell.download("Download every figure of these boards (CSV)", lambda: rows, f"{code}_health")
end_topic(topic, "health")
