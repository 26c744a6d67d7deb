"""One measure everywhere: a tile map, all areas against limits, how far they lay apart over time."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.charts.funnel import NOUNS, spread_chart
from dashboards.charts.spread_over_time import spread_over_time
from dashboards.charts.tiles import bands, tile_map
from dashboards.choices import choose
from dashboards.queries.spread import spread_of
from dashboards.tables.legend import band_legend
from dashboards.words.numbers import on_one_scale

Row = Mapping[str, Any]
VIEWS = {"map": "Map", "limits": "All areas", "time": "Spread over time"}


def levels_held(rows: pl.DataFrame) -> list[str]:
    """The levels whose areas have rows in store.all_areas, authorities first; authorities where nobody has any."""
    held = rows.filter(pl.col("status").is_not_null())["level"].to_list()
    return [level for level in NOUNS if level in held] or ["la"]


def map_of_areas(metric: Row, rows: pl.DataFrame, level: str, marked: str | None, file: str) -> None:
    """The tile map of store.all_areas with its key. `file` begins the names of what is saved."""
    picture = tile_map(metric, rows, shell.colours(), marked, level)
    shell.show_chart(picture, "map", f"{file}_map", width=720, measure=metric["label"])
    shown = rows.filter((pl.col("level") == level) & (pl.col("status") == "shown"))
    shell.html(band_legend(bands(shown, metric, 5), shell.colours(), rows, level))


def areas_and_limits(metric: Row, rows: pl.DataFrame, level: str, marked: str | None, file: str) -> None:
    """All areas against the limits, or by region where there are none."""
    picture = spread_chart(metric, rows, shell.colours(), marked, level)
    shell.show_chart(picture, "spread", f"{file}_all_areas", measure=metric["label"])


def apart_over_time(metric: Row, country: str) -> None:
    """How far local authorities lay apart in each period; nothing for a number, where areas differ in size."""
    spread = spread_of(metric["metric_id"])
    if spread.is_empty() or not on_one_scale(metric):
        shell.html("<p>Not drawn: this is a number that depends on the size of the area, or too few areas have it.</p>")
        return
    shell.html(
        "<p>Widest bar: the middle half of areas. Narrower: the middle eight tenths, then all areas. Line: the middle "
        "area. Diamond: England.</p>"
    )
    known = store.series(metric["metric_id"], [country]).filter(pl.col("value").is_not_null())
    england = dict(zip(known["period_start"], known["value"], strict=True))
    boxes = spread_over_time(metric, spread, england, shell.colours())
    shell.show_chart(boxes, "spread_over_time", f"{metric['metric_id']}_spread_over_time", measure=metric["label"])


def everywhere_section(metric: Row, last: Row, marked: str, country: str) -> None:
    """The section of the measure page: nothing is asked or drawn until the reader chooses a view.

    `last` is the newest figure of the area, which gives the period; `marked` is the area.
    """
    shell.html("<h3>All areas of England</h3>")
    view = choose("all", "Show all areas as", list(VIEWS), VIEWS.__getitem__, widget=st.segmented_control)
    if view is None:
        return
    rows = store.all_areas(metric["metric_id"], last["period_start"], last["period_end"])
    level, file = levels_held(rows)[0], f"{metric['metric_id']}_{last['period']}"
    if view == "map":
        map_of_areas(metric, rows, level, marked, file)
    elif view == "limits":
        areas_and_limits(metric, rows, level, marked, file)
    else:
        apart_over_time(metric, country)
