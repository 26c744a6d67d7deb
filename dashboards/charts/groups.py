"""One area's groups of children beside the same groups elsewhere: points with intervals, in the order of the list."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.charts.drawing import Chart, Metric, blank, interval_bars, tick_style, value_range
from dashboards.tables.figure_cell import figure_text
from dashboards.theme.palette import Palette
from dashboards.words.breakdowns import breakdown_label, listed_at, value_label
from dashboards.words.gaps import gap_words
from dashboards.words.headlines import plural
from dashboards.words.numbers import interval, number
from dashboards.words.strength import against_of
from dashboards.words.verdicts import LEVEL_WORDS, Verdict, level_sentence

ROW_HEIGHT = 30
MARKS = {"neighbours_2025": ("Similar areas", "diamond"), "england": ("England", "line-ns-open")}
GAP = "Beside all children here"


def group_chart(
    area: Mapping[str, Any],
    metric: Metric,
    breakdown: str,
    rows: pl.DataFrame,
    gaps: pl.DataFrame,
    colours: Palette,
) -> Chart:
    """Draw queries.groups.by_group: a row a group, all children first, never by value.

    Whether a group differs from the same group elsewhere is read from the verdicts; whether it lies apart from all
    children of the area, from `gaps` (topic_rows.gaps beside "total").
    """
    held = sorted(rows.to_dicts(), key=lambda row: listed_at(breakdown, row["value_1"]))
    names = {row["value_1"]: value_label(breakdown, row["value_1"]) for row in held}
    shown = [row for row in held if row["status"] == "shown"]
    figure = blank(ROW_HEIGHT * len(held) + 70, left=150, right=24)
    for comparator, (label, symbol) in MARKS.items():
        ink = colours.england if comparator == "england" else colours.neighbours
        known = [row for row in held if row[f"{comparator}_comparator_value"] is not None]
        figure.add_scatter(
            x=[row[f"{comparator}_comparator_value"] for row in known],
            y=[_folded(names[row["value_1"]]) for row in known],
            mode="markers",
            cliponaxis=False,
            marker={"color": ink, "symbol": symbol, "size": 11, "line": {"width": 2, "color": ink}},
            text=[f"{label}, {names[row['value_1']]}: {_number(row, comparator, metric)}" for row in known],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.add_scatter(
        x=[row["value"] for row in shown],
        y=[_folded(names[row["value_1"]]) for row in shown],
        mode="markers",
        cliponaxis=False,
        marker={"color": colours.area, "size": 10},
        error_x=interval_bars(shown, colours.area),
        text=[f"{names[row['value_1']]}: {figure_text(row, metric)}" for row in shown],
        hovertemplate="%{text}<extra></extra>",
    )
    ends = [row[end] for row in shown for end in ("value", "lower", "upper")]
    ends += [row[f"{comparator}_comparator_value"] for row in held for comparator in MARKS]
    low, high = value_range(ends, from_zero=metric["unit"] != "score")
    for row in held:
        if row["status"] != "shown":
            figure.add_annotation(
                x=low,
                y=_folded(names[row["value_1"]]),
                text=figure_text(row, metric),
                showarrow=False,
                xanchor="left",
                xshift=4,
            )
    figure.update_xaxes(range=[low, high], showgrid=True, gridcolor="rgba(128,128,128,0.25)", **tick_style(metric))
    figure.update_yaxes(
        categoryorder="array", categoryarray=[_folded(names[row["value_1"]]) for row in held][::-1],
        range=[-0.7, len(held) - 0.3], showgrid=False, ticks="",
    )  # fmt: skip
    told = "; ".join(f"{names[row['value_1']]} {figure_text(row, metric)}" for row in held)
    alt = f"Points with intervals by {breakdown_label(breakdown).lower()}, {metric['label']}, {area['name']}. {told}."
    return Chart(figure, group_headline(area, breakdown, held), alt, _table(area, breakdown, held, metric, gaps))


def group_headline(area: Mapping[str, Any], breakdown: str, held: list[dict[str, Any]]) -> str:
    """How many groups differ from the same group elsewhere, by name in the order of the list."""
    comparator, against = against_of(area["level"])
    code = f"{comparator}_verdict_code"
    groups = [row for row in held if row["value_1"] != "total"]
    shown = [row for row in groups if row["status"] == "shown"]
    told = [row for row in shown if row[code] in LEVEL_WORDS]
    if not told:
        beside = f"; none can be compared with {against}" if against else ""
        return f"{area['name']} has a figure for {len(shown)} of {plural(len(groups), 'group')}{beside}."
    parts = []
    for words, codes in (("higher than", ("higher", "much_higher")), ("lower than", ("lower", "much_lower"))):
        named = [value_label(breakdown, row["value_1"]) for row in told if row[code] in codes]
        if named:
            parts.append(f"{len(named)} {words} the same group in {against} ({'; '.join(named)})")
    same = sum(row[code] == "not_different" for row in told)
    if same:
        parts.append(f"{same} not different from " + ("it" if parts else f"the same group in {against}"))
    return f"Of {plural(len(told), 'group')} that can be compared: {'; '.join(parts)}."


def _table(
    area: Mapping[str, Any], breakdown: str, held: list[dict[str, Any]], metric: Metric, gaps: pl.DataFrame
) -> pl.DataFrame:
    told = {row["value_1"]: row for row in gaps.iter_rows(named=True)}
    return pl.DataFrame(
        [
            {
                breakdown_label(breakdown): value_label(breakdown, row["value_1"]),
                "Value": figure_text(row, metric),
                "95% interval": interval(row["lower"], row["upper"], metric["unit"], metric["decimals"]),
                "Same group, similar areas": _number(row, "neighbours_2025", metric),
                "Same group, England": _number(row, "england", metric),
                "Reading": _said(row, *against_of(area["level"])),
                GAP: _gap(told.get(row["value_1"]), metric),
            }
            for row in held
        ]
    )


def _said(row: Mapping[str, Any], comparator: str, against: str) -> str | None:
    code = row[f"{comparator}_verdict_code"]
    if code is None:
        return None
    words = level_sentence(Verdict(code, against, row[f"{comparator}_verdict_reason"]))
    return f"{LEVEL_WORDS[code][0]} {words}" if code in LEVEL_WORDS else words


def _gap(row: Mapping[str, Any] | None, metric: Metric) -> str | None:
    return None if row is None else gap_words(row, "this group", "all children", metric["decimals"])


def _number(row: Mapping[str, Any], comparator: str, metric: Metric) -> str | None:
    value = row[f"{comparator}_comparator_value"]
    return None if value is None else number(value, metric["unit"], metric["decimals"])


def _folded(name: str, width: int = 22) -> str:
    """A long name over two lines, so that it fits the margin."""
    if len(name) <= width:
        return name
    cut = name.rfind(" ", 0, width + 1)
    cut = cut if cut > 0 else name.find(" ")
    return f"{name[:cut]}<br>{name[cut + 1 :]}" if cut > 0 else name
