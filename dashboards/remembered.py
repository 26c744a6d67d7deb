"""An area remembered by the reader's own browser, when they ask for it: no cookie, nothing sent anywhere."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from dashboards.words.places import place_label

SCRIPT = Path(__file__).parent / "theme" / "remembered.js"
STYLE = """
.remembered { display: flex; gap: .25rem 1rem; flex-wrap: wrap; font-size: .875rem; min-height: 1.6rem; padding: 4px; }
.remembered button, .remembered a { font: inherit; color: inherit; background: none; border: 0; padding: 2px;
  text-decoration: underline; cursor: pointer; min-height: 24px; }
.remembered :focus-visible { outline: 3px solid #ffdd00; box-shadow: 0 0 0 6px #0b0c0c; }
"""


def remember_area(places: Mapping[str, Mapping[str, Any]], code: str | None) -> None:
    """Links under the choice of area: remember this one on this device, go to the remembered one, forget it."""
    names = {each: place_label(row) for each, row in places.items()}
    _remembered()(key="remembered_area", data={"code": code, "names": names})


@st.cache_resource(show_spinner=False)
def _remembered() -> Callable[..., object]:
    return st.components.v2.component(
        "remembered_area", html='<div class="remembered"></div>', css=STYLE, js=SCRIPT.read_text(encoding="utf-8")
    )
