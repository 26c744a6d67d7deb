"""Every local authority or board as a tile of one size, roughly where it lies; symbols say what colour cannot."""

from typing import Any

import polars as pl

from dashboards.charts.drawing import Chart, Metric, blank
from dashboards.charts.funnel import NOUNS, area_rows
from dashboards.tables.figure_cell import figure_text
from dashboards.theme.palette import Palette
from dashboards.words.headlines import plural
from dashboards.words.numbers import measured
from dashboards.words.statuses import status_of


def tile_map(metric: Metric, rows: pl.DataFrame, colours: Palette, highlight: str | None, level: str = "la") -> Chart:
    """Draw the current areas of a level of store.all_areas in five bands of equal width of value.

    A tile without a value is hollow and carries the symbol of the reason.
    """
    areas = rows.filter((pl.col("level") == level) & pl.col("tile_col").is_not_null())
    shown = areas.filter(pl.col("status") == "shown")
    figure = blank(620, left=4, right=4)
    edges = _edges(shown["value"].to_list(), len(colours.scale))
    held = areas.to_dicts()
    figure.add_heatmap(
        x=[row["tile_col"] for row in held],
        y=[row["tile_row"] for row in held],
        z=[_band(row["value"], edges) if row["status"] == "shown" else None for row in held],
        text=[f"{row['name']}: {figure_text(row, metric)}" for row in held],
        colorscale=_steps(colours.scale),
        zmin=-0.5,
        zmax=len(colours.scale) - 0.5,
        showscale=False,
        xgap=2,
        ygap=2,
        hoverongaps=True,
        hovertemplate="%{text}<extra></extra>",
    )
    across, down = areas["tile_col"].to_list() or [0], areas["tile_row"].to_list() or [0]
    figure.update_xaxes(visible=False, range=[min(across) - 0.6, max(across) + 0.6])
    figure.update_yaxes(visible=False, range=[max(down) + 0.6, min(down) - 0.6])
    hollow = [row for row in held if row["status"] != "shown"]
    marked = [row for row in held if row["geography_code"] == highlight]
    figure.update_layout(
        shapes=[_frame(row, "#767c80", 1) for row in hollow] + [_frame(row, colours.limit, 4) for row in marked],
        annotations=[_symbol(row, colours) for row in hollow],
    )
    missing = areas.height - shown.height
    headline = f"{plural(shown.height, NOUNS[level])} with a figure" + (
        f", {missing} without: each hollow tile carries the symbol of its reason." if missing else "."
    )
    spans = "; ".join(f"{count} from {low} to {high}" for low, high, count in bands(shown, metric, len(colours.scale)))
    return Chart(
        figure, headline, f"Tile map of {metric['label']}. {headline} Areas by band: {spans}.", area_rows(areas, metric)
    )


def bands(shown: pl.DataFrame, metric: Metric, count: int) -> list[tuple[str, str, int]]:
    """The bands of the map: lower end, upper end, number of areas."""
    values = shown["value"].to_list()
    edges = _edges(values, count)
    ends = [measured(edge, metric) for edge in edges]
    held = [_band(value, edges) for value in values]
    return [(ends[index], ends[index + 1], held.count(index)) for index in range(len(edges) - 1)]


def _edges(values: list[float], count: int) -> list[float]:
    if not values:
        return []
    low, high = min(values), max(values)
    return [low + (high - low) * step / count for step in range(count + 1)]


def _band(value: float, edges: list[float]) -> int:
    return min(sum(value >= edge for edge in edges[1:-1]), len(edges) - 2)


def _steps(scale: tuple[str, ...]) -> list[tuple[float, str]]:
    """A colour scale of flat steps."""
    count = len(scale)
    return [(place / count, colour) for step, colour in enumerate(scale) for place in (step, step + 1)]


def _frame(row: dict[str, Any], colour: str, width: int) -> dict[str, Any]:
    x, y = row["tile_col"], row["tile_row"]
    line = {"color": colour, "width": width}
    return {"type": "rect", "x0": x - 0.46, "x1": x + 0.46, "y0": y - 0.46, "y1": y + 0.46, "line": line}


def _symbol(row: dict[str, Any], colours: Palette) -> dict[str, Any]:
    symbol = status_of(row["status"] or "not_published").symbol
    font = {"size": 11, "color": colours.ink}
    return {"x": row["tile_col"], "y": row["tile_row"], "text": f"<b>{symbol}</b>", "showarrow": False, "font": font}
