"""Rows and pictures a reader takes away: CSV, XLSX with a sheet about itself, and any chart as SVG or PNG."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import streamlit as st

from dashboards import store
from dashboards.words.statuses import STATUSES
from dashboards.workbook import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCRIPT = Path(__file__).parent / "theme" / "picture.js"
BUTTONS = (
    '<div class="pictures"><button type="button" data-kind="svg">Picture (SVG)</button>'
    '<button type="button" data-kind="png">Picture (PNG)</button></div>'
)
STYLE = """
.pictures { display: flex; gap: .75rem; flex-wrap: wrap; padding: 6px; }
.pictures button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor;
  padding: .35rem .75rem; cursor: pointer; }
.pictures button:focus-visible { outline: 3px solid #ffdd00; box-shadow: 0 0 0 6px #0b0c0c; }
"""


def download_rows(label: str, rows: Callable[[], pl.DataFrame], name: str, about: Callable[[], dict[str, str]]) -> None:
    """Two buttons for the same rows, CSV and XLSX. `about` says what they are; made-up figures say so in each file."""
    file = file_name(name)
    ask = store.answered_later(rows)

    def held() -> pl.DataFrame:
        return marked(ask())

    def packed() -> bytes:
        facts = about() | {f"Status “{each.code}”": f"{each.label}: {each.meaning}" for each in STATUSES.values()}
        told = pl.DataFrame({"What": list(facts), "Words": list(facts.values())})
        return workbook({"Rows": held(), "About these rows": told})

    with st.container(horizontal=True):
        st.download_button(
            f"{label} (CSV)",
            lambda: held().write_csv(),
            f"{file}.csv",
            "text/csv",
            key=f"csv_{name}",
            on_click="ignore",
        )
        st.download_button(f"{label} (XLSX)", packed, f"{file}.xlsx", XLSX, key=f"xlsx_{name}", on_click="ignore")


def file_name(name: str) -> str:
    """What a file to take away is called, without its ending: made-up figures say so first; a period has no slash."""
    return f"{'SYNTHETIC_' if store.world() == 'synthetic' else ''}{name.replace('/', '-')}"


def marked(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows to take away: made-up ones say so in each row."""
    return rows.with_columns(world=pl.lit("SYNTHETIC")) if store.world() == "synthetic" else rows


def licence() -> str:
    """Under which licence the figures of this world are; invented ones are nobody's public sector information."""
    if store.world() == "synthetic":
        return "SYNTHETIC: invented places and figures, not public sector information."
    return "Contains public sector information licensed under the Open Government Licence v3.0."


def about_rows(version: store.Version, what: str) -> dict[str, str]:
    """The facts every file carries, with `what` its rows are."""
    return {
        "What": what,
        "Data version": version.version_id,
        "Published here": version.created_at,
        "Licence": licence(),
        "World": "SYNTHETIC: invented places and figures"
        if version.world == "synthetic"
        else "Real published statistics",
    }


def download_picture(chart_key: str, name: str, title: str, foot: str) -> None:
    """Buttons that save the chart drawn under `chart_key`, made in the reader's browser: no machine is asked."""
    _pictures()(key=f"picture_{chart_key}", data={"chart": chart_key, "name": name, "title": title, "foot": foot})


@st.cache_resource(show_spinner=False)
def _pictures() -> Callable[..., object]:
    return st.components.v2.component(
        "chart_pictures", html=BUTTONS, css=STYLE, js=SCRIPT.read_text(encoding="utf-8"), isolate_styles=True
    )
