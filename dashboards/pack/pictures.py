"""The charts of the pack as SVG for paper: drawn small, in points, from the rows that the pages plot."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

from dashboards.charts.drawing import Metric, spread, value_range
from dashboards.charts.standard import standard_value
from dashboards.charts.trend import LINES, breaks_of
from dashboards.tables.figure_cell import figure_text
from dashboards.theme.palette import LIGHT
from dashboards.words.standards import standard_label
from dashboards.words.statuses import status_of

FONT = "HK Grotesk"
GRID = "#d3d7da"
TREND_WIDTH, TREND_HEIGHT = 272, 160
BESIDE_WIDTH, ROW = 220, 11.4
_DASHES = {"england": "6 3", "region": "1.5 2.5", "neighbours_2025": "6 2 1.5 2"}
_COLOURS = {"england": LIGHT.england, "region": LIGHT.region, "neighbours_2025": LIGHT.neighbours}
Point = tuple[float, float]


def trend_picture(
    metric: Metric, own: pl.DataFrame, compared: pl.DataFrame, name: str, bridged: pl.DataFrame | None = None
) -> str:
    """One area over time: its interval as a band, England, region and similar areas as dashed lines, breaks dotted.

    `own` is store.series of the area, `compared` store.comparisons of it, `bridged` store.bridged: estimates from
    before it began, as open points. A period without a value carries its symbol.
    """
    rows = own.to_dicts()
    estimates = [] if bridged is None else bridged.to_dicts()
    shown = [row for row in rows if row["status"] == "shown"]
    lines = {
        each: held
        for each in LINES
        if (held := compared.filter(comparator=each).drop_nulls("comparator_value").to_dicts())
    }
    values = [row[end] for row in shown for end in ("value", "lower", "upper")]
    values += [row["comparator_value"] for held in lines.values() for row in held] + [row["value"] for row in estimates]
    values += standard_value(metric)
    low, high = value_range(values, from_zero=metric["unit"] not in ("gbp", "score", "ratio", "weeks"))
    left, right, top, bottom = 34.0, TREND_WIDTH - 82.0, 8.0, TREND_HEIGHT - 22.0
    every = [*estimates, *rows]
    first, last = every[0]["period_start"], every[-1]["period_start"]
    days = (last - first).days or 1

    def x(start: date) -> float:
        return left + 5 + (right - left - 10) * float((start - first).days) / days

    def y(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    parts = _value_axis(metric, low, high, y, left, right)
    parts += _period_axis(every, x, bottom)
    if label := standard_label(metric):
        at_standard = y(metric["standard_value"])
        parts.append(_stroke(f"M{left} {at_standard:.1f}H{right}", LIGHT.limit, 1.2, "8 3"))
        parts.append(_text(left + 2, at_standard - 2, label, "start"))
    breaks = breaks_of(metric, own, bridged)
    runs = _runs(rows, breaks)
    for run in runs:
        band = [row for row in run if row["lower"] is not None and row["upper"] is not None]
        edge = [(x(row["period_start"]), y(row["upper"])) for row in band]
        edge += [(x(row["period_start"]), y(row["lower"])) for row in reversed(band)]
        if len(band) > 1:
            parts.append(f'<path d="{_path(edge)}Z" fill="{LIGHT.area}" fill-opacity="0.14"/>')
    for each, held in lines.items():
        for run in _runs(held, breaks):
            path = _path([(x(row["period_start"]), y(row["comparator_value"])) for row in run])
            parts.append(_stroke(path, _COLOURS[each], 1.2, _DASHES[each]))
    for run in runs:
        parts.append(_stroke(_path([(x(row["period_start"]), y(row["value"])) for row in run]), LIGHT.area, 2))
    for row in shown:
        parts.append(
            f'<circle cx="{x(row["period_start"]):.1f}" cy="{y(row["value"]):.1f}" r="2.4" fill="{LIGHT.area}"/>'
        )
    for row in rows:
        if row["status"] != "shown":
            parts.append(
                _text(x(row["period_start"]), bottom - 3, status_of(row["status"]).symbol, "middle", bold=True)
            )
    if estimates:
        at = [(x(row["period_start"]), y(row["value"])) for row in estimates]
        parts.append(_stroke(_path(at), LIGHT.area, 1.4, "1.5 2.5"))
        parts += [_mark("estimate", *point, LIGHT.area) for point in at]
    starts = [row["period_start"] for row in every]
    for number, start in enumerate(breaks, start=1):
        middle = (x(max(each for each in starts if each < start)) + x(start)) / 2
        parts.append(_stroke(f"M{middle:.1f} {top}V{bottom}", "#5f6569", 0.8, "1.5 2"))
        parts.append(_text(middle + 2, top + 6 + 8 * ((number - 1) % 3), f"Break {number}", "start"))
    ends = [(LINES[each][0], _COLOURS[each], held[-1]["comparator_value"]) for each, held in lines.items()]
    ends += [(name, LIGHT.area, shown[-1]["value"])] if shown else []
    heights = spread([y(end[2]) for end in ends], 9)
    shift = max(0.0, top + 3 - min(heights, default=top + 3)) - max(0.0, max(heights, default=0.0) - bottom + 2)
    for (label, colour, _), height in zip(ends, heights, strict=True):
        parts.append(_text(right + 4, height + shift + 2.5, _short(label), "start", colour, bold=label == name))
    return _svg(TREND_WIDTH, TREND_HEIGHT, parts)


def beside_picture(metric: Metric, rows: Sequence[Mapping[str, Any]]) -> str:
    """One area beside the country, its region and similar areas: points with intervals, each value written out.

    `rows` are charts.comparison.beside_rows, drawn from top to bottom as they come.
    """
    shown = [row for row in rows if row["status"] == "shown"]
    values = [row[end] for row in shown for end in ("value", "lower", "upper")]
    low, high = value_range(values, from_zero=metric["unit"] != "score")
    left, right = 96.0, BESIDE_WIDTH - 42.0

    def x(value: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    bottom = 4 + ROW * len(rows)
    parts = []
    for tick in _ticks(low, high, 3):
        parts.append(_stroke(f"M{x(tick):.1f} 2V{bottom}", GRID, 0.6))
        parts.append(_text(x(tick), bottom + 9, _tick(metric, tick), "middle", size=7))
    colours = {"england": LIGHT.england, "region": LIGHT.region, "neighbour": LIGHT.neighbours}
    for index, row in enumerate(rows):
        y = 4 + ROW * (index + 0.5)
        mine = row["role"] == "area"
        parts.append(_text(left - 5, y + 2.5, _short(str(row["area"]), 22), "end", bold=mine))
        if row["status"] != "shown":
            status = status_of(row["status"])
            parts.append(_text(left + 2, y + 2.5, status.symbol, "start", bold=True))
            parts.append(_text(left + 16, y + 2.5, status.label, "start"))
            continue
        ink = colours.get(row["role"], LIGHT.area)
        if row["lower"] is not None and row["upper"] is not None:
            parts.append(_stroke(f"M{x(row['lower']):.1f} {y}H{x(row['upper']):.1f}", ink, 1))
        parts.append(_mark(row["role"], x(row["value"]), y, ink))
        parts.append(_text(BESIDE_WIDTH - 1, y + 2.5, figure_text(row, metric).split(" per ")[0], "end", bold=mine))
    return _svg(BESIDE_WIDTH, bottom + 14, parts)


def _mark(role: str, x: float, y: float, ink: str) -> str:
    if role == "england":
        return f'<path d="M{x:.1f} {y - 4}l4 4l-4 4l-4 -4Z" fill="{ink}"/>'
    if role == "region":
        return f'<rect x="{x - 3:.1f}" y="{y - 3}" width="6" height="6" fill="{ink}"/>'
    fill = ink if role == "area" else "#ffffff"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="{ink}" stroke-width="1.3"/>'


def _value_axis(metric: Metric, low: float, high: float, y: Any, left: float, right: float) -> list[str]:
    parts = []
    for tick in _ticks(low, high, 5):
        parts.append(_stroke(f"M{left} {y(tick):.1f}H{right}", GRID, 0.6))
        parts.append(_text(left - 3, y(tick) + 2.5, _tick(metric, tick), "end"))
    return parts


def _period_axis(rows: Sequence[Mapping[str, Any]], x: Any, bottom: float) -> list[str]:
    """At most four labels, the latest always among them."""
    names = [str(row["period"]).replace("January ", "Jan ") for row in rows]
    line = f"M{x(rows[0]['period_start']) - 5:.1f} {bottom}H{x(rows[-1]['period_start']) + 5:.1f}"
    parts = [_stroke(line, "#0b0c0c", 0.8)]
    chosen = range(len(rows) - 1, -1, -max(1, -(-len(rows) // 4)))
    wide = max(len(name) for name in names) > 9
    if wide:
        # The names of terms are long: the last in full, the first by its year alone.
        chosen = range(len(rows) - 1, -1, -max(1, len(rows) - 1))
    for index in chosen:
        at = x(rows[index]["period_start"])
        last = index == len(rows) - 1
        name = names[index] if last or not wide else names[index].rsplit(" ", 1)[-1]
        parts.append(_stroke(f"M{at:.1f} {bottom}v3", "#0b0c0c", 0.8))
        parts.append(_text(at + (5 if wide and last else 0), bottom + 12, name, "end" if wide and last else "middle"))
    return parts


def _runs(rows: Sequence[Mapping[str, Any]], breaks: Mapping[date, str]) -> list[list[Mapping[str, Any]]]:
    """The rows cut at a row without a value and where a break lies between two of them: no line is drawn across."""
    runs: list[list[Mapping[str, Any]]] = [[]]
    for row in rows:
        if row.get("status", "shown") != "shown":
            runs.append([])
            continue
        if runs[-1] and any(runs[-1][-1]["period_start"] < start <= row["period_start"] for start in breaks):
            runs.append([])
        runs[-1].append(row)
    return [run for run in runs if run]


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round values between two ends: steps of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / most
    power = 10 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
    return [step * index for index in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _tick(metric: Metric, value: float) -> str:
    text = f"{value:,.6g}".replace("-", "−") if abs(value) < 1e6 else f"{value / 1e6:,.4g}m"
    return f"£{text}" if metric["unit"] == "gbp" else f"{text}%" if metric["unit"] == "percent" else text


def _short(name: str, most: int = 19) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _stroke(path: str, colour: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _text(
    x: float, y: float, words: str, anchor: str, colour: str = LIGHT.ink, size: float = 7.5, bold: bool = False
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-family="{FONT}" font-size="{size}"{weight} '
        f'fill="{colour}">{escape(words)}</text>'
    )


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"{''.join(parts)}</svg>"
    )
