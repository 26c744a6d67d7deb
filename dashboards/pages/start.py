"""The front page: what this is, and the way in."""

from datetime import date
from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.queries.evidence import evidence
from dashboards.tables.measures import measures_table
from dashboards.words.headlines import plural
from dashboards.words.numbers import day
from dashboards.words.places import place_label

version = shell.begin(
    "Inclusion dashboards",
    "How children and young people with special educational needs and disabilities, and those in alternative "
    "provision, "
    "fare in each area of England: published figures, what they mean, and how sure we can be.",
)
places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
chosen = st.selectbox(
    "Find your area",
    list(places),
    index=None,
    format_func=lambda code: place_label(places[code]),
    placeholder="Type a name, such as Leeds",
)
if chosen:
    st.session_state["chosen_area"] = chosen
    st.session_state.pop("pick_area", None)
    st.switch_page("../pages/local/area.py", query_params={"area": chosen})

metrics = store.metrics()
held = metrics.filter(pl.col("latest_period").is_not_null())
first = held.filter(pl.col("headline_order").is_not_null()).sort("headline_order")
country = store.country()
if country and first.height:
    shell.html(f"<h2>{escape(places[country]['name'])} now</h2>")
    st.html(
        measures_table(
            places[country],
            first,
            store.area_figures(country),
            store.area_series(country),
            "Key measures",
            evidence(country),
            date.today(),
        )
    )
listed = "".join(
    f"<li>{escape(row['publication_title'])}, {escape(row['publisher'] or '')}: latest release "
    f"{day(row['last_published'])}</li>"
    for row in store.sources().iter_rows(named=True)
    if row["figures"]
)
shell.html(
    f'<p>{plural(held.height, "measure")} with figures. See <a href="england">England and all areas</a>, or '
    f'<a href="methodology">how the figures are made</a>.</p><h2>Where the figures come from</h2><ul>{listed}</ul>'
    "<h2>How to read them</h2><p>A figure is set beside England, the region and ten similar areas. We say "
    "<em>higher</em> "
    "or <em>lower</em> only when the gap is larger than areas usually differ by; otherwise we say <em>not "
    "different</em>. "
    "Areas are not put in order. A difference is a question to ask, not an answer.</p>"
)
shell.end(version)
