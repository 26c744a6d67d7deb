"""One area beside England, its region and its similar areas in one period: points with their intervals."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from dashboards.charts.drawing import Chart, Metric, blank, interval_bars, tick_style, value_range
from dashboards.tables.figure_cell import figure_text
from dashboards.theme.palette import Palette
from dashboards.words.numbers import difference, interval, measured
from dashboards.words.verdicts import Verdict, level_sentence

ROW_HEIGHT = 26
_BESIDE = {"england": "England", "region": "its region", "neighbour": "similar areas", "own": "the areas you chose"}


def beside_rows(
    area: Mapping[str, Any],
    rows: pl.DataFrame,
    start: date,
    country: str | None,
    group: Sequence[str],
    role_of_group: str = "neighbour",
) -> pl.DataFrame:
    """The rows of a comparison chart: store.series of all these areas in the period that starts then, with `role`.

    In the order area, country, region, then the areas of the group (neighbours: closest first).
    """
    roles = {area["geography_code"]: "area"}
    for code, role in (
        (country, "england"),
        (area["region_code"], "region"),
        *((each, role_of_group) for each in group),
    ):
        if code:
            roles.setdefault(code, role)
    places = dict(zip(roles, range(len(roles)), strict=True))
    return (
        rows.filter(pl.col("geography_code").is_in(list(roles)), pl.col("period_start") == start)
        .with_columns(
            role=pl.col("geography_code").replace_strict(roles), place=pl.col("geography_code").replace_strict(places)
        )
        .sort("place")
    )


def comparison_chart(
    area: Mapping[str, Any], metric: Metric, rows: pl.DataFrame, similar: Mapping[str, Any] | None, colours: Palette
) -> Chart:
    """Draw `rows` (store.series columns plus `role`) from top to bottom as they come, never by value.

    `role` is area, england, region, neighbour or own (a group of the reader's); `similar` is the row of
    store.comparisons with similar areas.
    """
    held = rows.to_dicts()
    names = [_name(row) for row in held]
    shown = [row for row in held if row["status"] == "shown"]
    figure = blank(ROW_HEIGHT * len(held) + 70, left=150, right=24)
    colour = {
        "area": colours.area,
        "england": colours.england,
        "region": colours.region,
        "neighbour": colours.neighbours,
        "own": colours.neighbours,
    }
    symbol = {"area": "circle", "england": "diamond", "region": "square"}
    for role, ink in colour.items():
        mine = [(name, row) for name, row in zip(names, held, strict=True) if row["role"] == role and row in shown]
        if mine:
            figure.add_scatter(
                x=[row["value"] for _, row in mine],
                y=[name for name, _ in mine],
                mode="markers",
                marker={"color": ink, "symbol": symbol.get(role, "circle-open"), "size": 10, "line": {"width": 2}},
                error_x=interval_bars([row for _, row in mine], ink),
                text=[f"{name}: {figure_text(row, metric)}" for name, row in mine],
                hovertemplate="%{text}<extra></extra>",
            )
    low, high = value_range(
        [row[end] for row in shown for end in ("value", "lower", "upper")], from_zero=metric["unit"] != "score"
    )
    for name, row in zip(names, held, strict=True):
        if row["status"] != "shown":
            figure.add_annotation(
                x=low, y=name, text=figure_text(row, metric), showarrow=False, xanchor="left", xshift=4
            )
    figure.update_xaxes(range=[low, high], showgrid=True, gridcolor="rgba(128,128,128,0.25)", **tick_style(metric))
    figure.update_yaxes(
        categoryorder="array", categoryarray=names[::-1], range=[-0.7, len(names) - 0.3], showgrid=False, ticks=""
    )
    said = "; ".join(f"{row['area']} {figure_text(row, metric)}" for row in held)
    alt = f"Points with intervals, {metric['label']}, {held[0]['period']}. {said}." if held else "No chart: no figures."
    return Chart(figure, _headline(area, metric, held, similar), alt, _table(held, metric))


def _name(row: Mapping[str, Any]) -> str:
    return f"<b>{row['area']}</b>" if row["role"] == "area" else str(row["area"])


def _headline(
    area: Mapping[str, Any], metric: Metric, held: list[dict[str, Any]], similar: Mapping[str, Any] | None
) -> str:
    drawn = [words for role, words in _BESIDE.items() if any(row["role"] == role for row in held)]
    if similar is None or similar["difference"] is None or _BESIDE["own"] in drawn:
        beside = ", ".join(drawn[:-1]) + (" and " if len(drawn) > 1 else "") + drawn[-1] if drawn else "nothing else"
        untested = "; nothing is tested against your group" if _BESIDE["own"] in drawn else ""
        return f"{area['name']} beside {beside}{untested}."
    way = "above" if similar["difference"] > 0 else "below" if similar["difference"] < 0 else "the same as"
    size = "" if way == "the same as" else f"{difference(similar['difference'], metric['unit'], metric['decimals'])} "
    value = measured(similar["comparator_value"], metric)
    mean = "mean of areas" in (similar["comparator_label"] or "")
    group = "the mean of similar areas" if mean else "similar areas taken together"
    lead = f"{area['name']} is {size}{way} {group} ({value})"
    if similar["verdict_code"] == "not_different":
        return f"{lead}. Areas usually differ from one another by as much: we do not call this a difference."
    if similar["verdict_code"] == "not_compared":
        return f"{lead}. Whether that is more than chance is not tested. {similar['verdict_reason'] or ''}".strip()
    verdict = Verdict(similar["verdict_code"], "similar areas", similar["verdict_reason"])
    return f"{lead}. {level_sentence(verdict).rstrip('.')}."


def _table(held: list[dict[str, Any]], metric: Metric) -> pl.DataFrame:
    roles = {
        "area": "This area",
        "england": "Country",
        "region": "Region",
        "neighbour": "Similar area",
        "own": "Your group",
    }
    return pl.DataFrame(
        [
            {
                "Area": row["area"],
                "Which": roles[row["role"]],
                "Value": figure_text(row, metric),
                "95% interval": interval(row["lower"], row["upper"], metric["unit"], metric["decimals"]),
                "Period": row["period"],
            }
            for row in held
        ]
    )
