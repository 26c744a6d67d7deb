"""The HTML of a page that was run without a browser."""

from streamlit.testing.v1 import AppTest


def markup(page: AppTest) -> str:
    """All HTML of a page."""
    return "\n".join(element.proto.body for element in page.get("html"))
