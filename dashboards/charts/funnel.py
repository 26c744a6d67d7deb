"""All areas by the size of their denominator, against over-dispersed limits; by region where there are no counts."""

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import polars as pl

from dashboards.charts.drawing import Chart, Metric, blank, interval_bars, tick_style, value_range
from dashboards.tables.figure_cell import figure_text
from dashboards.theme.palette import Palette
from dashboards.words.headlines import plural
from dashboards.words.numbers import interval, measured
from dashboards.words.verdicts import LEVEL_WORDS

# What one area of a level is called.
NOUNS = {"la": "area", "icb": "board"}
# Letters that fit below the picture on a phone.
AXIS_TITLE = 40
DIFFERENT = ("much_lower", "lower", "higher", "much_higher")


def spread_chart(
    metric: Metric, rows: pl.DataFrame, colours: Palette, highlight: str | None, level: str = "la"
) -> Chart:
    """Draw the areas of a level of store.all_areas: a funnel where they have limits, else a strip a region.

    Boards lie across regions: they share one strip.
    """
    las = rows.filter((pl.col("level") == level) & (pl.col("status") == "shown"))
    england = next(iter(rows.filter(pl.col("level") == "national").to_dicts()), None)
    if las.is_empty():
        return Chart(
            blank(120),
            f"{metric['label']}: no {'board' if level == 'icb' else 'local authority'} has a figure.",
            "No chart: no figures.",
            pl.DataFrame(),
        )
    if las["limit_lower_95"].is_not_null().any():
        return _funnel(metric, las, england, colours, highlight)
    return _strips(metric, las, england, colours, highlight)


def _funnel(
    metric: Metric, las: pl.DataFrame, england: Mapping[str, Any] | None, colours: Palette, highlight: str | None
) -> Chart:
    figure = blank(440, right=70)
    drawn = las.filter(pl.col("limit_lower_95").is_not_null()).sort("denominator")
    for limit, dash in (("95", "dash"), ("998", "solid")):
        for side in ("lower", "upper"):
            figure.add_scatter(
                x=drawn["denominator"].to_list(),
                y=drawn[f"limit_{side}_{limit}"].to_list(),
                mode="lines",
                line={"color": colours.limit, "dash": dash, "width": 1.5},
                hoverinfo="skip",
            )
        figure.add_annotation(
            xref="paper", x=1, y=drawn[f"limit_upper_{limit}"][-1], text="95%" if limit == "95" else "99.8%",
            showarrow=False, xanchor="left", xshift=4, yshift=-7 if limit == "95" else 7, font={"color": colours.ink},
        )  # fmt: skip
    outside = pl.col("verdict_code").is_in(DIFFERENT)
    for group, colour, symbol in (
        (drawn.filter(~outside), colours.other, "circle-open"),
        (drawn.filter(outside), colours.area, "circle"),
    ):
        _points(figure, group, group["denominator"].to_list(), group["value"].to_list(), metric, colour, symbol, "y")
    if england and england["value"] is not None:
        figure.add_hline(y=england["value"], line={"color": colours.england, "width": 1.5})
        figure.add_annotation(
            xref="paper", x=1, y=england["value"], text="England", showarrow=False, xanchor="left", xshift=4
        )
    chosen = drawn.filter(pl.col("geography_code") == (highlight or "")).to_dicts()
    for row in chosen:
        _callout(figure, row["denominator"], row["value"], row, colours)
    values = [*drawn["value"], *drawn["limit_lower_998"], *drawn["limit_upper_998"]]
    figure.update_yaxes(range=list(value_range(values, from_zero=True)), **tick_style(metric))
    below = metric["denominator_label"] or "Denominator"
    figure.update_xaxes(
        type="log",
        title={"text": "<br>".join(wrap(f"{below} (each step is ten times the one before)", AXIS_TITLE))},
        automargin=True,
        dtick=1,
        tickformat=",d",
    )
    beyond = drawn.filter(outside).height
    noun = NOUNS[str(drawn["level"][0])]
    compared = drawn.filter(pl.col("verdict_code").is_in(list(LEVEL_WORDS))).height
    headline = (
        f"{plural(beyond, noun)} of {compared} compared differ{'s' if beyond == 1 else ''} from England by more than "
        f"{noun}s usually differ from one another."
    )
    alt = (
        f"Funnel chart of {metric['label']} by number of {metric['denominator_label'] or 'cases'}. {headline} "
        f"{_span(drawn, metric)} {_chosen_words(chosen, metric)}"
    ).strip()
    return Chart(figure, headline, alt, area_rows(las, metric))


def _strips(
    metric: Metric, las: pl.DataFrame, england: Mapping[str, Any] | None, colours: Palette, highlight: str | None
) -> Chart:
    figure = blank(400 if las["region_name"].n_unique() > 1 else 160, left=130)
    held = las.with_columns(pl.col("region_name").fill_null("Boards")).sort(
        "region_name", "sort_name", descending=[True, False]
    )
    _points(
        figure, held, held["value"].to_list(), held["region_name"].to_list(), metric, colours.area, "circle-open", "x"
    )
    if england and england["value"] is not None:
        figure.add_vline(x=england["value"], line={"color": colours.england, "width": 1.5})
        figure.add_annotation(
            x=england["value"], yref="paper", y=1.0, text="England", showarrow=False, yanchor="bottom"
        )
    chosen = held.filter(pl.col("geography_code") == (highlight or "")).to_dicts()
    for row in chosen:
        _callout(figure, row["value"], row["region_name"], row, colours)
    figure.update_xaxes(
        range=list(value_range(held["value"].to_list(), from_zero=metric["unit"] != "score")),
        showgrid=True, gridcolor="rgba(128,128,128,0.25)", **tick_style(metric),
    )  # fmt: skip
    why = str(metric["interval_reason"] or "no counts are published").rstrip(".")
    boards = held["level"][0] == "icb"
    apart = "How far boards lie apart" if boards else "How far areas lie apart in each region"
    headline = f"{apart}. No limits are drawn: {why[0].lower()}{why[1:]}."
    alt = f"Points{'' if boards else ' by region'}, {metric['label']}. {_span(held, metric)} "
    alt = (alt + _chosen_words(chosen, metric)).strip()
    return Chart(figure, headline, alt, area_rows(las, metric))


def _points(
    figure: Any, rows: pl.DataFrame, xs: list[Any], ys: list[Any], metric: Metric, colour: str, symbol: str, axis: str
) -> None:
    held = rows.to_dicts()
    bars = {f"error_{axis}": interval_bars(held, f"rgba{_with_alpha(colour, 0.35)}", width=0)}
    figure.add_scatter(
        x=xs,
        y=ys,
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 8, "line": {"width": 1.5, "color": colour}},
        text=[f"{row['short_name']}: {figure_text(row, metric)}" for row in held],
        hovertemplate="%{text}<extra></extra>",
        **bars,
    )


def _with_alpha(colour: str, alpha: float) -> tuple[int, int, int, float]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16), alpha


def _callout(figure: Any, x: float, y: Any, row: Mapping[str, Any], colours: Palette) -> None:
    marker = {"color": colours.limit, "size": 13, "symbol": "diamond", "line": {"width": 2, "color": colours.ink}}
    figure.add_scatter(x=[x], y=[y], mode="markers+text", marker=marker, text=[f"<b>{row['short_name']}</b>"],
                       textposition="top center", hoverinfo="skip", cliponaxis=False)  # fmt: skip


def _span(rows: pl.DataFrame, metric: Metric) -> str:
    values = rows["value"].to_list()
    low, high = (measured(value, metric) for value in (min(values), max(values)))
    return f"Values lie between {low} and {high}."


def _chosen_words(chosen: list[dict[str, Any]], metric: Metric) -> str:
    return "".join(f"{row['name']}: {figure_text(row, metric)}." for row in chosen)


def area_rows(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """The rows behind a chart of all areas, by name; boards have no region."""
    built = pl.DataFrame(
        [
            {
                "Area": row["name"],
                "Region": row["region_name"],
                "Value": figure_text(row, metric),
                "95% interval": interval(row["lower"], row["upper"], metric["unit"], metric["decimals"]),
                "Against England": _against_england(row),
            }
            for row in rows.sort("sort_name").iter_rows(named=True)
        ]
    )
    return built.drop("Region") if "icb" in rows["level"] else built


def _against_england(row: Mapping[str, Any]) -> str | None:
    if row["level"] == "national":
        return None
    if row["verdict_code"] not in LEVEL_WORDS:
        return row["verdict_reason"] or "Not compared"
    symbol, words = LEVEL_WORDS[row["verdict_code"]]
    return f"{symbol} {words} England"
