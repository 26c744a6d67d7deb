"""The public app: navigation and nothing else. Run it with `inclusion serve`."""

import streamlit as st

from dashboards.topic_page import TOPIC_PAGES

st.set_page_config(page_title="Inclusion dashboards", layout="wide", initial_sidebar_state="collapsed")

st.navigation(
    [
        st.Page("../pages/start.py", title="Start", default=True),
        st.Page("../pages/local/area.py", title="Local area"),
        st.Page("../pages/local/metric.py", title="One measure"),
        *(st.Page(f"../pages/topics/{page}.py", title=words) for page, words in TOPIC_PAGES.items()),
        st.Page("../pages/national/england.py", title="England"),
        st.Page("../pages/about/methodology.py", title="Methodology"),
        st.Page("../pages/about/symbols.py", title="Symbols and words"),
        st.Page("../pages/about/data.py", title="Data and licence"),
        st.Page("../pages/about/evidence.py", title="Quality of the evidence"),
        st.Page("../pages/about/agreements.py", title="Agreements and differences"),
        st.Page("../pages/about/accessibility.py", title="Accessibility"),
    ],
    position="top",
).run()
