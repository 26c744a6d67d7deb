"""Where figures land: one folder a receipt, written whole or not at all. Only a changed mapping changes it.

`landed/published/<release_id>/<dataset>/<sha256[:16]>/{figures.parquet, refused.parquet, receipt.json}`.
A receipt that came from the repository's seed has `.seed` after its name and gives way to the full file.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pipelines.settings import Settings

if TYPE_CHECKING:
    import polars as pl

SEED_SUFFIX = ".seed"
RECEIPT = "receipt.json"
ABANDONED_SECONDS = 3600


def published_dir(settings: Settings) -> Path:
    """The folder of all landed releases."""
    return settings.landed_dir / "published"


def read_receipts(settings: Settings) -> list[dict[str, Any]]:
    """Every receipt, one per file received, oldest first. `folder` says where it stands, `is_seed` what it holds."""
    receipts: dict[tuple[str, str, str], dict[str, Any]] = {}
    for folder in _receipt_folders(settings):
        receipt = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        receipt["folder"] = folder
        receipt["is_seed"] = folder.name.endswith(SEED_SUFFIX)
        key = (receipt["release_id"], receipt["dataset"], receipt["receipt_id"])
        if key not in receipts or receipts[key]["is_seed"]:
            receipts[key] = receipt
    return sorted(receipts.values(), key=lambda r: (r["known_from"], r["received_at"], r["dataset"], r["receipt_id"]))


def land(
    settings: Settings,
    receipt: dict[str, Any],
    figures: "pl.DataFrame",
    refused: "pl.DataFrame",
    *,
    seed: bool = False,
    replaces: Path | None = None,
) -> Path:
    """Write one receipt's folder: into a temporary folder first, flushed to disk, then renamed into place.

    A folder that is already there is left alone, unless it is `replaces`: the same file, read by an earlier mapping.
    Landing the full file takes the place of its seed.
    """
    folder = published_dir(settings) / str(receipt["release_id"]) / str(receipt["dataset"])
    final = folder / (str(receipt["receipt_id"])[:16] + (SEED_SUFFIX if seed else ""))
    whole = folder / str(receipt["receipt_id"])[:16]
    if (final.exists() and final != replaces) or (seed and whole.exists()):
        return final
    incoming = settings.landed_dir / ".incoming" / uuid4().hex
    incoming.mkdir(parents=True)
    try:
        figures.write_parquet(incoming / "figures.parquet", compression="zstd", statistics=True)
        refused.write_parquet(incoming / "refused.parquet", compression="zstd")
        (incoming / RECEIPT).write_text(
            json.dumps(receipt, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8"
        )
        for written in incoming.iterdir():
            _flush(written)
        _flush(incoming)
        folder.mkdir(parents=True, exist_ok=True)
        if final == replaces:
            # The receipt last: until it is there, its old mapping says that the file has to be read again.
            for name in ("figures.parquet", "refused.parquet", RECEIPT):
                (incoming / name).replace(final / name)
            _flush(final)
        else:
            incoming.rename(final)
        _flush(folder)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    if replaces is not None and replaces != final:
        _retire(replaces)
    if not seed:
        _retire(whole.with_name(whole.name + SEED_SUFFIX))
    return final


def sweep(settings: Settings) -> None:
    """Remove what an interrupted load left behind: half-written folders, and seeds whose full file is there."""
    for left in (settings.landed_dir / ".incoming").glob("*"):
        # A younger one may belong to a load that is running now.
        if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    for seed in published_dir(settings).glob(f"*/*/*{SEED_SUFFIX}"):
        if seed.with_name(seed.name.removesuffix(SEED_SUFFIX)).exists():
            _retire(seed)


def _receipt_folders(settings: Settings) -> Iterator[Path]:
    for receipt in sorted(published_dir(settings).glob(f"*/*/*/{RECEIPT}")):
        yield receipt.parent


def _retire(folder: Path) -> None:
    if folder.exists():
        # Renamed out of the way first, so that a reader sees the seed whole or not at all.
        aside = folder.parents[3] / ".incoming" / uuid4().hex
        aside.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
