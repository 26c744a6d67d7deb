"""The standard of a measure, such as a statutory limit, as a line across a chart, labelled where it stands."""

from typing import Any

from dashboards.charts.drawing import Metric
from dashboards.theme.palette import Palette
from dashboards.words.standards import standard_label


def draw_standard(figure: Any, metric: Metric, colours: Palette) -> None:
    """Nothing for a measure without a standard; the axis must reach it (see standard_value)."""
    label = standard_label(metric)
    if label is None:
        return
    figure.add_hline(y=metric["standard_value"], line={"color": colours.limit, "width": 2, "dash": "longdash"})
    figure.add_annotation(
        xref="paper", x=0, y=metric["standard_value"], text=label, showarrow=False, xanchor="left", yanchor="bottom",
        xshift=4, font={"color": colours.ink},
    )  # fmt: skip


def standard_value(metric: Metric) -> list[float]:
    """The value the axis must reach: one, or none."""
    return [] if metric["standard_value"] is None else [metric["standard_value"]]
