"""The public app in headless Chromium: accessibility, width, keyboard, and what a reader sees without a pointer."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.dashboards.in_browser import IN_BROWSER, opened
from tests.dashboards.places import LEEDS
from tests.dashboards.serving import served

pytestmark = IN_BROWSER
WIDTHS = {"phone": 390, "laptop": 1280}
PAGES = {
    "start": "",
    "area": f"area?area={LEEDS}&show=all",
    "metric": f"metric?metric=ehc_20wk_pct&area={LEEDS}",
    "england": f"england?metric=ehc_20wk_pct&area={LEEDS}",
    "methodology": "methodology",
    "symbols": "symbols",
    "data": "data",
    "accessibility": "accessibility",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
@pytest.mark.parametrize("name", list(PAGES))
def test_axe_finds_nothing_and_the_page_fits_its_width(
    name: str, width: int, scheme: str, browser: Browser, address: str, tmp_path: Path
) -> None:
    page = opened(browser, address + PAGES[name], width, scheme)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    across = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain]')].map(e => [e.scrollWidth, e.clientWidth])"
    )
    assert all(inner <= outer for inner, outer in across), f"scrolls sideways: {across}"
    shot = tmp_path / f"{name}-{width}-{scheme}.png"
    page.screenshot(path=shot, full_page=True)
    assert shot.stat().st_size > 10_000, "the screenshot is all but empty"
    page.context.close()


def test_browser_finds_an_area_by_typing_and_lands_on_its_permalink(browser: Browser, address: str) -> None:
    page = opened(browser, address, 1280)
    page.get_by_role("combobox").first.focus()
    page.keyboard.type("leed")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/area?area={LEEDS}*", timeout=60_000)
    expect(page.get_by_role("heading", name="Leeds", exact=True)).to_be_visible(timeout=60_000)
    page.context.close()


def test_browser_reaches_every_control_of_the_area_page_by_keyboard(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}area?area={LEEDS}", 1280)
    seen: set[str] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate("document.activeElement.innerText || document.activeElement.getAttribute('aria-label') || ''")
        )
    text = " ".join(seen)
    for words in (
        "Identification of need",
        "All measures",
        "20 weeks",
        "Download all latest figures",
    ):
        assert words in text, f"{words} cannot be reached"
    page.context.close()


def test_browser_shows_a_link_the_same_to_whoever_opens_it(browser: Browser, address: str) -> None:
    link = f"{address}area?area={LEEDS}&family=identification&show=all"
    texts = []
    for _ in range(2):
        page = opened(browser, link, 1280)
        page.locator("table.measures").wait_for()
        texts.append(page.locator("table.measures").inner_text())
        page.context.close()
    assert texts[0] == texts[1]
    assert "Education, health and care plans" in texts[0]


def test_browser_asks_no_other_machine_for_anything(browser: Browser, address: str) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + PAGES["england"])
    page.locator(".foot").wait_for(timeout=60_000)
    elsewhere = [url for url in asked if not url.startswith((address, "data:", "blob:", address.replace("http", "ws")))]
    assert not elsewhere
    page.close()


def test_browser_opens_a_link_as_the_very_first_page_of_a_new_server(
    browser: Browser, england_store: Path, tmp_path: Path
) -> None:
    with served(england_store, tmp_path / "serve.log") as base:
        page = opened(browser, f"{base}area?area={LEEDS}", 1280)
        expect(page.get_by_role("heading", name="Leeds", exact=True)).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.context.close()
