"""A measure over time: one area, with England, its region and similar areas; breaks and standards marked."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboards.charts.bridge import bridge_note, bridge_rows, draw_bridge
from dashboards.charts.drawing import Chart, Metric, blank, interval_bars, spread, tick_style, value_range
from dashboards.charts.standard import draw_standard, standard_value
from dashboards.tables.figure_cell import figure_text
from dashboards.theme.palette import Palette
from dashboards.words.numbers import interval, measured
from dashboards.words.standards import standard_label
from dashboards.words.verdicts import Verdict, level_to_tell, reading

LINES = {"england": ("England", "dash"), "region": ("Region", "dot"), "neighbours_2025": ("Similar areas", "dashdot")}
HEIGHT = 360


def trend_chart(
    area: Mapping[str, Any],
    metric: Metric,
    own: pl.DataFrame,
    compared: pl.DataFrame,
    colours: Palette,
    bridged: pl.DataFrame | None = None,
) -> Chart:
    """Draw `own` (store.series of one area) and `compared` (store.comparisons of it), oldest first.

    `bridged` (store.bridged) are estimates for the years before the area began; a break stands between them and `own`.
    """
    figure = blank(HEIGHT, left=44, right=104)
    shown = own.filter(pl.col("status") == "shown")
    lines = {
        comparator: rows
        for comparator in LINES
        if (
            rows := compared.filter((pl.col("comparator") == comparator) & pl.col("comparator_value").is_not_null())
        ).height
    }
    estimates = bridged if bridged is not None and bridged.height else None
    breaks = breaks_of(metric, own, estimates)
    ends: list[tuple[str, str, date, float]] = []
    for comparator, rows in lines.items():
        name, dash = LINES[comparator]
        colour = {"england": colours.england, "region": colours.region}.get(comparator, colours.neighbours)
        xs, ys = _broken(rows["period_start"].to_list(), rows["comparator_value"].to_list(), breaks)
        figure.add_scatter(
            x=xs, y=ys, mode="lines", line={"color": colour, "dash": dash, "width": 2}, name=name, hoverinfo="skip"
        )
        ends.append((name, colour, rows["period_start"][-1], rows["comparator_value"][-1]))
    if estimates is not None:
        draw_bridge(figure, estimates, metric, colours)
    if shown.height:
        _own_line(figure, shown, metric, colours, breaks)
        ends.append((str(area["short_name"]), colours.area, shown["period_start"][-1], shown["value"][-1]))
    values = [*shown["value"], *shown["lower"], *shown["upper"], *(end[3] for end in ends), *standard_value(metric)]
    values += [value for rows in lines.values() for value in rows["comparator_value"]]
    values += [] if estimates is None else estimates["value"].to_list()
    low, high = value_range(values, from_zero=metric["unit"] in ("percent", "rate_per_1000", "rate_per_100", "count"))
    figure.update_yaxes(range=[low, high], **tick_style(metric))
    every = _periods(own, estimates)
    _period_axis(figure, every)
    _mark_breaks(figure, breaks, every)
    draw_standard(figure, metric, colours)
    _label_ends(figure, ends, (high - low) * 0.075)
    alt, rows = _alt(area, metric, shown, lines), _rows(own, metric, lines)
    if estimates is not None:
        first = estimates.row(0, named=True)
        alt += f" Before the area began, from {first['period']} on, estimates are drawn apart."
        rows = pl.concat([pl.DataFrame(bridge_rows(estimates, metric)), rows], how="diagonal_relaxed").select(
            rows.columns
        )
    return Chart(figure, _headline(area, metric, own, compared), alt, rows)


def _periods(own: pl.DataFrame, estimates: pl.DataFrame | None) -> pl.DataFrame:
    columns = ["period_start", "period"]
    return own.select(columns) if estimates is None else pl.concat([estimates.select(columns), own.select(columns)])


def breaks_of(metric: Metric, own: pl.DataFrame, bridged: pl.DataFrame | None = None) -> dict[date, str]:
    """First period after each break in the series → what changed: known breaks, the source's flag, another source.

    `own` is store.series of one area; a break known for another area alone is none here. Between estimates (`bridged`)
    and the first figure lies one too.
    """
    found = {
        date.fromisoformat(each["period_start"]): each["note"]
        for each in json.loads(metric["known_breaks"] or "[]")
        if each.get("geography_code") in (None, *own["geography_code"])
    }
    before: dict[str, Any] | None = None
    for row in own.iter_rows(named=True):
        if before and "break_in_series" in (row["quality_flags"] or ""):
            found.setdefault(row["period_start"], "The source marks a break here")
        if before and row["source"] != before["source"]:
            found.setdefault(row["period_start"], f"From here: {row['publication_title'] or row['source']}")
        before = row
    if bridged is not None and bridged.height and own.height:
        found[own["period_start"][0]] = bridge_note(bridged, "The area")
    starts = _periods(own, bridged)["period_start"].to_list()
    return {start: note for start, note in sorted(found.items()) if starts and starts[0] < start <= starts[-1]}


def _own_line(figure: Any, shown: pl.DataFrame, metric: Metric, colours: Palette, breaks: dict[date, str]) -> None:
    rows = shown.to_dicts()
    xs, ys = _broken([row["period_start"] for row in rows], [row["value"] for row in rows], breaks)
    figure.add_scatter(x=xs, y=ys, mode="lines", line={"color": colours.area, "width": 3}, hoverinfo="skip")
    figure.add_scatter(
        x=[row["period_start"] for row in rows],
        y=[row["value"] for row in rows],
        mode="markers",
        marker={"color": colours.area, "size": 8},
        error_y=interval_bars(rows, colours.area),
        text=[f"{row['period']}: {figure_text(row, metric)}" for row in rows],
        hovertemplate="%{text}<extra></extra>",
    )


def _broken(xs: list[date], ys: list[float], breaks: dict[date, str]) -> tuple[list[date], list[float | None]]:
    """The line with a gap where a break lies between two points."""
    out_x: list[date] = []
    out_y: list[float | None] = []
    for index, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if index and any(xs[index - 1] < start <= x for start in breaks):
            out_x.append(x)
            out_y.append(None)
        out_x.append(x)
        out_y.append(y)
    return out_x, out_y


def _period_axis(figure: Any, own: pl.DataFrame) -> None:
    rows = own.select("period_start", "period").unique(maintain_order=True).rows()
    step = max(1, -(-len(rows) // 4))
    kept = rows[::-1][::step][::-1]
    starts = [row[0] for row in rows]
    room = max((starts[-1] - starts[0]) * 0.04, timedelta(days=30)) if starts else timedelta()
    figure.update_xaxes(
        # Said outright, or the labels at the ends of the lines would widen the axis instead of using the margin.
        range=[starts[0] - room, starts[-1] + room] if starts else None,
        tickvals=[row[0] for row in kept],
        ticktext=[str(row[1]).replace("January ", "Jan<br>") for row in kept],
        tickangle=0,
    )


def _mark_breaks(figure: Any, breaks: dict[date, str], own: pl.DataFrame) -> None:
    starts = own["period_start"].to_list()
    for index, (start, note) in enumerate(breaks.items(), start=1):
        before = max(each for each in starts if each < start)
        middle = before + (start - before) / 2
        figure.add_vline(x=middle, line={"dash": "dot", "width": 1.5, "color": "#8a9095"})
        figure.add_annotation(
            x=middle,
            # In steps, so that the labels of two breaks close together can both be read.
            y=1 - 0.07 * ((index - 1) % 3),
            yref="paper",
            text=f"Break {index}",
            showarrow=False,
            xanchor="left",
            yanchor="top",
            hovertext=note,
        )


def _label_ends(figure: Any, ends: list[tuple[str, str, date, float]], gap: float) -> None:
    if not ends:
        return
    last = max(end[2] for end in ends)
    for (name, colour, _, _), height in zip(ends, spread([end[3] for end in ends], gap), strict=True):
        figure.add_annotation(
            x=last,
            y=height,
            text=_folded(name),
            showarrow=False,
            xanchor="left",
            xshift=9,
            font={"color": colour},
            align="left",
        )


def _folded(name: str, width: int = 15) -> str:
    """A long name over two lines, broken at a space."""
    if len(name) <= width or " " not in name:
        return name
    cut = name.rfind(" ", 0, width + 1)
    cut = cut if cut > 0 else name.find(" ")
    return f"{name[:cut]}<br>{name[cut + 1 :]}"


def _headline(area: Mapping[str, Any], metric: Metric, own: pl.DataFrame, compared: pl.DataFrame) -> str:
    if own.is_empty():
        return f"{metric['label']}: there is no figure for {area['name']}."
    last = own.row(-1, named=True)
    now = compared.filter(pl.col("period_start") == last["period_start"])
    verdicts = {row["comparator"]: row for row in now.iter_rows(named=True)}

    def verdict(name: str, against: str | None) -> Verdict | None:
        row = verdicts.get(name)
        return Verdict(row["verdict_code"], against or row["comparator_label"], row["verdict_reason"]) if row else None

    level = level_to_tell(verdict("neighbours_2025", "similar areas"), verdict("england", "England"))
    said = reading(level, verdict("trend", None), verdict("previous", None), metric["polarity"])
    return f"{area['name']}, {last['period']}: {figure_text(last, metric)}. {said.sentence.rstrip('.')}."


def _alt(area: Mapping[str, Any], metric: Metric, shown: pl.DataFrame, lines: Mapping[str, pl.DataFrame]) -> str:
    if shown.is_empty():
        return f"No chart: no value of {metric['label']} is shown for {area['name']}."
    told = "; ".join(f"{row['period']} {figure_text(row, metric)}" for row in shown.iter_rows(named=True))
    others = "".join(
        f" {LINES[comparator][0]}, {rows['period'][-1]}: {measured(rows['comparator_value'][-1], metric)}."
        for comparator, rows in lines.items()
    )
    standard = f" {label}." if (label := standard_label(metric)) else ""
    return f"Line chart of {metric['label']}. {area['name']}: {told}.{others}{standard}"


def _rows(own: pl.DataFrame, metric: Metric, lines: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    values = {
        comparator: dict(zip(rows["period_start"], rows["comparator_value"], strict=True))
        for comparator, rows in lines.items()
    }
    return pl.DataFrame(
        [
            {
                "Period": row["period"],
                "Value": figure_text(row, metric),
                "95% interval": interval(row["lower"], row["upper"], metric["unit"], metric["decimals"]),
                **{
                    LINES[comparator][0]: None
                    if (value := held.get(row["period_start"])) is None
                    else measured(value, metric)
                    for comparator, held in values.items()
                },
                "Source": row["publication_title"] or row["source"],
            }
            for row in own.iter_rows(named=True)
        ]
    )
