"""A published tiny version for the tests of the store."""

import pytest

from pipelines.publish.publisher import VersionInfo
from pipelines.settings import Settings
from tests.publish.tiny_version import publish_tiny


@pytest.fixture
def tiny(settings: Settings) -> VersionInfo:
    """The tiny version, live in the public store of this test's settings."""
    return publish_tiny(settings)
