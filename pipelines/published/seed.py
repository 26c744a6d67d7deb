"""The seed: headline figures of every release, carried by the repository so that a fresh clone shows real figures.

Only figures without breakdowns, in our own layout. The receipts travel inside the Parquet file's metadata; a landed
seed keeps the original receipt ids, so that the full file, loaded later, changes no headline figure.
"""

import json
from pathlib import Path
from typing import Any

from pipelines.published.figures import FIGURES
from pipelines.published.landing import land, read_receipts
from pipelines.settings import Settings

SEED = Path(__file__).resolve().parents[2] / "seeds" / "published" / "headline_figures.parquet"
RECEIPTS_KEY = "inclusion_receipts"
MAX_BYTES = 8_000_000
# The same for every figure of a receipt: kept once, in the receipt.
_FROM_RECEIPT = ("release_id", "dataset", "known_from", "source_file")


class SeedTooLargeError(Exception):
    """The seed would be larger than a repository should carry."""


def build_seed(settings: Settings, target: Path = SEED) -> dict[str, int]:
    """Write the seed from everything landed in full or from an earlier seed. Returns figures, receipts and bytes.

    The same landed receipts give the same bytes. Raises SeedTooLargeError, leaving the old seed as it was.
    """
    import polars as pl

    receipts = read_receipts(settings)
    frames = [
        pl.scan_parquet(receipt["folder"] / "figures.parquet").filter(
            (pl.col("breakdown_1") == "total") & (pl.col("breakdown_2") == "total")
        )
        for receipt in receipts
    ]
    figures = pl.concat(frames).collect() if frames else pl.DataFrame(schema=FIGURES)
    figures = figures.drop(_FROM_RECEIPT).sort("receipt_id", "metric_id", "geography_code", "period_start")
    # A file whose every figure is broken down has none here, and so no receipt either.
    held = set(figures["receipt_id"].unique())
    kept = [
        {key: value for key, value in r.items() if key not in ("folder", "is_seed")}
        for r in receipts
        if r["receipt_id"] in held
    ]
    part = target.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    figures.write_parquet(
        part,
        compression="zstd",
        compression_level=19,
        statistics=False,
        metadata={RECEIPTS_KEY: json.dumps(kept, sort_keys=True, ensure_ascii=False)},
    )
    size = part.stat().st_size
    if size > MAX_BYTES:
        part.unlink()
        raise SeedTooLargeError(f"the seed would be {size:,} bytes; at most {MAX_BYTES:,} belong in the repository")
    part.replace(target)
    return {"figures": figures.height, "receipts": len(kept), "bytes": size}


def seed_receipts(source: Path = SEED) -> list[dict[str, Any]]:
    """The receipts the seed carries, oldest first."""
    import polars as pl

    found: list[dict[str, Any]] = json.loads(pl.read_parquet_metadata(source)[RECEIPTS_KEY])
    return found


def land_seed(settings: Settings, source: Path = SEED) -> int:
    """Land the seed's receipts that are not there yet, and return how many.

    Nothing happens for a receipt that was loaded in full. Raises FileNotFoundError when there is no seed.
    """
    import polars as pl

    from pipelines.published.receipts import REFUSED

    there = {(r["release_id"], r["dataset"], r["receipt_id"]) for r in read_receipts(settings)}
    wanted = [r for r in seed_receipts(source) if (r["release_id"], r["dataset"], r["receipt_id"]) not in there]
    if not wanted:
        return 0
    figures = pl.read_parquet(source)
    for receipt in wanted:
        own = figures.filter(pl.col("receipt_id") == receipt["receipt_id"]).with_columns(
            release_id=pl.lit(receipt["release_id"]),
            dataset=pl.lit(receipt["dataset"]),
            known_from=pl.lit(receipt["known_from"]).str.to_datetime(time_unit="us"),
            source_file=pl.lit(receipt["source_file"]),
        )
        own = own.select(pl.col(name).cast(kind) for name, kind in FIGURES.items())
        land(settings, receipt, own, pl.DataFrame(schema=REFUSED), seed=True)
    return len(wanted)
