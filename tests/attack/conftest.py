"""A public version with a secret file and a restricted store beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.settings import Settings
from tests.publish.tiny_version import publish_tiny

TOKEN = "TOP-SECRET-7f3a"


@dataclass(frozen=True)
class Target:
    """What an attacker would like to reach or change."""

    settings: Settings
    version: Path
    secret: Path
    restricted: Path
    out: Path

    def aim(self, statement: str) -> str:
        return statement.format(secret=self.secret, restricted=self.restricted, version=self.version, out=self.out)

    def files(self) -> dict[str, int]:
        """Every file under the store's and the secret's folder, with its size."""
        top = self.secret.parent
        return {str(file.relative_to(top)): file.stat().st_size for file in top.rglob("*") if file.is_file()}


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    top = tmp_path_factory.mktemp("attack")
    settings = Settings(data_dir=top / "var", sql_memory_mb=256, sql_cpu_seconds=3, sql_wall_seconds=5)
    restricted = publish_tiny(settings, "restricted")
    public = publish_tiny(settings)
    part = next((restricted.path / "parts" / "fct_metric").rglob("*.parquet"))
    secret = top / "secret.txt"
    secret.write_text(TOKEN)
    yield Target(settings, public.path, secret, part, top / "stolen")
