"""Every real file that there is, loaded once for all the tests that look figures up in them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines.published.load import load_paths
from pipelines.settings import Settings
from tests.published.ees_server import Server, serving
from tests.published.real_store import Everything


@pytest.fixture(scope="session")
def everything(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("everything"))
    report = load_paths(settings, [shared_data])
    yield Everything(settings, report)
    shutil.rmtree(settings.data_dir)


@pytest.fixture(scope="session")
def figures(everything: Everything) -> pl.DataFrame:
    """Every landed figure of every file."""
    return pl.concat(pl.read_parquet(file) for file in everything.settings.data_dir.rglob("figures.parquet"))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as state:
        yield state


@pytest.fixture
def here(settings: Settings, server: Server) -> Settings:
    """Settings that ask the local server."""
    return settings.model_copy(update={"ees_api_url": server.url, "ees_api_attempts": 4})
