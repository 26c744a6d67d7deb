"""Which breakdown each row belongs to, and which value of it, in the codes of `breakdowns.yaml`."""

import polars as pl

from pipelines.published.mapping import Mapping, load_breakdowns
from pipelines.published.reading import Reading
from pipelines.published.text_table import ROW

_TOTAL = ("total", "total")
_MOST = 2


def break_down(frame: pl.DataFrame, mapping: Mapping, reading: Reading) -> pl.DataFrame:
    """Rows with `breakdown_1`, `value_1`, `breakdown_2`, `value_2`; rows of an unknown value are set aside, and named.

    A row says so in two columns (topic and value), or in a column for each breakdown, of which two may be no total.
    """
    topic, value = f"c:{mapping.characteristic.topic}", f"c:{mapping.characteristic.value}"
    said = [topic, value] if mapping.topics or mapping.totals else []
    columns = list(dict.fromkeys([*said, *(f"c:{dimension.column}" for dimension in mapping.dimensions)]))
    if not columns:
        return frame.with_columns(
            pl.lit("total").alias(name) for name in ("breakdown_1", "value_1", "breakdown_2", "value_2")
        )
    read: list[tuple[str | None, ...]] = []
    for cells in frame.select(columns).unique(maintain_order=True).rows():
        parts, unknown = _parts(dict(zip(columns, cells, strict=True)), mapping)
        split = [part for part in parts if part != _TOTAL]
        why = "the row is split more than two ways" if len(split) > _MOST else None
        if unknown:
            why = f"breakdown {_said(unknown)} is not in breakdowns.yaml"
            reading.new_values[why] = unknown
        (first, second) = [*split, _TOTAL, _TOTAL][:2]
        read.append((*cells, *first, *second, why))
    added = ["breakdown_1", "value_1", "breakdown_2", "value_2", "why"]
    joined = frame.join(
        pl.DataFrame(read, schema=dict.fromkeys([*columns, *added], pl.String), orient="row"),
        on=columns,
        how="left",
        maintain_order="left",
    )
    for (why,), rows in joined.filter(pl.col("why").is_not_null()).group_by("why", maintain_order=True):
        reading.set_aside(str(why), rows[ROW])
        if new := reading.new_values.get(str(why)):
            reading.warnings.append(f"new breakdown value left out: {_said(new)} ({rows.height:,} rows)")
    return joined.filter(pl.col("why").is_null()).drop("why")


def _said(unknown: tuple[str, str]) -> str:
    return "{!r} with value {!r}".format(*unknown)


def _parts(cells: dict[str, str], mapping: Mapping) -> tuple[list[tuple[str, str]], tuple[str, str] | None]:
    """(breakdown, value) of each column, and the first (column or topic, value) that nobody knows."""
    parts: list[tuple[str, str]] = []
    unknown: list[tuple[str, str]] = []
    if mapping.topics or mapping.totals:
        topic, label = (cells[f"c:{c}"] for c in (mapping.characteristic.topic, mapping.characteristic.value))
        topics = {spelt.casefold(): code for spelt, code in mapping.topics.items()}
        breakdown = topics.get(topic.casefold())
        if topic.casefold() in {total.casefold() for total in mapping.totals}:
            parts.append(_TOTAL)
        elif (value := _code(breakdown, label)) and breakdown:
            parts.append((breakdown, value))
        else:
            unknown.append((topic, label))
    for dimension in mapping.dimensions:
        label = cells[f"c:{dimension.column}"]
        if label.casefold() in {total.casefold() for total in dimension.totals}:
            parts.append(_TOTAL)
        elif value := _code(dimension.breakdown, label):
            parts.append((dimension.breakdown, value))
        else:
            unknown.append((dimension.column, label))
    return parts, unknown[0] if unknown else None


def _code(breakdown: str | None, label: str) -> str | None:
    return load_breakdowns()[breakdown].codes().get(label.casefold()) if breakdown else None
