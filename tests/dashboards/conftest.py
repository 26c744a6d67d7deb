"""A published store of small England, and the pages run over it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.settings import PROJECT_ROOT, Settings
from tests.dashboards.serving import served
from tests.dashboards.small_england import publish_small_england

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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


@pytest.fixture(scope="module")
def address(england_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the public app serves small England."""
    with served(england_store, tmp_path_factory.mktemp("serve") / "serve.log") as base:
        yield base


# For one file at a time: while it runs an event loop of its own is open, in which nobody else's can start.
@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, without its own calls home."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield started
        started.close()
