"""The submit app: navigation and nothing else. Run it with `inclusion serve --app submit`."""

import streamlit as st

st.set_page_config(page_title="Send in a return", layout="wide", initial_sidebar_state="collapsed")

st.navigation(
    [
        st.Page("../pages/submit/send.py", title="Send in a return", default=True),
        st.Page("../pages/submit/history.py", title="What has been sent in"),
        st.Page("../pages/submit/privacy.py", title="What happens to your file"),
    ],
    position="top",
).run()
