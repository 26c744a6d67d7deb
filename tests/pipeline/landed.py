"""Small landed releases, in the layout that `inclusion published load` writes."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.published.figures import FIGURES
from pipelines.settings import Settings

LEEDS, BRADFORD, BARNSLEY_BEFORE_2025, ENGLAND = "E08000035", "E08000032", "E08000016", "E92000001"
BARNSLEY = "E08000038"


def figure(area: str, year: int, numerator: float, denominator: float, **changes: Any) -> dict[str, Any]:
    """A 20-week figure of an area and calendar year; `changes` replaces any column."""
    value = 100 * numerator / denominator
    return {
        "metric_id": "ehc_20wk_pct",
        "geography_code": area,
        "geography_basis": "maintaining_la",
        "geography_vintage": "2023-04-01",
        "period_type": "calendar_year",
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "breakdown_1": "total",
        "value_1": "total",
        "breakdown_2": "total",
        "value_2": "total",
        "source": "ehc_plans",
        "statistical_status": "official_statistics",
        "numerator": float(numerator),
        "denominator": float(denominator),
        "value": value,
        "lower": max(0.0, value - 2),
        "upper": min(100.0, value + 2),
        "interval_method": "wilson",
        "status": "shown",
        "status_reason": None,
        "quality_flags": "",
        "source_column": "rate_20wk",
    } | changes


def land(
    settings: Settings,
    release_id: str,
    known_from: datetime,
    rows: Iterable[dict[str, Any]],
    copy: str = "",
    received_at: str = "2025-11-01T12:00:00",
) -> Path:
    """Land rows as one receipt of dataset timeliness; another `copy` is another file of the same release."""
    receipt_id = hashlib.sha256(f"{release_id}{copy}".encode()).hexdigest()
    file = f"{release_id}{copy}.csv"
    common = {"release_id": release_id, "dataset": "timeliness", "receipt_id": receipt_id, "known_from": known_from}
    landed = [row | common | {"source_file": file, "source_row": n} for n, row in enumerate(rows, start=2)]
    folder = settings.landed_dir / "published" / release_id / "timeliness" / receipt_id[:16]
    folder.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame(landed, schema=FIGURES)
    frame.write_parquet(folder / "figures.parquet")
    frame.clear().select("source_row").write_parquet(folder / "refused.parquet")
    receipt = {
        "receipt_id": receipt_id,
        "release_id": release_id,
        "dataset": "timeliness",
        "publication_id": "ehc_plans",
        "source_file": file,
        "source_bytes": 100,
        "published_on": known_from.date().isoformat(),
        "received_at": received_at,
        "known_from": known_from.isoformat(),
        "mapping_id": "timeliness",
        "mapping_sha256": "0" * 64,
        "code_version": "test",
        "rows": {"read": len(landed), "loaded": len(landed), "refused": 0, "out_of_scope": 0},
        "out_of_scope_reasons": {},
        "figures": len(landed),
        "metrics": ["ehc_20wk_pct"],
        "areas": len({row["geography_code"] for row in landed}),
        "periods": [],
        "warnings": [],
        "is_seed": False,
    }
    (folder / "receipt.json").write_text(json.dumps(receipt))
    return folder


def land_small_england(settings: Settings, number: int) -> Path:
    """Land the number-th release of three areas; England's 20-week rate of 2024 is the published one in each."""
    rows = [figure(ENGLAND, 2024, 39_407, 84_866)]
    rows += [figure(area, year, 400 + number, 900) for area in (LEEDS, BRADFORD) for year in (2022, 2023, 2024)]
    return land(settings, f"small_england_{number:02d}", datetime(2025, 1, number, 9, 30), rows)
