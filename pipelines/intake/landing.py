"""Where accepted returns land: one folder a receipt, written whole or not at all, never changed afterwards.

`landed/returns/<return>/<period>/<body>/<receipt_id[:16]>/{<table>.parquet …, violations.parquet, receipt.json}`.
The latest receipt of a return, body and period counts; the ones before it are its history.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.landed_folder import whole_folder
from pipelines.settings import Settings

RECEIPT = "receipt.json"
VIOLATIONS = "violations.parquet"


def slot_of(return_name: str, period: str, body: str) -> Path:
    """The place of a return, period and body below any folder of returns."""
    return Path(return_name) / period / body


def receipt_id_of(submission_id: str, file_sha256: str) -> str:
    """A receipt's own number: the same file may be sent, replaced, and sent again, each time with a new receipt."""
    return sha256(f"{submission_id} {file_sha256}".encode()).hexdigest()


def returns_dir(settings: Settings) -> Path:
    """The folder of all landed returns."""
    return settings.landed_dir / "returns"


def land_return(
    settings: Settings, receipt: dict[str, Any], tables: dict[str, pl.DataFrame], violations: pl.DataFrame
) -> Path:
    """Write one receipt's folder whole. Raises OSError when the disk is full: then nothing of it is there."""
    slot = slot_of(receipt["return_name"], receipt["period"], receipt["body"])
    final = returns_dir(settings) / slot / str(receipt["receipt_id"])[:16]
    with whole_folder(settings.landed_dir, final) as incoming:
        for name, table in tables.items():
            table.write_parquet(incoming / f"{name}.parquet", compression="zstd", statistics=True)
        violations.write_parquet(incoming / VIOLATIONS, compression="zstd")
        (incoming / RECEIPT).write_text(json.dumps(receipt, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return final


def receipts_of_returns(settings: Settings, below: Path = Path()) -> list[dict[str, Any]]:
    """Every landed receipt (below a return, period or slot), oldest first; `folder` says where it stands."""
    depth = "/".join("*" * (4 - len(below.parts)))
    receipts = []
    for path in (returns_dir(settings) / below).glob(f"{depth}/{RECEIPT}"):
        receipts.append(json.loads(path.read_text(encoding="utf-8")) | {"folder": path.parent})
    return sorted(receipts, key=lambda r: (r["known_from"], r["receipt_id"]))
