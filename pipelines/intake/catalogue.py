"""What the model needs to know of returns besides their rows: contracts, receipts, and tables without a row yet."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from pipelines.contracts.return_contract import ReturnContract, load_returns
from pipelines.intake.facts import LINK, facts_of
from pipelines.intake.landing import receipts_of_returns
from pipelines.publish.tables import SYNTHETIC_STATUS
from pipelines.settings import Settings

# After every publication: where both give a figure, the published one is shown first.
_PRIORITY = 50
_TYPES: dict[str, type[pl.DataType]] = {
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "BOOLEAN": pl.Boolean,
    "INTEGER": pl.Int32,
    "DOUBLE": pl.Float64,
}


def write_returns_catalogue(settings: Settings, out_dir: Path) -> None:
    """Write returns_returns and returns_receipts into `out_dir`, and an empty file a table into `nothing_yet`.

    The tables of the model read the empty files until something of a return has landed.
    """
    returns = load_returns()
    _write(
        pl.DataFrame([_return_row(settings, each) for each in returns.values()], _RETURN), out_dir, "returns_returns"
    )
    receipts = [_receipt_row(each, returns[each["return_name"]]) for each in receipts_of_returns(settings)]
    _write(pl.DataFrame(receipts, _RECEIPT, orient="row"), out_dir, "returns_receipts")
    for contract in returns.values():
        for name, table in empty_tables(contract).items():
            _write(table, out_dir / "nothing_yet", f"{contract.name}__{name}")


def _write(frame: pl.DataFrame, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.part"
    frame.write_parquet(part)
    part.replace(folder / f"{name}.parquet")


def _return_row(settings: Settings, contract: ReturnContract) -> dict[str, Any]:
    synthetic = settings.world == "synthetic"
    return {
        "return_name": contract.name,
        "title": contract.title,
        "body_kind": contract.body_kind,
        "publisher": _SENDERS[contract.body_kind],
        "statistical_status": SYNTHETIC_STATUS if synthetic else "management_information",
        "priority": _PRIORITY,
    }


def _receipt_row(receipt: dict[str, Any], contract: ReturnContract) -> dict[str, Any]:
    return {
        **{name: receipt[name] for name in _RECEIPT if name in receipt},
        "reference_date": date.fromisoformat(receipt["reference_date"]),
        "geography_vintage": str(receipt["geography_vintage"]),
        "received_at": datetime.fromisoformat(receipt["received_at"]),
        "rows_read": _rows(receipt, contract),
        # The sender's own name for the file may name a child.
        "source_file": f"{receipt['return_name']} {receipt['period']} from {receipt['body']}",
    }


def _rows(receipt: dict[str, Any], contract: ReturnContract) -> int:
    return sum(pq.read_metadata(receipt["folder"] / f"{table.name}.parquet").num_rows for table in contract.tables)


def empty_tables(contract: ReturnContract) -> dict[str, pl.DataFrame]:
    """The tables of a return as they would land, without a row."""
    tables = {
        table.name: pl.DataFrame(
            schema={"submission_id": pl.String, "source_row": pl.Int64}
            | {column.name: _TYPES[column.physical_type] for column in table.columns}
        )
        for table in contract.tables
    }
    return facts_of(contract, tables, pl.DataFrame(schema=dict.fromkeys(LINK, pl.String)))


_SENDERS = {
    "la": "Local authorities",
    "school": "Schools",
    "ap": "Alternative provision settings",
    "icb": "Integrated care boards",
}
_RETURN: dict[str, Any] = {
    "return_name": pl.String,
    "title": pl.String,
    "body_kind": pl.String,
    "publisher": pl.String,
    "statistical_status": pl.String,
    "priority": pl.Int32,
}
_RECEIPT: dict[str, Any] = {
    "submission_id": pl.String,
    "receipt_id": pl.String,
    "return_name": pl.String,
    "period": pl.String,
    "body": pl.String,
    "reference_date": pl.Date,
    "geography_vintage": pl.String,
    "received_at": pl.Datetime("us"),
    "rows_read": pl.Int64,
    "source_file": pl.String,
}
