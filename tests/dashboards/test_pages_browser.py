"""The dashboards of areas, measures and England in headless Chromium: five areas, three widths, and whole journeys."""

import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.dashboards.in_browser import IN_BROWSER, RULES, opened
from tests.dashboards.places import CITY, KENT, LEEDS, RUTLAND, SCILLY, WESTMORLAND
from tests.dashboards.small_groups import AUTISTIC

pytestmark = [*IN_BROWSER, pytest.mark.slow]
AREAS = {"kent": KENT, "rutland": RUTLAND, "city": CITY, "scilly": SCILLY, "westmorland": WESTMORLAND}
WIDTHS = (390, 1280, 1920)
PAGES = {
    "overview": "area?area={area}&show=all",
    "family": "area?area={area}&family=identification",
    "measure": "metric?metric=share_00_pct&area={area}&by=primary_need&all=map&group=own&with=" + f"{LEEDS},{KENT}",
    "compare": "compare?areas={area}," + f"{LEEDS},E92000001&metrics=ehc_20wk_pct,share_00_pct,transport_gbp",
    "england": "england?metric=ehc_20wk_pct&area={area}",
    "boards": "england?metric=slt_wait_over18wk_pct&area=E54000048",
    "need": f"area?area={{area}}&need={AUTISTIC}&evidence=different",
    "changes": "changes?region=E12000003",
}


def sound(page: Page) -> None:
    """No exception on the page, nothing wider than it, nothing for axe to report."""
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    across = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain]')].map(e => [e.scrollWidth, e.clientWidth])"
    )
    assert across and all(inner <= outer for inner, outer in across), f"scrolls sideways: {across}"
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(
    "area",
    [
        pytest.param(area, id=name, marks=[] if name in ("kent", "scilly") else [pytest.mark.long])
        for name, area in AREAS.items()
    ],
)
@pytest.mark.parametrize("name", list(PAGES))
def test_every_area_is_shown_whole_at_every_width(name: str, area: str, browser: Browser, address: str) -> None:
    page = opened(browser, address + PAGES[name].format(area=area), WIDTHS[0], "dark" if area == KENT else "light")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        sound(page)
    page.context.close()


def test_browser_finds_where_autistic_children_fare_less_well_and_has_a_link(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}area", 1280)
    pick(page, "Area", "Leeds", f"area={LEEDS}")
    pick(page, "Need", "Autistic spectrum disorder", f"need={AUTISTIC}")
    pick(page, "Strength of evidence", "Different", "evidence=different")
    first = page.locator("table.spines tbody").first
    expect(first.get_by_role("rowheader").first).to_have_text("Less favourable")
    rows = first.locator("tr:has(td)")
    expect(rows.first).to_contain_text("Less favourable")
    assert all("Less favourable" in rows.nth(each).inner_text() for each in range(3))
    code = page.locator("code").last
    for choice in (f"area={LEEDS}", f"need={AUTISTIC}", "evidence=different"):
        expect(code).to_contain_text(choice)
    link = code.inner_text().replace("\n", "")
    told = rows.first.inner_text()
    page.context.close()
    again = opened(browser, link, 1280)
    expect(again.locator("table.spines tbody tr:has(td)").first).to_contain_text(told.split("\n")[0])
    again.context.close()


def test_browser_has_a_paper_summary_for_tonight_in_two_steps(browser: Browser, address: str, tmp_path: Path) -> None:
    page = opened(browser, f"{address}area", 1280)
    pick(page, "Area", "Leeds", f"area={LEEDS}")
    with page.expect_download(timeout=60_000) as saving:
        page.get_by_role("button", name="Download the plain summary, two pages (PDF)").click()
    assert saving.value.suggested_filename == f"plain_summary_{LEEDS}.pdf"
    saving.value.save_as(tmp_path / "summary.pdf")
    assert (tmp_path / "summary.pdf").read_bytes().startswith(b"%PDF")
    page.context.close()


def test_browser_shows_all_areas_of_a_measure_when_asked_and_keeps_the_choice_in_the_link(
    browser: Browser, address: str
) -> None:
    page = opened(browser, f"{address}metric?metric=ehc_20wk_pct&area={LEEDS}", 1280)
    expect(page.get_by_text("areas differ", exact=False)).to_have_count(0)
    page.get_by_test_id("stButtonGroup").get_by_text("All areas", exact=True).click()
    page.wait_for_url("**all=limits*", timeout=60_000)
    expect(page.get_by_text("from England by more than areas usually differ", exact=False).first).to_be_visible()
    page.context.close()


def test_browser_names_the_areas_of_a_region_that_changed_by_more_than_chance(browser: Browser, address: str) -> None:
    page = opened(browser, address, 1280)
    page.get_by_role("link", name="What changed").click()
    page.get_by_role("heading", name="What changed").wait_for(timeout=60_000)
    pick(page, "Region", "Yorkshire and The Humber", "region=E12000003")
    expect(page.get_by_text("tested in Yorkshire and The Humber")).to_be_visible()
    page.context.close()


def test_browser_saves_rows_and_pictures_without_a_network(browser: Browser, address: str, tmp_path: Path) -> None:
    page = opened(browser, f"{address}metric?metric=share_00_pct&area={LEEDS}&by=sex", 1280)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=60_000)
    page.get_by_text("Table of this chart, and download").first.click()
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download(timeout=60_000) as saving:
            page.get_by_role("button", name=f"Picture ({kind})").first.click()
        saving.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).read_bytes().startswith(start)
    assert "Made-up share number 0" in (tmp_path / "SVG").read_text()
    with page.expect_download(timeout=60_000) as saving:
        page.get_by_role("button", name="All rows of this measure (XLSX)").click()
    saving.value.save_as(tmp_path / "rows.xlsx")
    assert "xl/worksheets/sheet2.xml" in zipfile.ZipFile(tmp_path / "rows.xlsx").namelist()
    assert not [url for url in asked if not url.startswith((address, "blob:", "data:", address.replace("http", "ws")))]
    page.context.close()


def test_browser_remembers_an_area_only_when_asked_and_forgets_it_again(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}area?area={LEEDS}", 1280)
    kept = "window.localStorage.getItem('inclusion.area')"
    assert page.evaluate(kept) is None
    page.get_by_role("button", name="Remember Leeds in this browser").click()
    assert page.evaluate(kept) == LEEDS
    page.goto(f"{address}area?area={KENT}")
    page.get_by_role("link", name="Go to Leeds").click()
    expect(page.get_by_role("heading", name="Leeds", exact=True)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Forget Leeds").click()
    assert page.evaluate(kept) is None
    # Streamlit's own guard against forged requests is the only cookie there is.
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"_streamlit_xsrf"}
    page.context.close()


def pick(page: Page, label: str, option: str, choice: str) -> None:
    """Choose from a list by typing, as a reader would, and wait until the address holds the choice."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).first.click()
    page.wait_for_url(f"**{choice}*", timeout=60_000)
    expect(page.locator('[data-testid="stStatusWidget"]')).to_have_count(0, timeout=60_000)
