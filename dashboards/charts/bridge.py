"""Earlier years of an area that did not exist yet, estimated from those it was made from: marked apart everywhere."""

from typing import Any

import polars as pl

from dashboards.charts.drawing import Metric
from dashboards.theme.palette import Palette
from dashboards.words.numbers import day, number

_METHODS = {
    "counts": "the ratio of their counts, each shared out",
    "amounts": "their numbers, each shared out",
    "rates": "the weighted mean of their rates, as no counts are published",
}


def draw_bridge(figure: Any, bridged: pl.DataFrame, metric: Metric, colours: Palette) -> None:
    """Open points on a dotted line, with no interval."""
    figure.add_scatter(
        x=bridged["period_start"].to_list(),
        y=bridged["value"].to_list(),
        mode="lines+markers",
        line={"color": colours.area, "dash": "dot", "width": 2},
        marker={"color": colours.area, "size": 8, "symbol": "circle-open"},
        text=[f"{row['period']}: {estimate(row, metric)}" for row in bridged.iter_rows(named=True)],
        hovertemplate="%{text}<extra></extra>",
    )


def estimate(row: dict[str, Any], metric: Metric) -> str:
    """ "46.4% (estimated)"."""
    return f"{number(row['value'], metric['unit'], metric['decimals'])} (estimated)"


def bridge_note(bridged: pl.DataFrame, area: str) -> str:
    """What was estimated, from whom, how and with which weights."""
    row = bridged.row(-1, named=True)
    methods = "; ".join(_METHODS[each] for each in bridged["bridge_method"].unique(maintain_order=True))
    return (
        f"{area} began on {day(row['changed_on'])}. Before that its values are our estimates from {row['made_from']}: "
        f"{methods}. Weights: {row['weight_basis']}"
    )


def bridge_rows(bridged: pl.DataFrame, metric: Metric) -> list[dict[str, Any]]:
    """The estimates as rows of the table below the chart."""
    return [
        {
            "Period": row["period"],
            "Value": estimate(row, metric),
            "95% interval": None,
            "Source": f"Estimated from {row['made_from']}",
        }
        for row in bridged.iter_rows(named=True)
    ]
