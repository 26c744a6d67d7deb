"""Small multiples: one measure over time for a few areas, as a picture that can stand many to a page and be printed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from dashboards.charts.drawing import Metric, spread
from dashboards.charts.picture import picture_address
from dashboards.theme.palette import Palette
from dashboards.words.numbers import number

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 54, 112, 12, 24
DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4", "4 2")
LABEL_GAP = 13.0


@dataclass(frozen=True)
class Line:
    """One area: its name, and each period's start, label and value, oldest first; None for a value not shown."""

    name: str
    points: Sequence[tuple[date, str, float | None]]


def value_ticks(lines: Sequence[Line], metric: Metric) -> list[float]:
    """Three to six round values that span the lines, from nought where that is honest."""
    values = [value for line in lines for _, _, value in line.points if value is not None]
    if not values:
        return [0.0, 1.0]
    low = min(values) if min(values) < 0 or metric["unit"] == "score" else 0.0
    high = max(values) if max(values) > low else low + 1.0
    size = 10.0 ** math.floor(math.log10((high - low) / 2))
    step = next(size * each for each in (1, 2, 5, 10) if (high - low) / (size * each) <= 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * each for each in range(first, last + 1)]


def small_multiple(
    metric: Metric, lines: Sequence[Line], breaks: Sequence[date], ticks: Sequence[float], colours: Palette
) -> str:
    """An <img> of up to six lines, over the values of `ticks`. A line stops at a break; a lone point is a dot."""
    starts = sorted({start for line in lines for start, _, value in line.points if value is not None})
    if not starts:
        return "<p>No value is shown for these areas.</p>"

    def across(start: date) -> float:
        days = (starts[-1] - starts[0]).days
        share = (start - starts[0]).days / days if days else 0.5
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def down(value: float) -> float:
        return _down(value, ticks)

    drawn = [_axes(metric, ticks, colours), _periods(lines, starts, colours)]
    ends: list[tuple[str, str, float]] = []
    for index, line in enumerate(lines):
        shown = [(start, value) for start, _, value in line.points if value is not None]
        if not shown:
            continue
        ink = colours.lines[index % len(colours.lines)]
        path = "".join(
            f"{'L' if joined else 'M'}{across(start):g} {down(value):g}"
            for (start, value), joined in zip(shown, _joined(line, breaks), strict=True)
        )
        drawn.append(
            f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="2.2" stroke-dasharray="{DASHES[index % 6]}"/>'
        )
        drawn += [f'<circle cx="{across(at):g}" cy="{down(value):g}" r="2.4" fill="{ink}"/>' for at, value in shown]
        ends.append((line.name, ink, down(shown[-1][1])))
    drawn.append(_labels(ends, colours))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="11" '
        f'font-family="Arial, Helvetica, sans-serif">{"".join(drawn)}</svg>'
    )
    return (
        f'<img class="multiple" width="{WIDTH}" height="{HEIGHT}" alt="{escape(multiple_words(metric, lines))}" '
        f'src="{picture_address(svg)}">'
    )


def multiple_words(metric: Metric, lines: Sequence[Line]) -> str:
    """The picture in words: the first and the last value shown of each area."""
    told = []
    for line in lines:
        shown = [(label, value) for _, label, value in line.points if value is not None]
        if not shown:
            told.append(f"{line.name}: no value shown")
            continue
        said = [
            f"{number(value, metric['unit'], metric['decimals'])} in {label}" for label, value in (shown[0], shown[-1])
        ]
        told.append(f"{line.name}: {', '.join(dict.fromkeys(said))}")
    return f"Line chart of {metric['label']}. {'; '.join(told)}."


def _joined(line: Line, breaks: Sequence[date]) -> list[bool]:
    """Whether each shown point is joined to the one before: not the first, not across a break, not across a gap."""
    joined: list[bool] = []
    before: date | None = None
    for start, _, value in line.points:
        if value is None:
            before = None
            continue
        joined.append(before is not None and not any(before < each <= start for each in breaks))
        before = start
    return joined


def _down(value: float, ticks: Sequence[float]) -> float:
    low, high = ticks[0], ticks[-1]
    return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)


def _axes(metric: Metric, ticks: Sequence[float], colours: Palette) -> str:
    step = ticks[1] - ticks[0]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    lines = []
    for value in ticks:
        y = _down(value, ticks)
        words = number(value, metric["unit"], decimals, with_unit=False)
        lines.append(
            f'<path d="M{LEFT} {y:g}H{WIDTH - RIGHT}" stroke="{colours.other}" stroke-opacity=".35"/>'
            f'<text x="{LEFT - 5}" y="{y + 4:g}" text-anchor="end" fill="{colours.ink}">{escape(words)}</text>'
        )
    return "".join(lines)


def _periods(lines: Sequence[Line], starts: Sequence[date], colours: Palette) -> str:
    labels = {start: label for line in lines for start, label, _ in line.points}
    y = HEIGHT - 7
    first = f'<text x="{LEFT}" y="{y}" fill="{colours.ink}">{escape(_short(labels[starts[0]]))}</text>'
    if len(starts) == 1:
        return first
    last = escape(_short(labels[starts[-1]]))
    return first + f'<text x="{WIDTH - RIGHT}" y="{y}" text-anchor="end" fill="{colours.ink}">{last}</text>'


def _short(label: str) -> str:
    return label.replace("January ", "Jan ")


def _labels(ends: Sequence[tuple[str, str, float]], colours: Palette) -> str:
    heights = spread([end[2] for end in ends], LABEL_GAP)
    x = WIDTH - RIGHT + 6
    return "".join(
        f'<path d="M{x} {y:g}h10" stroke="{ink}" stroke-width="3"/>'
        f'<text x="{x + 13}" y="{y + 4:g}" fill="{colours.ink}">{escape(_cut(name))}</text>'
        for (name, ink, _), y in zip(ends, heights, strict=True)
    )


def _cut(name: str, most: int = 15) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"
