"""One area: its measures by family, each beside England, its region and similar areas."""

from datetime import date
from html import escape

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.choices import choose
from dashboards.tables.measures import measures_table, standings, used_statuses
from dashboards.tables.returns_in import returns_badge
from dashboards.words.codes import FAMILIES
from dashboards.words.headlines import family_headline
from dashboards.words.numbers import day
from dashboards.words.places import FEW_CHILDREN, place_label, place_line
from dashboards.words.statuses import status_of

version = shell.begin("Local area")
places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
code = choose(
    "area", "Area", list(places), lambda each: place_label(places[each]), placeholder="Type a name, such as Leeds"
)  # fmt: skip
if code is None:
    shell.html("<p>Choose an area to see its figures. The address of the page then leads back to it.</p>")
    shell.end(version)
    st.stop()

area = places[code]
metrics = store.metrics()
figures, series = store.area_figures(code), store.area_series(code)
part = places.get(area["sub_region_code"])
shell.html(f"<h2>{escape(area['name'])}</h2><p>{escape(place_line(area, part['name'] if part else None))}</p>")

for change in store.changes_of_area(code).iter_rows(named=True):
    joint = "replaced" if change["relation"] == "predecessor" else "was replaced by"
    shell.html(
        f"<p>{escape(area['name'])} {joint} <a href='area?area={change['other_code']}'>{escape(change['name'])}</a> on "
        f"{day(change['changed_on'])}. Figures are shown as published for each. "
        "The page of a measure estimates the years before.</p>"
    )
if not area["comparable"]:
    shell.html(f"<p>{FEW_CHILDREN}</p>")
shell.download_pack(code)

present = [family for family in FAMILIES if family in metrics["family"].to_list()]
family = choose(
    "family",
    "Family of measures",
    present,
    FAMILIES.__getitem__,
    widget=st.segmented_control,
    default=present[0],
    required=True,
)
mine = metrics.filter(pl.col("family") == family)
keys = mine.filter(pl.col("key_metric"))
scope = choose(
    "show",
    "Measures to show",
    ["key", "all"] if keys.height else ["all"],
    {"key": f"Key measures ({keys.height})", "all": f"All measures ({mine.height})"}.__getitem__,
    widget=st.segmented_control,
    default="key" if keys.height else "all",
    required=True,
)
listed = keys.sort("headline_order", nulls_last=True) if scope == "key" else mine
words = FAMILIES[str(family)]
against = "similar areas" if area["level"] == "la" else "England"
shell.html(
    f'<p class="headline">{escape(family_headline(area["name"], *standings(mine, figures), against=against))}</p>'
)
st.html(measures_table(area, listed, figures, series, words, store.evidence(code), date.today()))

if badge := returns_badge(store.returns_in(), code):
    shell.html(f"<h3>Returns in</h3><p>Figures from returns count only what has come.</p>{badge}")

if used := used_statuses(listed, figures):
    legend = "".join(
        f'<li class="st-{each}"><span class="sym" aria-hidden="true">{status_of(each).symbol}</span> '
        f"<b>{escape(status_of(each).label)}</b>: {escape(status_of(each).meaning)}</li>"
        for each in used
    )
    shell.html(f'<h3>Key</h3><ul class="key st">{legend}</ul>')

closest = [places[each]["short_name"] for each in store.neighbours(code) if each in places]
if closest:
    shell.html(
        f"<h3>Similar areas</h3><p>The ten areas most like {escape(area['name'])} by the Department for "
        f"Education's 2025 model of "
        f"statistical neighbours, closest first: {escape(', '.join(closest))}.</p>"
    )
shell.download("Download all latest figures for this area (CSV)", lambda: figures, f"{code}_latest")
shell.end(version)
