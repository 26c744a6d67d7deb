"""How far areas lie apart in each period: the range, the middle eight tenths, the middle half and the middle area."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from dashboards.charts.drawing import Chart, Metric, blank, tick_style, value_range
from dashboards.theme.palette import Palette
from dashboards.words.numbers import difference, number

# From outside in: two columns of a spread, their name, the width of the bar and how solid it is.
BANDS = (
    ("lowest", "highest", "All areas", 4, 0.18),
    ("p10", "p90", "Middle eight tenths", 10, 0.3),
    ("p25", "p75", "Middle half", 20, 0.5),
)


def spread_over_time(metric: Metric, spread: pl.DataFrame, england: Mapping[date, float], colours: Palette) -> Chart:
    """Draw queries.spread.spread_of as a box a period: boxes, because a band would run across a change of method."""
    rows = spread.to_dicts()
    figure = blank(340, left=52, right=16)
    for row in rows:
        for low, high, name, width, opacity in BANDS:
            figure.add_scatter(
                x=[row["period"]] * 2, y=[row[low], row[high]], mode="lines", hoverinfo="text",
                text=[f"{row['period']}, {name.lower()}: {_range(row, low, high, metric)}"] * 2,
                line={"color": colours.area, "width": width},
                opacity=opacity,
            )  # fmt: skip
        figure.add_scatter(
            x=[row["period"]], y=[row["middle"]], mode="markers", hoverinfo="text",
            text=[f"{row['period']}, middle area: {_words(row['middle'], metric)}"],
            marker={"symbol": "line-ew-open", "size": 20, "color": colours.ink, "line": {"width": 3}},
        )  # fmt: skip
        if row["period_start"] in england:
            value = england[row["period_start"]]
            figure.add_scatter(
                x=[row["period"]], y=[value], mode="markers", hoverinfo="text",
                text=[f"{row['period']}, England: {_words(value, metric)}"],
                marker={"symbol": "diamond", "size": 10, "color": colours.neighbours},
            )  # fmt: skip
    ends = [row[end] for row in rows for end in ("lowest", "highest")]
    figure.update_yaxes(range=list(value_range(ends, from_zero=metric["unit"] != "score")), **tick_style(metric))
    figure.update_xaxes(type="category", tickangle=0, nticks=6)
    headline = _headline(rows[-1], metric)
    told = "; ".join(f"{row['period']} from {_range(row, 'p25', 'p75', metric)}" for row in rows)
    alt = f"Boxes of {metric['label']} over local authorities. The middle half of areas: {told}."
    return Chart(figure, headline, alt, _table(rows, metric, england))


def _headline(last: Mapping[str, Any], metric: Metric) -> str:
    apart = difference(last["p75"] - last["p25"], metric["unit"], metric["decimals"])
    half = _range(last, "p25", "p75", metric, " and ")
    return f"{last['period']}: half of {last['areas']} areas lie between {half}, {apart} apart."


def _range(row: Mapping[str, Any], low: str, high: str, metric: Metric, joint: str = " to ") -> str:
    return f"{_words(row[low], metric)}{joint}{_words(row[high], metric)}"


def _words(value: float, metric: Metric) -> str:
    return number(value, metric["unit"], metric["decimals"])


def _table(rows: list[dict[str, Any]], metric: Metric, england: Mapping[date, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "Period": row["period"],
                "Areas": f"{row['areas']:,}",
                "Lowest to highest": _range(row, "lowest", "highest", metric),
                "Middle eight tenths": _range(row, "p10", "p90", metric),
                "Middle half": _range(row, "p25", "p75", metric),
                "Middle area": _words(row["middle"], metric),
                "England": _words(england[row["period_start"]], metric) if row["period_start"] in england else None,
            }
            for row in rows
        ]
    )
