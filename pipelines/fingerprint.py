"""What a build depends on, as one hash: equal fingerprints, equal figures. Cheap to import and to compute."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from pipelines.publish.versions import Audience
from pipelines.settings import PROJECT_ROOT, Settings

# Code and definitions that decide what is built. Pages, documents and tests do not.
_BUILT_FROM = {
    "pipelines": (".py",),
    "dbt_project": (".sql", ".yml"),
    "data_contracts": (".yaml",),
    "seeds": (".csv", ".yml"),
}


def receipt_paths(settings: Settings) -> list[Path]:
    """The receipts of everything landed, in order of path. A folder without a receipt was never finished."""
    return published_receipts(settings) + sorted((settings.landed_dir / "returns").glob("*/*/*/*/receipt.json"))


def published_receipts(settings: Settings) -> list[Path]:
    """The receipts of published releases alone."""
    return sorted((settings.landed_dir / "published").glob("*/*/*/receipt.json"))


def input_fingerprint(settings: Settings, audience: Audience = "restricted") -> str:
    """sha256 over the landed receipts that an audience may see figures of, and the code, contracts and seeds.

    Returns make no difference to the public store of the real world: a submission leaves it as it is.
    """
    digest = hashlib.sha256(_code_hash().encode())
    digest.update(settings.world.encode())
    no_returns = audience == "public" and settings.world == "real"
    for path in published_receipts(settings) if no_returns else receipt_paths(settings):
        digest.update(path.parent.name.encode() + path.read_bytes())
    return digest.hexdigest()


def code_version() -> str:
    """Twelve characters that name the code, contracts and seeds a figure was made with."""
    return _code_hash()[:12]


def files_hash(paths: Iterable[Path]) -> str:
    """sha256 over names and contents of files below the project root, whatever order they come in."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(PROJECT_ROOT).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _code_hash() -> str:
    return files_hash(
        path
        for folder, endings in _BUILT_FROM.items()
        for path in (PROJECT_ROOT / folder).rglob("*")
        if path.suffix in endings and "target" not in path.parts
    )
