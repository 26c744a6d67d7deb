"""Charts say in words, in their table and in their picture the same thing."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboards import store
from dashboards.charts.comparison import comparison_chart
from dashboards.charts.drawing import spread
from dashboards.charts.funnel import spread_chart
from dashboards.charts.tiles import bands, tile_map
from dashboards.charts.trend import breaks_of, trend_chart
from dashboards.tables.figure_cell import figure_text
from dashboards.theme.palette import LIGHT
from tests.dashboards.places import CITY, LEEDS, SCILLY

METRIC = "ehc_20wk_pct"


@pytest.fixture
def asked(england_store: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The pages' own query layer over small England."""
    monkeypatch.setenv("INCLUSION_DATA_DIR", str(england_store))
    store.pin()
    return store


@pytest.fixture
def metric(asked: Any) -> dict[str, Any]:
    return asked.metrics().row(by_predicate=pl.col("metric_id") == METRIC, named=True)


@pytest.fixture
def places(asked: Any) -> dict[str, dict[str, Any]]:
    return {row["geography_code"]: row for row in asked.areas().iter_rows(named=True)}


@pytest.fixture
def own(asked: Any) -> pl.DataFrame:
    """Leeds over time."""
    return asked.series(METRIC, [LEEDS])


@pytest.fixture
def everywhere(asked: Any) -> pl.DataFrame:
    """All areas in 2024."""
    return asked.all_areas(METRIC, date(2024, 1, 1), date(2024, 12, 31))


def test_the_trend_plots_its_table_and_says_it_in_words(
    asked: Any, metric: dict[str, Any], places: dict[str, Any], own: pl.DataFrame
) -> None:
    chart = trend_chart(places[LEEDS], metric, own, asked.comparisons(METRIC, LEEDS), LIGHT)
    points = next(trace for trace in chart.figure.data if trace.mode == "markers")
    assert list(points.y) == own["value"].to_list()
    assert chart.rows["Value"].to_list() == [figure_text(row, metric) for row in own.iter_rows(named=True)]
    for row in own.iter_rows(named=True):
        assert f"{row['period']} {figure_text(row, metric)}" in chart.alt
    assert chart.headline.startswith(f"Leeds, 2024: {figure_text(own.row(-1, named=True), metric)}.")


def test_the_trend_line_does_not_cross_a_break(
    asked: Any, metric: dict[str, Any], places: dict[str, Any], own: pl.DataFrame
) -> None:
    chart = trend_chart(places[LEEDS], metric, own, asked.comparisons(METRIC, LEEDS).clear(), LIGHT)
    line = next(trace for trace in chart.figure.data if trace.mode == "lines")
    at = [str(x) for x in line.x].index("2023-01-01")
    assert None in list(line.y)[at - 1 : at + 1]
    assert breaks_of(metric, own) == {date(2023, 1, 1): "person-level collection began"}


def test_a_break_of_another_area_is_no_break_here(metric: dict[str, Any], own: pl.DataFrame) -> None:
    known = [{"period_start": "2023-01-01", "note": "elsewhere", "geography_code": CITY}]
    assert breaks_of(metric | {"known_breaks": json.dumps(known)}, own) == {}


def test_no_difference_is_explained_where_the_gap_looks_large(
    metric: dict[str, Any], places: dict[str, Any], own: pl.DataFrame
) -> None:
    rows = own.tail(1).with_columns(role=pl.lit("area"))
    similar = {
        "difference": -36.8, "comparator_value": 46.1, "comparator_label": "Similar areas",
        "verdict_code": "not_different", "verdict_reason": None,
    }  # fmt: skip
    chart = comparison_chart(places[LEEDS], metric, rows, similar, LIGHT)
    assert chart.headline == (
        "Leeds is 36.8 percentage points below similar areas taken together (46.1%). "
        "Areas usually differ from one another by as much: we do not call this a difference."
    )


def test_a_mean_of_areas_is_called_one_and_what_is_not_tested_is_not_called_a_difference(
    metric: dict[str, Any], places: dict[str, Any], own: pl.DataFrame
) -> None:
    rows = own.tail(1).with_columns(role=pl.lit("area"))
    similar = {
        "difference": 2.0, "comparator_value": 46.1, "comparator_label": "Similar areas (mean of areas)",
        "verdict_code": "not_compared", "verdict_reason": "Published without counts.",
    }  # fmt: skip
    assert comparison_chart(places[LEEDS], metric, rows, similar, LIGHT).headline == (
        "Leeds is 2.0 percentage points above the mean of similar areas (46.1%). "
        "Whether that is more than chance is not tested. Published without counts."
    )


def test_a_headline_names_only_what_is_drawn_beside_the_area(
    metric: dict[str, Any], places: dict[str, Any], own: pl.DataFrame
) -> None:
    england = pl.concat([own.tail(1).with_columns(role=pl.lit(each)) for each in ("area", "england")])
    for rows, said in ((england, "Leeds beside England."), (england.head(1), "Leeds beside nothing else.")):
        assert comparison_chart(places[LEEDS], metric, rows, None, LIGHT).headline == said


def test_the_funnel_counts_the_areas_it_fills(metric: dict[str, Any], everywhere: pl.DataFrame) -> None:
    chart = spread_chart(metric, everywhere, LIGHT, LEEDS)
    filled = sum(
        len(trace.x) for trace in chart.figure.data if trace.mode == "markers" and trace.marker.symbol == "circle"
    )
    different = everywhere.filter(
        pl.col("level") == "la", pl.col("verdict_code").is_in(["lower", "much_lower", "higher", "much_higher"])
    )
    assert filled == different.height > 0
    compared = everywhere.filter(pl.col("level") == "la", pl.col("verdict_code") != "not_compared").height
    assert re.match(rf"{different.height} areas? of {compared} compared differs? from England", chart.headline)
    names = everywhere.filter(pl.col("level") == "la", pl.col("status") == "shown").sort("sort_name")["name"]
    assert chart.rows["Area"].to_list() == names.to_list(), "areas stand by name, never by value"


def test_a_measure_without_counts_gets_no_limits_and_says_why(metric: dict[str, Any], everywhere: pl.DataFrame) -> None:
    money = metric | {"unit": "gbp", "interval_reason": "money has no interval", "decimals": 0}
    rows = everywhere.with_columns(
        pl.lit(None, pl.Float64).alias(name)
        for name in ("limit_lower_95", "limit_upper_95", "limit_lower_998", "limit_upper_998")
    )
    chart = spread_chart(money, rows, LIGHT, None)
    assert "No limits are drawn: money has no interval." in chart.headline


def test_every_current_authority_has_a_tile_and_a_missing_value_a_symbol(
    metric: dict[str, Any], everywhere: pl.DataFrame
) -> None:
    rows = everywhere
    chart = tile_map(metric, rows, LIGHT, None)
    tiles = chart.figure.data[0]
    assert len(tiles.z) == 153
    hollow = {text.split(":")[0] for text, z in zip(tiles.text, tiles.z, strict=True) if z is None}
    missing = rows.filter(pl.col("level") == "la", pl.col("status") != "shown")
    assert hollow == set(missing["name"]) >= {"Isles of Scilly", "City of London"}
    assert {SCILLY, CITY} <= set(missing["geography_code"])
    assert len(chart.figure.layout.annotations) == len(hollow)
    shown = rows.filter(pl.col("level") == "la", pl.col("status") == "shown")
    assert sum(count for *_, count in bands(shown, metric, 5)) == shown.height


def test_labels_move_apart_but_keep_their_order_and_middle() -> None:
    moved = spread([50.0, 51.0, 20.0], gap=5)
    assert moved[2] < moved[0] < moved[1]
    assert moved[1] - moved[0] >= 5 - 1e-9
    assert sum(moved) == pytest.approx(121.0)
