"""What an area's figure is set beside: England, its region, its similar areas."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.comparison.panel import BoolArray, FloatArray, IntArray, Panel
from pipelines.comparison.verdicts import NEIGHBOUR_MODELS

AS_PUBLISHED, ADDED_UP, MEAN = 0, 1, 2
HOW = ("", " (areas added up)", " (mean of areas)")


@dataclass(frozen=True)
class Target:
    """Arrays are groups x targets unless said.

    `how` is a position in `HOW`. `of_area` gives each area's target, -1 for none. `members` is targets x areas:
    the local authorities that make up each target. `ratio` is NaN where a test would have no counts to stand on.
    """

    names: list[str]
    value: FloatArray
    ratio: FloatArray
    behind: IntArray
    expected: IntArray
    how: IntArray
    of_area: IntArray
    members: BoolArray


def england_target(panel: Panel) -> Target:
    """The published England figure; without one, the counts of all authorities added up."""
    published = np.flatnonzero(panel.at_level("national"))[:1]
    of_area = np.where(panel.at_level("national"), -1, 0)
    pooled = _pooled(panel, ["England"], panel.peers[None, :], of_area)
    return _as_published(panel, pooled, published) if len(published) else pooled


def region_target(panel: Panel) -> Target:
    """Each region's published figure; without one, the counts of its authorities added up."""
    regions = np.flatnonzero(panel.at_level("region"))
    codes = panel.areas["geography_code"].to_numpy()[regions]
    members = (panel.areas["region_code"].fill_null("").to_numpy()[None, :] == codes[:, None]) & panel.peers
    of_area = np.full(panel.areas.height, -1)
    target, area = np.nonzero(members)
    of_area[area] = target
    pooled = _pooled(panel, panel.areas["name"].gather(regions).to_list(), members, of_area)
    return _as_published(panel, pooled, regions)


def neighbour_target(panel: Panel, bridge_neighbour: pl.DataFrame, comparator: str) -> Target:
    """The counts of each area's similar areas added up (one target an area)."""
    model = NEIGHBOUR_MODELS[comparator]
    codes = panel.areas.select("geography_code", "area")
    pairs = (
        bridge_neighbour.filter(pl.col("model").cast(pl.String) == model)
        .join(codes, on="geography_code")
        .join(codes.rename({"geography_code": "neighbour_code", "area": "neighbour"}), on="neighbour_code")
    )
    count = panel.areas.height
    listed = np.zeros((count, count), dtype=bool)
    listed[pairs["area"].to_numpy(), pairs["neighbour"].to_numpy()] = True
    of_area = np.where(listed.any(axis=1) & panel.peers, np.arange(count), -1)
    pooled = _pooled(panel, [f"Similar areas, {model} model"], listed & panel.comparable, of_area)
    expected = np.broadcast_to(listed.sum(axis=1), panel.shape)
    # The words "similar areas" already say that several were added up.
    return replace(pooled, expected=expected, how=np.where(pooled.how == ADDED_UP, AS_PUBLISHED, pooled.how))


def _pooled(panel: Panel, names: list[str], members: BoolArray, of_area: npt.NDArray[np.int64]) -> Target:
    pick = members.T.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (np.nan_to_num(panel.numerator) @ pick) / (np.nan_to_num(panel.denominator) @ pick)
        shown = panel.shown.astype(float) @ pick
        mean = (np.nan_to_num(panel.value) @ pick) / shown
    added_up = ~np.isnan(ratio)
    behind = np.where(added_up, panel.has_counts.astype(float) @ pick, shown).astype(np.int64)
    value = np.where(added_up, ratio * panel.base[:, None], mean)
    return Target(
        names=names,
        value=np.where(panel.is_count[:, None], np.nan, value),
        ratio=ratio,
        behind=behind,
        expected=np.maximum((panel.existing.astype(float) @ pick).astype(np.int64), behind),
        how=np.where(added_up, ADDED_UP, np.where((shown > 0) & ~panel.is_count[:, None], MEAN, AS_PUBLISHED)),
        of_area=of_area,
        members=members,
    )


def _as_published(panel: Panel, pooled: Target, rows: IntArray) -> Target:
    has_row = panel.shown[:, rows] & ~panel.is_count[:, None]
    from_value = np.where(panel.counted[:, None], panel.value / panel.base[:, None], np.nan)
    ratio = np.where(np.isnan(panel.ratio), from_value, panel.ratio)[:, rows]
    return replace(
        pooled,
        value=np.where(has_row, panel.value[:, rows], pooled.value),
        ratio=np.where(has_row, ratio, pooled.ratio),
        how=np.where(has_row, AS_PUBLISHED, pooled.how),
    )
