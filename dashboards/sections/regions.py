"""The regions side by side: a picture each, all with one scale, each with England beside it; and their table."""

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from dashboards import shell, store
from dashboards.charts.multiples import small_multiple, value_ticks
from dashboards.charts.trend import breaks_of
from dashboards.tables.compared import lines_of, rows_of, values_table
from dashboards.tables.plain import plain_table
from dashboards.words.numbers import on_one_scale

Row = Mapping[str, Any]


def regions_section(metric: Row, places: Mapping[str, Row], country: str) -> None:
    """A small multiple a region with a figure, by name; nothing for a number, where regions differ in size."""
    regions = sorted(
        (row for row in places.values() if row["level"] == "region"), key=lambda row: str(row["sort_name"])
    )
    rows = store.series(metric["metric_id"], [*(row["geography_code"] for row in regions), country])
    held = [region for region in regions if rows_of(rows, region)["value"].is_not_null().any()]
    if not on_one_scale(metric) or not held:
        return
    colours = shell.colours()
    ticks = value_ticks(lines_of([*held, places[country]], rows), metric)
    figures = []
    for region in held:
        breaks = list(breaks_of(metric, rows_of(rows, region)))
        picture = small_multiple(metric, lines_of([region, places[country]], rows), breaks, ticks, colours)
        figures.append(f"<figure><figcaption>{escape(region['name'])}</figcaption>{picture}</figure>")
    shell.html(f'<div class="multiples">{"".join(figures)}</div>')
    with st.expander("Table of these pictures"):
        table = values_table([*held, places[country]], metric, rows)
        st.html(plain_table(table, f"{metric['label']} by region", frozenset(table.columns[1:])))
