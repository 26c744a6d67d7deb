"""Small landed releases and their catalogue, in the layout that `inclusion published load` writes."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.intake.catalogue import write_returns_catalogue
from pipelines.publish.tables import TABLES
from pipelines.settings import Settings

LEEDS, BRADFORD, BARNSLEY_BEFORE_2025, ENGLAND = "E08000035", "E08000032", "E08000016", "E92000001"
BARNSLEY = "E08000038"

SCHEMA: dict[str, Any] = {
    "metric_id": pl.String,
    "geography_code": pl.String,
    "geography_basis": pl.String,
    "geography_vintage": pl.String,
    "period_type": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "breakdown_1": pl.String,
    "value_1": pl.String,
    "breakdown_2": pl.String,
    "value_2": pl.String,
    "source": pl.String,
    "statistical_status": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "interval_method": pl.String,
    "status": pl.String,
    "status_reason": pl.String,
    "quality_flags": pl.String,
    "release_id": pl.String,
    "dataset": pl.String,
    "receipt_id": pl.String,
    "known_from": pl.Datetime("us"),
    "source_file": pl.String,
    "source_row": pl.Int64,
    "source_column": pl.String,
}


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
    settings: Settings, release_id: str, known_from: datetime, rows: Iterable[dict[str, Any]], copy: str = ""
) -> Path:
    """Land rows as one receipt of dataset timeliness; another `copy` is another file of the same release."""
    receipt_id = hashlib.sha256(f"{release_id}{copy}".encode()).hexdigest()
    file = f"{release_id}{copy}.csv"
    common = {"release_id": release_id, "dataset": "timeliness", "receipt_id": receipt_id, "known_from": known_from}
    landed = [row | common | {"source_file": file, "source_row": n} for n, row in enumerate(rows, start=2)]
    folder = settings.landed_dir / "published" / release_id / "timeliness" / receipt_id[:16]
    folder.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame(landed, schema=SCHEMA)
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
        "received_at": "2025-11-01T12:00:00",
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


def write_tiny_catalogue(settings: Settings) -> None:
    """Catalogue files that fit what `land` lands, without the mapping contracts; returns have sent in nothing."""
    folder = settings.warehouse_dir / "catalogue"
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in {
        "dim_metric": [_METRIC],
        "dim_source": [_SOURCE],
        "dim_release": [_release(path) for path in sorted(settings.landed_dir.rglob("receipt.json"))],
    }.items():
        columns = TABLES[name].columns
        frame = pl.DataFrame(
            [dict.fromkeys(columns) | row for row in rows],
            schema={column: _POLARS[kind] for column, kind in columns.items()},
        )
        frame.write_parquet(folder / f"{name}.parquet")
    write_returns_catalogue(settings, folder)


_POLARS: dict[str, Any] = {
    "VARCHAR": pl.String,
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "DOUBLE": pl.Float64,
    "BOOLEAN": pl.Boolean,
    "DATE": pl.Date,
    "TIMESTAMP": pl.Datetime("us"),
}
_METRIC: dict[str, Any] = {
    "metric_id": "ehc_20wk_pct",
    "label": "Plans issued within 20 weeks",
    "short_label": "20 weeks",
    "family": "outcomes_experiences",
    "theme": "Timeliness",
    "unit": "percent",
    "decimals": 1,
    "polarity": "higher_better",
    "period_type": "calendar_year",
    "geography_basis": "maintaining_la",
    "stat_method": "proportion_wilson",
    "key_metric": True,
    "known_breaks": "[]",
}
_SOURCE: dict[str, Any] = {
    "source": "ehc_plans",
    "publication_title": "Education, health and care plans",
    "publisher": "Department for Education",
    "licence": "Open Government Licence v3",
    "statistical_status": "official_statistics",
    "priority": 1,
}


def _release(path: Path) -> dict[str, Any]:
    receipt = json.loads(path.read_text())
    rows = receipt["rows"]
    kept = ("receipt_id", "release_id", "dataset", "source_file")
    return {name: receipt[name] for name in kept} | {
        "source": receipt["publication_id"],
        "published_on": date.fromisoformat(receipt["published_on"]),
        "known_from": datetime.fromisoformat(receipt["known_from"]),
        "received_at": datetime.fromisoformat(receipt["received_at"]),
        "rows_read": rows["read"],
        "rows_loaded": rows["loaded"],
        "rows_refused": rows["refused"],
        "rows_out_of_scope": rows["out_of_scope"],
        "is_seed": False,
    }
