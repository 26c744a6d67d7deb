"""Every landed figure of every real file: none is one number for many areas, and each is the cell it names."""

import csv
import gzip
import io
import math
from pathlib import Path

import polars as pl
import pytest

from pipelines.published.catalogue import load_catalogue
from pipelines.published.mapping import Mapping, load_mappings
from tests.published.real_store import EES_SYMBOLS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every real file")]

_SERIES = [
    "source_file", "metric_id", "period_type", "period_start", "breakdown_1", "value_1", "breakdown_2", "value_2",
]  # fmt: skip
_SYMBOLS = EES_SYMBOLS | {":", "-", "na"}
_MANY = 20
# One child, and all of a small group: many areas may have that.
_ONE, _ALL = 1.0, 100.0


def test_no_number_stands_for_many_areas(figures: pl.DataFrame) -> None:
    categories = [m for m, definition in load_catalogue().definitions.items() if definition.unit == "category"]
    counts = [m for m, definition in load_catalogue().definitions.items() if definition.unit == "count"]
    shown = figures.filter((pl.col("status") == "shown") & ~pl.col("metric_id").is_in(categories))
    shown = shown.with_columns(areas=pl.len().over(_SERIES))
    alike = (
        shown.filter(pl.col("value") != 0)
        .group_by(*_SERIES, "value")
        .agg(pl.len().alias("alike"), pl.col("areas").first())
    )
    half = alike.filter((pl.col("alike") >= _MANY) & (2 * pl.col("alike") >= pl.col("areas")))
    assert half.filter(~pl.col("value").is_in([_ONE, _ALL])).rows() == []
    # Counts of a hundred and more are not the same in many areas by chance.
    large = alike.filter(pl.col("metric_id").is_in(counts) & (pl.col("value") >= 100) & (pl.col("alike") >= 10))
    assert large.rows() == []


def test_each_figure_of_a_plain_csv_is_the_cell_that_it_names(figures: pl.DataFrame, shared_data: Path) -> None:
    paths = {path.name.removesuffix(".gz"): path for path in shared_data.rglob("*.csv*")}
    checked: dict[str, int] = {}
    for mapping in (m for m in load_mappings() if _is_plain(m)):
        landed = figures.filter(pl.col("dataset") == mapping.dataset)
        for (file,), of_file in landed.group_by("source_file"):
            if str(file) in paths:
                wrong, right = _compare(of_file, mapping, paths[str(file)])
                assert wrong == []
                checked[mapping.dataset] = checked.get(mapping.dataset, 0) + right
    assert len(checked) >= 30 and sum(checked.values()) >= 1_000_000, checked


def _is_plain(mapping: Mapping) -> bool:
    added_up = mapping.area is not None and mapping.area.added_up
    reshaped = mapping.header or mapping.pivot or mapping.sheets or mapping.fill_down
    return mapping.layout == "tidy" and not (reshaped or added_up)


def _compare(figures: pl.DataFrame, mapping: Mapping, path: Path) -> tuple[list[tuple[object, ...]], int]:
    """Figures that are not what their cells say, and how many are. Sums and borrowed totals are left out."""
    header, rows = _table(path)
    wrong: list[tuple[object, ...]] = []
    right = 0
    scales = {m.id: m.multiply * m.published_scale for m in mapping.metrics if not (m.codes or m.sum_over)}
    for (metric, column), part in figures.group_by("metric_id", "source_column"):
        places = [header.get(name) for name in _columns(str(column), mapping, header)]
        if metric not in scales or None in places:
            continue
        wanted = part.select("source_row", "numerator", "denominator", "value", "status")
        for at, *counts, value, status in wanted.iter_rows():
            cells = [rows[at - 1][place].strip() for place in places if place is not None]
            numbers = [None if cell.casefold() in _SYMBOLS else float(cell.replace(",", "")) for cell in cells]
            if value is None:
                # Withheld, or nothing to measure, for a reason of its own; else one of the cells is a symbol.
                fits = status in ("unreliable", "not_applicable") or None in numbers
            elif len(numbers) == 1:
                fits = numbers[0] is not None and math.isclose(numbers[0] * scales[str(metric)], value, abs_tol=1e-9)
            else:
                # Where a count is withheld, or disagrees, the percentage is shown as published.
                fits = all(count in (None, cell) for count, cell in zip(counts, numbers, strict=True))
            right += fits
            wrong += [] if fits else [(path.name, at, metric, cells, counts, value, status)]
    return wrong, right


def _columns(named: str, mapping: Mapping, header: dict[str, int]) -> list[str]:
    """The columns of the file that a figure names, under the spelling that they have in it."""
    spelt = {name: [name, *mapping.renamed.get(name, [])] for name in named.split(" / ")}
    return [
        next((s.casefold() for s in spellings if s.casefold() in header), name) for name, spellings in spelt.items()
    ]


def _table(path: Path) -> tuple[dict[str, int], list[list[str]]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return {name.strip().casefold(): place for place, name in enumerate(rows[0])}, rows
