"""The manifest: what a version holds, part by part, so that it can be read, reused and verified."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.publish.errors import DamagedVersion

MANIFEST_NAME = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Part:
    """One immutable Parquet file. `path` is relative to the version, with forward slashes."""

    path: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class TableEntry:
    """One table of a version: its columns with DuckDB types, its rows, its parts."""

    columns: dict[str, str]
    rows: int
    parts: list[Part]


@dataclass(frozen=True)
class Manifest:
    """What a version is and holds. `statuses` counts rows of fct_metric by statistical status."""

    version_id: str
    created_at: str
    audience: str
    world: str
    fingerprint: str
    code_version: str
    tables: dict[str, TableEntry]
    receipts: list[str]
    statuses: dict[str, int]
    timings: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True, default=str).encode()


def read_manifest(version_dir: Path) -> Manifest:
    """Read a version's manifest.

    Raises DamagedVersion when it is missing or not what publish_version writes.
    """
    try:
        raw = json.loads((version_dir / MANIFEST_NAME).read_bytes())
        tables = {
            name: TableEntry(entry["columns"], entry["rows"], [Part(**part) for part in entry["parts"]])
            for name, entry in raw.pop("tables").items()
        }
        return Manifest(tables=tables, **raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise DamagedVersion(
            f"The manifest of version {version_dir.name} cannot be read. "
            "Go back to another version with `inclusion store rollback`, or rebuild with `inclusion run --force`."
        ) from fault


def sha256_of(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(_CHUNK):
            digest.update(block)
    return digest.hexdigest()


def faults_of(version_dir: Path) -> list[str]:
    """Compare every part with the manifest; one plain sentence for each difference, none when the version is whole."""
    manifest = read_manifest(version_dir)
    faults: list[str] = []
    declared = {MANIFEST_NAME}
    for table, entry in manifest.tables.items():
        for part in entry.parts:
            declared.add(part.path)
            file = version_dir / part.path
            if not file.is_file():
                faults.append(f"{table}: {part.path} is missing")
            elif file.stat().st_size != part.bytes:
                faults.append(f"{table}: {part.path} has {file.stat().st_size} bytes, the manifest says {part.bytes}")
            elif sha256_of(file) != part.sha256:
                faults.append(f"{table}: {part.path} differs from its sha256 {part.sha256[:16]}…")
        if entry.rows != sum(part.rows for part in entry.parts):
            faults.append(f"{table}: its parts do not add up to {entry.rows} rows")
    found = {file.relative_to(version_dir).as_posix() for file in version_dir.rglob("*") if file.is_file()}
    faults += [f"{extra} is not in the manifest" for extra in sorted(found - declared - {".replaced"})]
    return faults
