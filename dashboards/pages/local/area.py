"""One area: an overview of all its measures, then each family beside England, its region and similar areas."""

from dataclasses import replace
from datetime import date
from html import escape

import streamlit as st

from dashboards import shell, store
from dashboards.charts.spine import spine_key
from dashboards.choices import choose
from dashboards.filters import AUTISM, choose_filters, narrowed
from dashboards.queries.evidence import evidence
from dashboards.queries.spread import groups_held, spreads
from dashboards.remembered import remember_area
from dashboards.tables.families import family_sentence, family_sentences
from dashboards.tables.legend import status_legend
from dashboards.tables.measures import measures_table, used_statuses
from dashboards.tables.returns_in import returns_badge
from dashboards.tables.spine import spine_table
from dashboards.words.codes import FAMILIES
from dashboards.words.needs import need_headline, nothing_left
from dashboards.words.numbers import day
from dashboards.words.places import FEW_CHILDREN, place_label, place_line
from dashboards.words.strength import against_of

OVERVIEW = "overview"

version = shell.begin("Local area")
places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
columns = st.columns([2, 1, 1, 1])
with columns[0]:
    code = choose(
        "area", "Area", list(places), lambda each: place_label(places[each]), placeholder="Type a name, such as Leeds"
    )  # fmt: skip
remember_area(places, code)
if code is None:
    shell.html("<p>Choose an area to see its figures. The address of the page then leads back to it.</p>")
    shell.end(version)
    st.stop()

area, metrics, groups = places[code], store.metrics(), groups_held()
filters = choose_filters(metrics, groups, columns[1:])
figures = store.area_figures(code, *filters.group)
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
# A filter of evidence that leaves nothing is left out of the pack, as it is of the page.
left = narrowed(metrics, figures, groups, filters)
shell.download_pack(code, filters if left.height else replace(filters, evidence=None))

present = [family for family in FAMILIES if family in metrics["family"].to_list()]
family = choose("family", "Family of measures", [OVERVIEW, *present], ({OVERVIEW: "Overview"} | FAMILIES).__getitem__,
                widget=st.segmented_control, default=OVERVIEW, required=True)  # fmt: skip
counted = narrowed(metrics, figures, groups, replace(filters, evidence=None))
listed = narrowed(metrics, figures, groups, filters)
if family != OVERVIEW:
    counted, listed = counted.filter(family=family), listed.filter(family=family)
keys = listed.filter("key_metric")
scope = choose("show", "Measures to show", ["key", "all"],
               {"key": f"Key measures ({keys.height})", "all": f"All measures ({listed.height})"}.__getitem__,
               widget=st.segmented_control, default="key", required=True)  # fmt: skip
wanted = keys.sort("headline_order", nulls_last=True) if scope == "key" and keys.height else listed
if told := filters.words():
    shell.html(f"<p>Showing only {escape(told)}.</p>")
if filters.need:
    shell.html(f'<p class="headline">{escape(need_headline(area, counted, figures, filters.need))}</p>')
if filters.need == AUTISM and area["level"] == "la":
    shell.html(
        f'<p>Waits for an autism assessment are published by board: <a href="health?area={code}">Health</a>.</p>'
    )
if scope == "key" and keys.is_empty() and listed.height:
    shell.html("<p>None of these is a key measure, so all of them are shown.</p>")

if family == OVERVIEW and counted.height:
    shell.html(family_sentences(area, counted, figures, {"theme": filters.theme, "need": filters.need}))
if listed.is_empty() and counted.height:
    # Never a dead end: what the other filters leave, in the same order.
    shell.html(f"<p>{escape(nothing_left(counted, figures, str(filters.evidence)))}</p>")
    listed = wanted = counted
if listed.is_empty():
    shell.html("<p>No measure here matches the filters. Clear a filter, or choose another family.</p>")
elif family == OVERVIEW:
    colours = shell.colours()
    st.html(
        spine_table(
            area,
            wanted,
            figures,
            spreads(*filters.group),
            colours,
            strongest=bool(filters.evidence or filters.need),
            breakdown=filters.group[0],
        )
    )
    shell.html(spine_key(against_of(area["level"])[1], colours))
else:
    shell.html(f'<p class="headline">{escape(family_sentence(area, counted, figures))}</p>')
    series, quality = store.area_series(code, *filters.group), evidence(code)
    st.html(measures_table(area, wanted, figures, series, FAMILIES[str(family)], quality, date.today()))

if badge := returns_badge(store.returns_in(), code):
    shell.html(f"<h3>Returns in</h3><p>Figures from returns count only what has come.</p>{badge}")

if used := used_statuses(wanted, figures):
    shell.html(f"<h3>Key</h3>{status_legend(used)}")

closest = [places[each]["short_name"] for each in store.neighbours(code) if each in places]
if closest:
    shell.html(
        f"<h3>Similar areas</h3><p>The ten areas most like {escape(area['name'])} by the Department for "
        f"Education's 2025 model of statistical neighbours, closest first: {escape(', '.join(closest))}. "
        f'<a href="compare?areas={",".join([code, *store.neighbours(code)[:5]])}">Compare it with the first five</a>.'
        "</p>"
    )
shell.download("Download all latest figures for this area (CSV)", lambda: figures, f"{code}_latest")
shell.permalink()
shell.end(version)
