"""A sparkline as an SVG picture inside an <img>: st.html strips inline SVG but keeps pictures."""

from collections.abc import Sequence
from html import escape

from dashboards.charts.picture import picture_address

WIDTH, HEIGHT, PAD = 96, 28, 4
# One blue that keeps a contrast above 4 to 1 on white and on the dark page.
INK = "#3d80b8"


def sparkline(values: Sequence[float | None], alt: str) -> str:
    """An <img> of a series; empty when fewer than two values are shown."""
    svg = sparkline_svg(values)
    if not svg:
        return ""
    return f'<img class="spark" width="{WIDTH}" height="{HEIGHT}" alt="{escape(alt)}" src="{picture_address(svg)}">'


def sparkline_svg(values: Sequence[float | None]) -> str:
    """The picture of a series, oldest first; empty when fewer than two values are shown.

    A gap in the line is a value that is not shown; the dot is the latest value.
    """
    shown = [value for value in values if value is not None]
    if len(shown) < 2:
        return ""
    low, high = min(shown), max(shown)
    step = (WIDTH - 2 * PAD) / (len(values) - 1)
    height = (HEIGHT - 2 * PAD) / (high - low) if high > low else 0.0

    def place(index: int, value: float) -> tuple[float, float]:
        rise = (value - low) * height if height else (HEIGHT - 2 * PAD) / 2
        return round(PAD + index * step, 1), round(HEIGHT - PAD - rise, 1)

    points = [None if value is None else place(index, value) for index, value in enumerate(values)]
    path, pen = "", "M"
    for point in points:
        if point is None:
            pen = "M"
        else:
            path += f"{pen}{point[0]:g} {point[1]:g}"
            pen = "L"
    last = [point for point in points if point is not None][-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="2"/>'
        f'<circle cx="{last[0]:g}" cy="{last[1]:g}" r="3" fill="{INK}"/></svg>'
    )
