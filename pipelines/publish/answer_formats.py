"""Rows of a DuckDB result → bytes of CSV, JSON, Parquet or a text table, written as they come."""

import csv
import io
import json
import math
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, Literal

import duckdb

Format = Literal["table", "csv", "json", "parquet"]
_ROWS_AT_ONCE = 2048


def write_answer(con: duckdb.DuckDBPyConnection, statement: str, form: Format, out: BinaryIO) -> int:
    """Run a statement and write every row of its answer. Returns the number of rows.

    CSV: UTF-8, a header row, null as nothing, nested values as JSON. JSON: one array, one object a row. Table: aligned
    text, held in memory until the last row is known.
    """
    if form == "parquet":
        return _write_parquet(con, statement, out)
    con.execute(statement)
    names = _distinct([column[0] for column in con.description or []])
    writer = {"csv": _write_csv, "json": _write_json, "table": _write_table}[form]
    return writer(names, _rows(con), out)


def _rows(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := con.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def _distinct(names: list[str]) -> list[str]:
    """Column names made distinct (a, a_2), because a JSON object cannot hold a name twice."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


def _write_csv(names: list[str], rows: Iterator[tuple[Any, ...]], out: BinaryIO) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    count = 0
    for row in rows:
        writer.writerow([_text(value) for value in row])
        count += 1
        if buffer.tell() > 1 << 16:
            text.write(buffer.getvalue())
            buffer.seek(0)
            buffer.truncate()
    text.write(buffer.getvalue())
    text.detach()
    return count


def _write_json(names: list[str], rows: Iterator[tuple[Any, ...]], out: BinaryIO) -> int:
    count = 0
    for row in rows:
        out.write(b"[\n" if count == 0 else b",\n")
        out.write(json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False).encode())
        count += 1
    out.write(b"\n]\n" if count else b"[]\n")
    return count


def _write_table(names: list[str], rows: Iterator[tuple[Any, ...]], out: BinaryIO) -> int:
    body = [[_text(value).replace("\n", "⏎") for value in row] for row in rows]
    widths = [max([len(name), *(len(row[at]) for row in body)]) for at, name in enumerate(names)]
    rule = ["─" * width for width in widths]
    for line in (names, rule, *body):
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        out.write(("  ".join(cells).rstrip() + "\n").encode())
    return len(body)


def _write_parquet(con: duckdb.DuckDBPyConnection, statement: str, out: BinaryIO) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    reader = con.sql(statement).to_arrow_reader(20_000)
    rows = 0
    with pq.ParquetWriter(_Counted(out), reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


class _Counted(io.RawIOBase):
    """A pipe that knows how much went through it: Parquet's footer needs positions, and a pipe cannot tell them."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, content: Any) -> int:
        size = memoryview(content).nbytes
        self._out.write(content)
        self._position += size
        return size


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; what has no JSON form (not a number, infinity) becomes null."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    return str(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return json.dumps(_plain(value), ensure_ascii=False)
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    return str(value)
