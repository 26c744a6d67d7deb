"""Tables → parts: checked against the declared columns, cut, sorted; equal rows give equal bytes.

Tables stay lazy until a part is encoded: one part at a time is in memory, however large the table is.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.publish.errors import PublishRefused
from pipelines.publish.tables import Table

# About what one metric of one source and year fills, so that a reader of one metric skips the other row groups.
_ROWS_PER_GROUP = 20_000
_POLARS: dict[str, type[pl.DataType] | pl.DataType] = {
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "DOUBLE": pl.Float64,
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
    "TIMESTAMP": pl.Datetime("us"),
}


@dataclass(frozen=True)
class EncodedPart:
    """A part before it has a place on disk: relative path, sha256, rows and the Parquet bytes."""

    path: str
    sha256: str
    rows: int
    content: bytes


def conform(name: str, table: Table, frame: pl.LazyFrame) -> pl.LazyFrame:
    """The declared columns of a table, in order and of the declared types.

    Columns that are not declared are left out: what nobody declared is not published.
    Raises PublishRefused naming missing columns.
    """
    given = frame.collect_schema().names()
    missing = [column for column in table.columns if column not in given and column not in table.optional]
    if missing:
        raise PublishRefused(
            f"Table {name} lacks the declared column(s) {', '.join(missing)} (pipelines/publish/tables.py)."
        )
    frame = frame.with_columns(pl.lit(None).alias(column) for column in table.columns if column not in given)
    return frame.select(pl.col(column).cast(_POLARS[kind]) for column, kind in table.columns.items())


def collect(name: str, frame: pl.LazyFrame) -> pl.DataFrame:
    """The rows of a conformed table. Raises PublishRefused when a column does not convert to its declared type."""
    try:
        return frame.collect()
    except pl.exceptions.PolarsError as fault:
        raise PublishRefused(f"Table {name} does not fit its declared types: {str(fault).splitlines()[0]}") from fault


def encode(name: str, table: Table, frame: pl.LazyFrame) -> Iterator[EncodedPart]:
    """Cut a conformed table into parts (one each source and year where the table says so), sort and encode each.

    Rows are asked for by source and by day: a file in that order is then read a few row groups at a time.
    """
    order = [*table.sort, *(column for column in table.columns if column not in table.sort)]
    if table.partition is None:
        yield _encode_one(f"parts/{name}/all", collect(name, frame).sort(order))
        return
    label, day = table.partition
    ended = pl.col(day).dt.year()
    for source, year in collect(name, frame.select(label, ended).unique()).sort(label, day).iter_rows():
        rows = collect(name, frame.filter(_is_of(label, source), _ends_in(day, year)))
        yield _encode_one(f"parts/{name}/{_folder_name(str(source))}/{year}", rows.sort(order))


def encode_sorted(name: str, frame: pl.DataFrame) -> EncodedPart:
    """The one part of a table whose rows are in their order already."""
    return _encode_one(f"parts/{name}/all", frame)


def _is_of(label: str, source: str | None) -> pl.Expr:
    return pl.col(label).is_null() if source is None else pl.col(label) == source


def _ends_in(day: str, year: int | None) -> pl.Expr:
    return pl.col(day).is_null() if year is None else pl.col(day).is_between(date(year, 1, 1), date(year, 12, 31))


def _folder_name(source: str) -> str:
    """A source id as a folder name; publication ids are plain words already, anything else is made harmless."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", source) or "_"


def _encode_one(stem: str, frame: pl.DataFrame) -> EncodedPart:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=3, row_group_size=_ROWS_PER_GROUP)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    return EncodedPart(f"{stem}-{digest[:16]}.parquet", digest, frame.height, content)
