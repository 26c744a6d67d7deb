"""Every setting of the system, in one validated object; nothing else reads the environment."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is wrong; the message names it, its value's fault and where it can be set."""


class Settings(BaseSettings):
    """Settings from the environment (`INCLUSION_…`), then `inclusion.toml`, then these defaults.

    Sizes are megabytes or bytes as named; times are seconds, or days as named. `ledger_url` is an SQLAlchemy URL
    (without it SQLite in the store; a driver for PostgreSQL is the deployment's to install). `raw_days` is how long a
    file that was sent in is kept, 0 for not at all. `ees_api_…` concern `inclusion published pull` alone: where the API
    is, how long to wait for an answer, how often to try.
    """

    model_config = SettingsConfigDict(
        env_prefix="INCLUSION_", toml_file=PROJECT_ROOT / "inclusion.toml", extra="forbid", frozen=True
    )

    data_dir: Path = PROJECT_ROOT / "var"
    world: Literal["real", "synthetic"] = "real"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    log_format: Literal["console", "json"] = "console"
    keep_versions: int = Field(default=5, ge=2, le=1000)
    sql_memory_mb: int = Field(default=1024, ge=64)
    sql_cpu_seconds: int = Field(default=20, ge=1)
    sql_wall_seconds: int = Field(default=30, ge=1)
    sql_max_bytes: int = Field(default=200_000_000, ge=1_000)
    ledger_url: str | None = None
    pseudonym_key_file: Path | None = None
    raw_days: int = Field(default=30, ge=0, le=3650)
    ees_api_url: str = Field(default="https://api.education.gov.uk/statistics/v1", pattern=r"^https?://\S+$")
    ees_api_seconds: float = Field(default=60, gt=0, le=3600)
    ees_api_attempts: int = Field(default=5, ge=1, le=20)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def project_root(self) -> Path:
        return PROJECT_ROOT

    @property
    def world_dir(self) -> Path:
        return self.data_dir.resolve() / self.world

    @property
    def geography_dir(self) -> Path:
        """The areas of the world: the real ones, or invented ones whose codes no real area has."""
        return PROJECT_ROOT / "seeds" / ("geography" if self.world == "real" else "synthetic")

    @property
    def landed_dir(self) -> Path:
        return self.world_dir / "landed"

    @property
    def pulled_dir(self) -> Path:
        """What `inclusion published pull` fetched: a cache, safe to delete."""
        return self.world_dir / "pulled"

    @property
    def ledger_address(self) -> str:
        return self.ledger_url or f"sqlite:///{(self.world_dir / 'ledger.sqlite').as_posix()}"

    @property
    def inbox_dir(self) -> Path:
        return self.world_dir / "inbox"

    @property
    def raw_dir(self) -> Path:
        return self.world_dir / "raw"

    @property
    def spine_dir(self) -> Path:
        return self.world_dir / "spine"

    @property
    def key_file(self) -> Path:
        return self.pseudonym_key_file or self.world_dir / "keys" / "pseudonym_keys.json"

    @property
    def warehouse_dir(self) -> Path:
        return self.world_dir / "warehouse"

    @property
    def warehouse_path(self) -> Path:
        return self.warehouse_dir / "inclusion.duckdb"

    @property
    def restricted_dir(self) -> Path:
        return self.world_dir / "restricted"

    @property
    def public_dir(self) -> Path:
        return self.world_dir / "public"


def load_settings() -> Settings:
    """Read and validate the settings.

    Raises SettingsError naming every wrong setting at once.
    """
    given = tuple(sorted(item for item in os.environ.items() if item[0].upper().startswith("INCLUSION_")))
    path = Path(str(Settings.model_config["toml_file"]))
    try:
        file = path.stat()
    except OSError:
        return _read(given, path, None)
    return _read(given, path, (file.st_mtime_ns, file.st_size))


@lru_cache(maxsize=1)
def _read(environment: tuple[tuple[str, str], ...], path: Path, file: tuple[int, int] | None) -> Settings:
    """The settings of one environment and file: a page asks four times, and validating takes milliseconds."""
    try:
        return Settings()
    except ValidationError as fault:
        lines = [
            f"  {'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']} (given: {e.get('input')!r})"
            for e in fault.errors()
        ]
        raise SettingsError(
            "Settings are wrong:\n"
            + "\n".join(lines)
            + "\nSet them in inclusion.toml or as INCLUSION_<NAME> in the environment."
        ) from fault
    except ValueError as fault:
        raise SettingsError(f"inclusion.toml cannot be read: {fault}") from fault
