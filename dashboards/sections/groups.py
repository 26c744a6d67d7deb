"""One measure of an area for groups of children: by sex, ethnicity, age, need, whatever it is published by."""

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import shell, store, topic_rows
from dashboards.charts.groups import group_chart
from dashboards.choices import choose
from dashboards.queries.groups import by_group
from dashboards.queries.spread import groups_held
from dashboards.words.breakdowns import breakdown_label
from dashboards.words.gaps import FEW_GROUPS, apart_sentence

Row = Mapping[str, Any]


def groups_section(area: Row, metric: Row) -> None:
    """The section of the measure page; it says so where the measure is held for all children only."""
    metric_id, code = metric["metric_id"], area["geography_code"]
    held = groups_held().filter(metric_id=metric_id)["breakdown_1"].unique().sort().to_list()
    shell.html("<h3>Groups of children</h3>")
    if not held:
        shell.html("<p>This version holds this measure for all children together only.</p>")
        return
    breakdown = str(choose("by", "Groups by", held, breakdown_label, widget=st.segmented_control, default=held[0],
                           required=True))  # fmt: skip
    rows = by_group(metric_id, code, breakdown)
    if rows.filter(pl.col("value_1") != "total").is_empty():
        shell.html(
            f"<p>There is no figure by {escape(breakdown_label(breakdown).lower())} for {escape(area['name'])}.</p>"
        )
        return
    if area["level"] == "la" and not area["comparable"]:
        shell.html(f"<p>{escape(area['name'])}: {FEW_GROUPS}</p>")
        return
    gaps = topic_rows.gaps([metric_id], code, store.country() or "", breakdown, "total")
    shell.html(
        f"<p>{escape(rows['period'][0])}. Each group is set beside the same group elsewhere "
        f"(◆ similar areas, | England). {escape(apart_sentence(area['name'], gaps, breakdown))}</p>"
    )
    chart = group_chart(area, metric, breakdown, rows, gaps, shell.colours())
    shell.show_chart(chart, "groups", f"{metric_id}_{code}_by_{breakdown}", measure=metric["label"])
    shell.html(f'<p>Gaps by sex, ethnicity and free school meals: <a href="equality?area={code}">Equality</a>.</p>')
