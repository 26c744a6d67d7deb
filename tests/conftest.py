"""Fixtures that every part of the test suite shares."""

import re
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from pipelines.settings import PROJECT_ROOT, Settings

# How busy the machine is says nothing about the code: no test is judged by its time.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose store is an empty folder of this test's own."""
    return Settings(data_dir=tmp_path / "var")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real published release files, which is not part of the repository."""
    folder = PROJECT_ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(
            "the published release files (../shared/data) are not on this machine; hand-made files test the rules"
        )
    return folder


@pytest.fixture(autouse=True)
def _no_ambient_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep a developer's own INCLUSION_ settings out of the tests."""
    import os

    for name in [name for name in os.environ if name.startswith("INCLUSION_")]:
        monkeypatch.delenv(name)
    yield


# `pytestmark` of a whole file, over as many lines as it takes.
_SLOW_AS_A_WHOLE = re.compile(r"^pytestmark = \[?[^\]=]*\bpytest\.mark\.slow\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A run without slow tests does not import files that are slow as a whole, nor what they import (dbt and more)."""
    if collection_path.suffix != ".py" or "not slow" not in config.option.markexpr:
        return None
    return True if _SLOW_AS_A_WHOLE.search(collection_path.read_text(encoding="utf-8")) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of an xdist_group on one worker, so that what they share is built once.

    pytest-xdist 3.8 writes the group into `_nodeid`, which pytest 9.2 no longer reads.
    """
    for item in items:
        grouped = getattr(item, "_nodeid", None)
        if grouped is not None and item.nodeid != grouped:
            item._id = type(item._id).parse(grouped)
