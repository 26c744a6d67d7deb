"""The submit app in headless Chromium, by its own command: a file is sent in and answered, on laptop and phone."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect, sync_playwright

from pipelines.services.submissions import history
from pipelines.settings import PROJECT_ROOT, Settings
from tests.intake.valid_returns import valid, write_zip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        shutil.which("chromium") is None,
        reason="Chromium is not installed and could not be: see tests/install_browser.sh",
    ),
]
# Streamlit's own drop zone is a section with role=presentation that can be focused.
NOT_OURS = {("presentation-role-conflict", "stFileUploader")}


@pytest.fixture
def address(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The submit app over an empty store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "serve.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("inclusion"), "serve", "--app", "submit", "--port", str(port)],
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "INCLUSION_DATA_DIR": str(settings.data_dir)},
            cwd=PROJECT_ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


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
