"""A published store of small England, and the pages run over it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from streamlit.testing.v1 import AppTest

from pipelines.settings import PROJECT_ROOT, Settings
from tests.dashboards.small_england import publish_small_england

PAGES = PROJECT_ROOT / "dashboards" / "pages"
Page = Callable[..., AppTest]


@pytest.fixture(scope="session")
def england_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a store with small England as its live public version."""
    folder = tmp_path_factory.mktemp("england")
    publish_small_england(Settings(data_dir=folder))
    return folder


@pytest.fixture
def open_page(england_store: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """Run one page of the public app with query parameters; fails the test when the page raises."""

    def run(name: str, *, data_dir: Path = england_store, **query: str) -> AppTest:
        monkeypatch.setenv("INCLUSION_DATA_DIR", str(data_dir))
        page = AppTest.from_file(str(PAGES / name), default_timeout=60)
        for key, value in query.items():
            page.query_params[key] = value
        page.run()
        assert not page.exception, page.exception
        return page

    return run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without its own calls home."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield started
        started.close()
