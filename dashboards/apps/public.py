"""The public app: navigation and nothing else. Run it with `inclusion serve`."""

import streamlit as st

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
        st.Page("../pages/about/methodology.py", title="Methodology"),
        st.Page("../pages/about/symbols.py", title="Symbols and words"),
        st.Page("../pages/about/data.py", title="Data and licence"),
        st.Page("../pages/about/evidence.py", title="Quality of the evidence"),
        st.Page("../pages/about/agreements.py", title="Agreements and differences"),
        st.Page("../pages/about/accessibility.py", title="Accessibility"),
    ],
    position="top",
).run()
