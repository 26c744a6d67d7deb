"""What happens to a file that is sent in, and what is kept where."""

import streamlit as st

from dashboards import sending
from dashboards.documents import document

sending.begin("What happens to your file")
st.markdown(document("data-protection/README.md"))
