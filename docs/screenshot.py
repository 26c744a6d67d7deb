"""The picture at the top of README: the page of one area, from the live public version. Needs Chromium.

python docs/screenshot.py
"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from pipelines.settings import PROJECT_ROOT, load_settings
from tests.dashboards.serving import served

AREA = "E10000016"
PICTURE = PROJECT_ROOT / "docs" / "area.png"


def main() -> None:
    """Serve, open the page, take the picture, stop."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(load_settings().data_dir.absolute(), Path(folder) / "log") as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1100})
        page.goto(f"{base}area?area={AREA}")
        page.get_by_text("Higher values lie to the right").wait_for(timeout=60_000)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
