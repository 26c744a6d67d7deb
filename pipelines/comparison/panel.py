"""Figures laid out for comparison: groups down, areas across.

A group is one metric, period, breakdown and source. Groups of one series (same metric, breakdown and source) stand
together in order of time, so that the period before is the row above. Areas are in order of code, so that the order
of the input changes nothing.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

SERIES_KEY = ["metric_id", "source", "period_type", "breakdown_1", "value_1", "breakdown_2", "value_2"]
GROUP_KEY = [*SERIES_KEY, "period_start", "period_end"]
CATALOGUE = [
    *("metric_id", "unit", "stat_method", "known_breaks", "interval_reason"),
    *("polarity", "standard_label", "standard_value"),
]
# Who is set beside whom: local authorities with their regions, or integrated care boards among themselves.
LEVELS_WITH = {"la": ("national", "region", "la"), "icb": ("national", "icb")}
BASES = {"percent": 100.0, "rate_per_1000": 1000.0, "rate_per_100": 100.0, "ratio": 1.0}


@dataclass(frozen=True)
class Panel:
    """Arrays are groups x areas unless said; NaN or False where there is no row."""

    groups: pl.DataFrame
    areas: pl.DataFrame
    present: BoolArray
    shown: BoolArray
    value: FloatArray
    numerator: FloatArray
    denominator: FloatArray
    segment: IntArray
    """Rises by one at each break in series; cells of a series compare only within a segment."""
    series: IntArray
    method_segment: IntArray
    proportion: BoolArray
    counted: BoolArray
    """Per group: a proportion or rate whose interval comes from counts."""
    is_count: BoolArray
    base: FloatArray
    peer_level: str
    """The level whose areas are compared: la or icb."""

    @property
    def shape(self) -> tuple[int, int]:
        """Groups and areas."""
        return self.groups.height, self.areas.height

    @property
    def has_counts(self) -> BoolArray:
        """Cells with usable counts behind a shown value."""
        return ~np.isnan(self.denominator)

    @property
    def ratio(self) -> FloatArray:
        """Numerator over denominator; NaN without counts."""
        return self.numerator / self.denominator

    @property
    def sampling_variance(self) -> FloatArray:
        """On the transformed scale: 1/(4n), for the arcsine root of a proportion and the root of a rate alike."""
        return 1 / (4 * self.denominator)

    def at_level(self, level: str) -> BoolArray:
        """Which areas are at a level (one value an area)."""
        return (self.areas["level"] == level).to_numpy()

    @property
    def peers(self) -> BoolArray:
        """Which areas are of the level that is compared (one value an area)."""
        return self.at_level(self.peer_level)

    @property
    def existing(self) -> BoolArray:
        """Cells whose area existed at the end of the period."""
        end = self.groups["period_end"].to_numpy()[:, None]
        first = self.areas["valid_from"].fill_null(date.min).to_numpy()
        last = self.areas["valid_to"].fill_null(date.max).to_numpy()
        return np.asarray((first <= end) & (last > end))

    @property
    def comparable(self) -> BoolArray:
        """Which areas are ever compared (one value an area)."""
        return self.areas["comparable"].to_numpy()


def build_panel(
    figures: pl.DataFrame, dim_metric: pl.DataFrame, dim_geography: pl.DataFrame, peer_level: str = "la"
) -> Panel:
    """Lay figures out; areas of levels that are not set beside those of `peer_level` are left aside.

    Raises ValueError for a metric or area code that its dimension does not hold, and for two figures with one key.
    """
    _refuse_unknown(figures, "metric_id", dim_metric["metric_id"])
    _refuse_unknown(figures, "geography_code", dim_geography["geography_code"])
    areas = (
        dim_geography.filter(pl.col("level").is_in(LEVELS_WITH[peer_level]))
        .with_columns(pl.col("comparable").fill_null(True))
        .sort("geography_code")
        .with_row_index("area")
    )
    figures = figures.join(areas.select("geography_code", "area"), on="geography_code")
    groups = figures.select(GROUP_KEY).unique().sort(GROUP_KEY).with_row_index("group")
    cells = figures.join(groups, on=GROUP_KEY)
    _refuse_repeats(cells)

    groups = groups.join(dim_metric.select(CATALOGUE), on="metric_id", how="left").sort("group")
    method_segment, notes = _method_breaks(groups)
    groups = groups.with_columns(
        series=pl.struct(SERIES_KEY).rle_id().cast(pl.Int64), break_note=pl.Series(notes, dtype=pl.String)
    )
    shape = (groups.height, areas.height)
    at = (cells["group"].to_numpy(), cells["area"].to_numpy())
    proportion = (groups["stat_method"] == "proportion_wilson").fill_null(False).to_numpy()
    rate = (groups["stat_method"] == "rate_byar").fill_null(False).to_numpy()
    base = groups["unit"].replace_strict(BASES, default=None, return_dtype=pl.Float64).fill_null(np.nan).to_numpy()
    counted = (proportion | rate) & ~np.isnan(base)
    shown = _laid_out(shape, at, (cells["status"] == "shown") & cells["value"].is_not_null(), False)
    usable = _laid_out(shape, at, _usable_counts(cells), False) & shown & counted[:, None]
    denominator = np.where(usable, _laid_out(shape, at, cells["denominator"], np.nan), np.nan)
    numerator = np.where(usable, _laid_out(shape, at, cells["numerator"], np.nan), np.nan)
    possible = ~(proportion[:, None] & (numerator > denominator))
    marked = _laid_out(shape, at, cells["quality_flags"].fill_null("").str.contains("break_in_series"), False)
    return Panel(
        groups=groups,
        areas=areas,
        present=_laid_out(shape, at, pl.repeat(True, cells.height, eager=True), False),
        shown=shown,
        value=np.where(shown, _laid_out(shape, at, cells["value"], np.nan), np.nan),
        numerator=np.where(possible, numerator, np.nan),
        denominator=np.where(possible, denominator, np.nan),
        segment=method_segment[:, None] + np.cumsum(marked, axis=0),
        series=groups["series"].to_numpy(),
        method_segment=method_segment,
        proportion=proportion,
        counted=counted,
        is_count=(groups["unit"] == "count").fill_null(False).to_numpy(),
        base=base,
        peer_level=peer_level,
    )


def _laid_out(
    shape: tuple[int, int], at: tuple[npt.NDArray[np.uint32], ...], values: pl.Series, empty: float
) -> npt.NDArray[Any]:
    out = np.full(shape, empty)
    out[at] = values.fill_null(empty).to_numpy()
    return out


def _usable_counts(cells: pl.DataFrame) -> pl.Series:
    # Where landing found that no interval can be made, the counts are not of independent children (sessions, say).
    with_interval = pl.col("interval_method").fill_null("none") != "none"
    return cells.select(
        (with_interval & (pl.col("denominator") > 0) & (pl.col("numerator") >= 0)).fill_null(False)
    ).to_series()


def _method_breaks(groups: pl.DataFrame) -> tuple[IntArray, list[str | None]]:
    """Known breaks passed by each group's period start, and the note of the latest one.

    A break in one area alone is not of the method: that area's figures carry the flag `break_in_series`.
    """
    breaks = {
        text: sorted(
            (each["period_start"], each.get("note")) for each in json.loads(text) if not each.get("geography_code")
        )
        for text in groups["known_breaks"].drop_nulls().unique()
        if text
    }
    starts = groups["period_start"].cast(pl.String).to_list()
    passed = [
        [note for start, note in breaks.get(text or "", []) if start <= period]
        for text, period in zip(groups["known_breaks"].to_list(), starts, strict=True)
    ]
    return np.array([len(notes) for notes in passed], dtype=np.int64), [
        notes[-1] if notes else None for notes in passed
    ]


def _refuse_unknown(figures: pl.DataFrame, column: str, known: pl.Series) -> None:
    unknown = figures.filter(~pl.col(column).is_in(known.implode()))[column].unique().sort()
    if len(unknown):
        raise ValueError(f"{len(unknown)} {column} not in its dimension, the first: {', '.join(unknown.head(5))}")


def _refuse_repeats(cells: pl.DataFrame) -> None:
    repeats = cells.filter(pl.struct("group", "area").is_duplicated())
    if repeats.height:
        first = repeats.select("metric_id", "geography_code", "period_start", "value_1", "source").row(0)
        raise ValueError(f"{repeats.height} figures share a key, the first: {first}")
