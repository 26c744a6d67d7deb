"""What the pipeline tests share: the dbt manifest, parsed once."""

import json
from typing import Any

import pytest

from pipelines.defs.dbt_build import load_manifest
from pipelines.settings import Settings


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The parsed dbt project: nodes by unique id, children and parents."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("manifest"))
    content: dict[str, Any] = json.loads(load_manifest(settings).read_text(encoding="utf-8"))
    return content
