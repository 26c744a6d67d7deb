"""What every chart shares: its result, its layout, labels at the ends of lines, and axes in the metric's unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

Metric = Mapping[str, Any]


@dataclass(frozen=True)
class Chart:
    """A figure, the sentence above it, the words that stand in for it, and the rows it was drawn from.

    `rows` become the table beside the chart: text columns, the first one heading each row.
    """

    figure: go.Figure
    headline: str
    alt: str
    rows: pl.DataFrame


def blank(height: int, right: int = 16, left: int = 56) -> go.Figure:
    """An empty figure with the house layout. Fonts and background follow the page's theme."""
    axis = {"zeroline": False, "fixedrange": True}
    # Said at once: each update of a figure that stands costs milliseconds.
    return go.Figure(
        layout={
            "height": height,
            "margin": {"l": left, "r": right, "t": 16, "b": 44},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "font": {"family": "Arial, Helvetica, sans-serif", "size": 13},
            "xaxis": axis | {"showgrid": False, "ticks": "outside"},
            "yaxis": axis | {"gridcolor": "rgba(128,128,128,0.25)"},
        }
    )


def interval_bars(rows: Sequence[Mapping[str, Any]], colour: str, width: int = 4) -> dict[str, Any] | None:
    """Bars from `lower` to `upper` around `value`, none where a row has no interval; None when no row has one."""
    known = [row["lower"] is not None and row["upper"] is not None and row["value"] is not None for row in rows]
    if not any(known):
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [row["upper"] - row["value"] if held else 0 for row, held in zip(rows, known, strict=True)],
        "arrayminus": [row["value"] - row["lower"] if held else 0 for row, held in zip(rows, known, strict=True)],
        "color": colour,
        "thickness": 1.3,
        "width": width,
    }


def tick_style(metric: Metric) -> dict[str, str]:
    """Axis ticks in the metric's unit."""
    if metric["unit"] == "gbp":
        return {"tickprefix": "£", "tickformat": ",.0f"}
    return {"ticksuffix": "%" if metric["unit"] == "percent" else "", "tickformat": ",~g"}


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Heights moved apart so that no two are closer than `gap`, keeping their order and their middle."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed: list[float] = []
    for index in order:
        placed.append(max(heights[index], placed[-1] + gap) if placed else heights[index])
    shift = sum(moved - heights[index] for moved, index in zip(placed, order, strict=True)) / max(len(order), 1)
    result = [0.0] * len(heights)
    for moved, index in zip(placed, order, strict=True):
        result[index] = moved - shift
    return result


def value_range(values: Sequence[float | None], from_zero: bool) -> tuple[float, float]:
    """The axis range of the values, with room to breathe; from nought where that is asked and nothing is below it."""
    known = [value for value in values if value is not None]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    room = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    if from_zero and low >= 0:
        return 0.0, high + room
    return low - room, high + room
