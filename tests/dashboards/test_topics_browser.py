"""The topic pages in headless Chromium, for areas large, small, split and remade: they fit, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from dashboards.topic_page import TOPIC_PAGES
from tests.dashboards.in_browser import IN_BROWSER, RULES, opened
from tests.dashboards.places import CITY, KENT, LEEDS, RUTLAND, SCILLY, WESTMORLAND

pytestmark = IN_BROWSER
AREAS = {"Kent": KENT, "Rutland": RUTLAND, "City of London": CITY, "Isles of Scilly": SCILLY,
         "Westmorland and Furness": WESTMORLAND}  # fmt: skip


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", list(TOPIC_PAGES))
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in ("Kent", "Isles of Scilly") else [pytest.mark.long]) for name in AREAS],
)
def test_browser_shows_a_topic_of_every_kind_of_area(
    name: str, page: str, width: int, browser: Browser, address: str
) -> None:
    shown = opened(browser, f"{address}{page}?area={AREAS[name]}", width)
    expect(shown.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(shown.locator('[data-testid="stException"]')).to_have_count(0)
    found = Axe().run(shown, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    inner, outer = shown.locator('[data-testid="stMain"]').evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert inner <= outer, f"scrolls sideways: {inner} in {outer}"
    shown.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_browser_shows_every_group_of_one_measure(width: int, browser: Browser, address: str) -> None:
    shown = opened(browser, f"{address}equality?area={LEEDS}&by=ethnicity&measure=ehc_20wk_pct", width)
    expect(shown.get_by_text("Asian - Indian").last).to_be_visible()
    found = Axe().run(shown, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    inner, outer = shown.locator('[data-testid="stMain"]').evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert inner <= outer
    shown.context.close()
