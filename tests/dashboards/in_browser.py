"""What tests in headless Chromium share: when they run, how a page is opened, and what axe is asked."""

import shutil

import pytest
from playwright.sync_api import Browser, Page, expect

IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        shutil.which("chromium") is None,
        reason="Chromium is not installed and could not be: see tests/install_browser.sh",
    ),
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def opened(browser: Browser, address: str, width: int, scheme: str = "light") -> Page:
    """A page of the public app in a window of its own, once all of it stands."""
    page = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    ).new_page()
    page.goto(address)
    page.locator(".foot").wait_for(timeout=60_000)
    expect(page.locator('[data-testid="stStatusWidget"]')).to_have_count(0, timeout=60_000)
    return page
