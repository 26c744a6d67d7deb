"""The public app: navigation and nothing else. Run it with `inclusion serve`."""

import streamlit as st

from dashboards import shell
from dashboards.topic_page import TOPIC_PAGES

st.set_page_config(page_title="Inclusion dashboards", layout="wide", initial_sidebar_state="collapsed")

# One flat list: on a phone Streamlit's list in sections is no list to a screen reader (axe: list, listitem).
st.navigation(
    [
        st.Page("../pages/start.py", title="Start", default=True),
        st.Page("../pages/local/area.py", title="Local area"),
        st.Page("../pages/local/metric.py", title="One measure"),
        st.Page("../pages/local/compare.py", title="Compare"),
        st.Page("../pages/national/england.py", title="England"),
        st.Page("../pages/national/changes.py", title="What changed"),
        *(st.Page(f"../pages/topics/{page}.py", title=words) for page, words in TOPIC_PAGES.items()),
        st.Page("../pages/about/methodology.py", title="Methodology"),
        # The foot of every page leads to these: a list of sixteen would not fit beside one another.
        *(
            st.Page(f"../pages/about/{page}.py", title=words, visibility="hidden")
            for page, words in shell.ABOUT_PAGES.items()
        ),
    ],
    position="top",
).run()
