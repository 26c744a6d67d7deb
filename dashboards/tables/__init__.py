"""Semantic HTML tables for st.html, and the pictures inside them."""
