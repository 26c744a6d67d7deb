"""What the topic pages share: the choice of an area, a line when a topic is not for it, and the link to the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from dashboards import shell, store
from dashboards.choices import choose
from dashboards.words.places import place_label, place_line

TOPIC_PAGES = {
    "inspection": "Inspection", "equality": "Equality", "alternative_provision": "Alternative provision",
    "health": "Health",
}  # fmt: skip


@dataclass(frozen=True)
class TopicArea:
    """The version, the area a page is about, and all areas by code."""

    version: store.Version
    area: Mapping[str, Any]
    places: Mapping[str, Mapping[str, Any]]


def begin_topic(title: str, lead: str, about_areas: str | None = None) -> TopicArea:
    """Start a topic page and choose its area; stops the page without one.

    `about_areas` is what the page is about when it is about local authorities alone ("inspections are"): it is said
    instead of the page for a region or for England.
    """
    version = shell.begin(title, lead)
    places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
    code = choose(
        "area", "Area", list(places), lambda each: place_label(places[each]), placeholder="Type a name, such as Leeds"
    )  # fmt: skip
    if code is None:
        shell.html("<p>Choose an area to see its figures. The address of the page then leads back to it.</p>")
        shell.end(version)
        st.stop()
    area = places[code]
    part = places.get(area["sub_region_code"])
    shell.html(f"<h2>{escape(area['name'])}</h2><p>{escape(place_line(area, part['name'] if part else None))}</p>")
    if about_areas and area["level"] != "la":
        shell.html(f"<p>{escape(area['name'])}: {about_areas} of local authorities. Choose one to see its page.</p>")
        shell.end(version)
        st.stop()
    return TopicArea(version, area, places)


def end_topic(topic: TopicArea, page: str) -> None:
    """The way on to the other topics of the area, the permalink with what was chosen, and the foot."""
    code = escape(topic.area["geography_code"])
    others = " · ".join(
        f'<a href="{name}?area={code}">{words}</a>' for name, words in TOPIC_PAGES.items() if name != page
    )
    shell.html(
        f'<h3>More on {escape(topic.area["name"])}</h3><p><a href="area?area={code}">All measures</a> · {others}</p>'
    )
    shell.permalink()
    shell.end(topic.version)


def why_few(area: Mapping[str, Any]) -> str:
    """The reason that stands above a page of an area too small to compare; empty for any other."""
    if area["comparable"] or area["level"] != "la":
        return ""
    return (
        f"<p>{escape(area['name'])}: so few children live here that figures are shown but not compared, and many are "
        "suppressed or not published.</p>"
    )
