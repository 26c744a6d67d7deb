"""The submit app in headless Chromium, by its own command: a file is sent in and answered, on laptop and phone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from pipelines.services.submissions import history
from pipelines.settings import Settings
from tests.dashboards.in_browser import IN_BROWSER
from tests.dashboards.serving import served
from tests.intake.valid_returns import valid, write_zip

pytestmark = IN_BROWSER
# Streamlit's own drop zone is a section with role=presentation that can be focused.
NOT_OURS = {("presentation-role-conflict", "stFileUploader")}


@pytest.fixture
def address(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The submit app over an empty store."""
    with served(settings.data_dir, tmp_path / "serve.log", "submit") as base:
        yield base


@pytest.mark.slow
def test_a_faulty_file_is_dragged_in_answered_and_given_back_marked(
    address: str, browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    spoilt = valid("sen2")
    spoilt["persons"][2]["sex"] = "X"
    file = write_zip(tmp_path / "sen2.zip", "sen2", spoilt)
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(90_000)
    page.goto(f"{address}?return=sen2&body=E08000025&period=2025")
    page.get_by_label("Your name or work email").fill("sender@la")
    page.keyboard.press("Tab")
    page.set_input_files("input[type=file]", file)
    button = page.get_by_role("button", name="Check and send in")
    expect(button).to_be_enabled(timeout=90_000)
    button.click()
    expect(page.get_by_role("status").filter(has_text="Refused: 1 error.")).to_be_visible(timeout=90_000)
    expect(page.get_by_role("row").filter(has_text="persons, row 4")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="XLSX").click()
    assert download.value.suggested_filename == "sen2_checked.xlsx"
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = {
            (violation["id"], json.dumps(node["html"]))
            for violation in Axe().run(page).response["violations"]
            for node in violation["nodes"]
        }
        assert [each for each in found if not any(each[0] == rule and part in each[1] for rule, part in NOT_OURS)] == []
    assert [record.state for record in history(settings)] == ["refused"]
