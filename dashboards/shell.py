"""What every page stands in: style, title, the world's banner, a page for an empty store, and the foot."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from dashboards import store
from dashboards.charts.drawing import Chart
from dashboards.downloads import download_picture, file_name, licence, marked
from dashboards.filters import EVERYTHING, Filters
from dashboards.tables.plain import plain_table
from dashboards.theme.palette import Palette, palette

STYLE = Path(__file__).parent / "theme" / "app.css"
CHART_CONFIG = {"displaylogo": False, "displayModeBar": False, "responsive": True}

ABOUT_PAGES = {
    "symbols": "Symbols and words",
    "data": "Data and licence",
    "evidence": "Quality of the evidence",
    "agreements": "Agreements and differences",
    "accessibility": "Accessibility",
}


def begin(title: str, lead: str = "") -> store.Version:
    """Start a page: its heading, and the version it reads. Stops the page with an explanation when there is none."""
    st.html(STYLE)
    if store.world() == "synthetic":
        # A tab and a bookmark carry the title alone.
        st.set_page_config(page_title=f"SYNTHETIC: {title}")
        html(
            '<p class="world" role="note">SYNTHETIC: invented places and invented figures. England here is an '
            "invented England; nothing is about a real area.</p>"
        )
    html(f"<h1>{escape(title)}</h1>" + (f'<p class="lead">{escape(lead)}</p>' if lead else ""))
    try:
        return store.pin()
    except store.NoVersionPublished:
        html(
            "<p>No figures have been published here yet.</p><p>Whoever looks after this service can publish them with "
            "<code>inclusion run</code>; this page then shows them without a restart.</p>"
        )
        st.stop()


def end(version: store.Version) -> None:
    """The foot of a page: which version it shows and under which licence."""
    made = datetime.fromisoformat(version.created_at)
    about = " · ".join(f'<a href="{page}">{words}</a>' for page, words in ABOUT_PAGES.items())
    html(
        f'<div class="foot"><p>Data version {escape(version.version_id)}, published {made.day} '
        f"{made:%B %Y at %H:%M} UTC. {escape(licence())}</p><p>{about}</p></div>"
    )


def html(markup: str) -> None:
    """Trusted markup in the house style."""
    st.html(f'<div class="dash">{markup}</div>')


def colours() -> Palette:
    """The palette for the reader's theme."""
    return palette(st.context.theme.type)


def show_chart(
    chart: Chart, key: str, csv_name: str, width: int | Literal["stretch"] = "stretch", measure: str = ""
) -> None:
    """A chart with its headline sentence above, and its table and downloads below. `width` is in pixels, at most.

    `measure` is the name a saved picture carries, away from the page that says it.
    """
    html(f'<p class="headline">{escape(chart.headline)}</p>')
    if chart.figure.data:
        font = {"color": colours().ink}
        axes = [name for name in chart.figure.layout if name.startswith(("xaxis", "yaxis"))]
        each_axis = {"tickfont": font, "title": {"font": font}}
        chart.figure.update_layout({"font": font} | dict.fromkeys(axes, each_axis))
        st.plotly_chart(chart.figure, key=key, config=CHART_CONFIG, alt=chart.alt, width=width)
    if chart.rows.is_empty():
        return
    with st.expander("Table of this chart, and download"):
        st.html(plain_table(chart.rows, chart.headline))
        download("Download this table (CSV)", lambda: chart.rows, csv_name)
        if chart.figure.data:
            foot = f"Data version {store.version().version_id}. {licence()}"
            title = f"{measure}. {chart.headline}" if measure else chart.headline
            download_picture(key, file_name(csv_name), title, foot)


def permalink() -> None:
    """The address of this view, to copy: every choice that is in it."""
    html("<h3>Link to this page</h3>")
    base = (st.context.url or "").split("?")[0]
    st.code(f"{base}?{urlencode(st.query_params.to_dict(), safe=',')}", language=None, wrap_lines=True)


def download(label: str, rows: Callable[[], pl.DataFrame], name: str) -> None:
    """A button that gives `rows` as CSV; made-up figures say so in the name of the file and in each row."""
    # The button is answered on a thread of its own, which has no session.
    asked = store.answered_later(rows)
    st.download_button(
        label,
        lambda: marked(asked()).write_csv(),
        f"{file_name(name)}.csv",
        "text/csv",
        key=f"download_{name}",
        on_click="ignore",
    )


def download_pack(code: str, filters: Filters = EVERYTHING) -> None:
    """Buttons that make the evidence pack of an area, or its plain summary alone, when they are pressed.

    Both are narrowed by the page's filters.
    """

    def made(short: bool) -> bytes:
        from dashboards.pack.content import pack_pdf

        return pack_pdf(code, filters, short)

    narrowed = " with these filters" if filters else ""
    with st.container(horizontal=True):
        for short, name, words in (
            (False, "evidence_pack", "evidence pack"),
            (True, "plain_summary", "plain summary, two pages"),
        ):
            st.download_button(
                f"Download the {words}{narrowed} (PDF)",
                store.answered_later(partial(made, short)),
                f"{file_name(f'{name}_{code}')}.pdf",
                "application/pdf",
                key=f"{'summary' if short else 'pack'}_{code}",
                on_click="ignore",
            )
