"""Rows → the files a body would send: columns in the order of the contract, one CSV a table, several in a ZIP."""

import io
import zipfile
from collections.abc import Mapping

import polars as pl

from pipelines.contracts.return_contract import Column, ReturnContract, Table


def as_file(contract: ReturnContract, tables: Mapping[str, pl.DataFrame]) -> tuple[str, bytes]:
    """File name and content. Raises ValueError when a table or column is not the contract's."""
    if unknown := sorted(set(tables) - {table.name for table in contract.tables}):
        raise ValueError(f"{contract.name} has no table {', '.join(unknown)}")
    sheets = {table.name: _csv(table, tables[table.name]) for table in contract.tables}
    if len(sheets) == 1:
        return f"{contract.name}.csv", next(iter(sheets.values()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in sheets.items():
            # A fixed date, so that the same rows are the same file.
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return f"{contract.name}.zip", packed.getvalue()


def _csv(table: Table, rows: pl.DataFrame) -> bytes:
    if unknown := sorted(set(rows.columns) - {column.name for column in table.columns}):
        raise ValueError(f"table {table.name} has no column {', '.join(unknown)}")
    text = rows.select(_cell(column, column.name in rows.columns) for column in table.columns)
    return text.write_csv(None).encode()


def _cell(column: Column, is_given: bool) -> pl.Expr:
    if not is_given:
        # A column that the generator knows nothing of: the first code there is, when the return must have one.
        first = column.codes[0].code if column.codes else _ANYTHING.get(column.logical_type, "none")
        return pl.lit(first if column.required else None, dtype=pl.String).alias(column.name)
    value = pl.col(column.name)
    if column.logical_type == "boolean":
        return value.cast(pl.Int8).cast(pl.String)
    return value.cast(pl.String)


_ANYTHING = {"boolean": "0", "integer": "0", "number": "0", "date": "2025-01-01"}
