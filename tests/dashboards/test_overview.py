"""The overview, the groups, the comparisons and the changes say what their rows say: every area, every measure."""

import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboards import store, topic_rows
from dashboards.charts.groups import group_chart, group_headline
from dashboards.charts.multiples import Line, multiple_words, small_multiple, value_ticks
from dashboards.charts.spine import WIDTH, Spine, positions
from dashboards.charts.spread_over_time import spread_over_time
from dashboards.filters import Filters, narrowed
from dashboards.queries.changes import changes, decidable, standards
from dashboards.queries.groups import by_group, of_areas
from dashboards.queries.spread import groups_held, spread_of, spreads
from dashboards.tables.families import family_sentence
from dashboards.tables.figure_cell import figure_text
from dashboards.tables.spine import spine_table
from dashboards.theme.palette import LIGHT
from dashboards.words.changes import CLEAR, changes_headline
from dashboards.words.gaps import apart_sentence
from dashboards.words.numbers import on_one_scale
from dashboards.words.similar import sensitivity
from dashboards.words.strength import evidence_of
from dashboards.words.verdicts import LEVEL_WORDS, bearing_of
from dashboards.workbook import workbook
from tests.dashboards.markup import markup
from tests.dashboards.places import ENGLAND, KENT, LEEDS, NORTH_EAST, RUTLAND, SCILLY
from tests.dashboards.small_groups import AUTISTIC

Page = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _asked(england_store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions go to small England."""
    monkeypatch.setenv("INCLUSION_DATA_DIR", str(england_store))
    store.pin()


def place(code: str) -> dict[str, Any]:
    return store.areas().row(by_predicate=pl.col("geography_code") == code, named=True)


def metric(name: str = "ehc_20wk_pct") -> dict[str, Any]:
    return store.metrics().row(by_predicate=pl.col("metric_id") == name, named=True)


def areas() -> list[str]:
    return store.areas().filter("is_current", pl.col("level") == "la")["geography_code"].to_list()


@pytest.mark.slow
def test_every_family_sentence_of_every_area_counts_its_own_rows() -> None:
    for code in [*areas(), NORTH_EAST, ENGLAND]:
        area, figures = place(code), store.area_figures(code)
        for (family,), mine in store.metrics().group_by("family", maintain_order=True):
            said = family_sentence(area, mine, figures)
            rows = figures.filter(pl.col("metric_id").is_in(mine["metric_id"].implode()), status="shown")
            similar, england = pl.col("neighbours_2025_verdict_code"), pl.col("england_verdict_code")
            verdicts = rows.join(mine.select("metric_id", "polarity"), on="metric_id").select(
                pl.when(similar.is_in(list(LEVEL_WORDS))).then(similar).otherwise(england), "polarity"
            )
            told = [(each, polarity) for each, polarity in verdicts.rows() if each in LEVEL_WORDS]
            for words, bearing in (("less favourable", "unfavourable"), ("more favourable", "favourable")):
                count = sum(bearing_of(each, polarity) == bearing for each, polarity in told)
                assert (f"{count} {words} than" in said) == (count > 0), (code, family, said)
            same = sum(each == "not_different" for each, _ in told)
            assert (f"{same} not different from" in said) == (same > 0), (code, family, said)


def test_the_spine_chart_says_in_words_and_numbers_what_it_draws_for_every_area() -> None:
    metrics, spread = store.metrics(), spreads()
    for code in [*areas()[::12], SCILLY, NORTH_EAST]:
        figures = store.area_figures(code)
        html = spine_table(place(code), metrics, figures, spread, LIGHT, strongest=False)
        assert html.count('<img class="spine"') == html.count("; England ")
        for row in figures.iter_rows(named=True):
            of = metric(row["metric_id"])
            drawn = re.search(f'alt="[^"]*{re.escape(figure_text(row, of))}; England', html)
            assert bool(drawn) == (row["status"] == "shown" and row["england_comparator_value"] is not None
                                   and on_one_scale(of)), row["metric_id"]  # fmt: skip
        assert "rank" not in html.lower()


def test_the_range_drawn_is_the_range_of_the_rows() -> None:
    last = spread_of("ehc_20wk_pct").row(-1, named=True)
    rows = store.all_areas("ehc_20wk_pct", last["period_start"], last["period_end"])
    values = rows.filter(pl.col("level") == "la", pl.col("comparable"), pl.col("status") == "shown")["value"]
    assert last["areas"] == values.len()
    assert (last["lowest"], last["highest"]) == (values.min(), values.max())
    assert last["middle"] == pytest.approx(values.median())
    assert last["p25"] == pytest.approx(values.quantile(0.25, "linear"))


# As fine as published values are.
PUBLISHED = st.integers(-(10**10), 10**10).map(lambda n: n / 10_000)


@given(*[PUBLISHED] * 5)
def test_england_stands_in_the_middle_and_higher_is_to_the_right(
    a: float, b: float, c: float, d: float, e: float
) -> None:
    low, p25, p75, high = sorted((a, b, c, d))
    across = positions(Spine(e, p25, None, low, p25, p75, high, "different"))
    assert all(0 <= x <= WIDTH for x in across.values())
    assert across["p25"] == WIDTH / 2
    assert (across["value"] >= WIDTH / 2) == (e >= p25) or abs(e - p25) < 1e-3 * max(high - low, abs(e - p25), 1)


def test_filters_leave_what_they_say_and_a_need_changes_the_figures() -> None:
    metrics, groups = store.metrics(), groups_held()
    total, autistic = store.area_figures(LEEDS), store.area_figures(LEEDS, "primary_need", AUTISTIC)
    kept = narrowed(metrics, autistic, groups, Filters(None, AUTISTIC, "different"))
    assert 4 <= kept.height == sum(evidence_of(row) == "different" for row in autistic.iter_rows(named=True))
    assert set(narrowed(metrics, total, groups, Filters("Theme 0", None, None))["theme"]) == {"Theme 0"}
    joined = total.join(autistic, on="metric_id", suffix="_need")
    assert joined.height == 6
    assert (joined["value"] != joined["value_need"]).all()


def test_groups_are_told_by_their_verdicts_and_gaps_by_their_intervals() -> None:
    rows = by_group("share_00_pct", LEEDS, "primary_need")
    gaps = topic_rows.gaps(["share_00_pct"], LEEDS, ENGLAND, "primary_need", "total")
    chart = group_chart(place(LEEDS), metric("share_00_pct"), "primary_need", rows, gaps, LIGHT)
    assert chart.rows["Primary need"].to_list() == [
        "All children", "Autistic spectrum disorder", "Social, emotional and mental health",
    ]  # fmt: skip
    assert "lower than the same group in similar areas (Autistic spectrum disorder" in chart.headline
    gap = rows.filter(value_1=AUTISTIC)["value"][0] - rows.filter(value_1="total")["value"][0]
    autistic, everyone = (rows.filter(value_1=each).row(0, named=True) for each in (AUTISTIC, "total"))
    assert autistic["upper"] < everyone["lower"]
    assert chart.rows["Beside all children here"].to_list()[1] == (
        f"{abs(gap):.1f} percentage points lower for this group than for all children"
    )
    assert "lower than all children here: Autistic spectrum disorder" in apart_sentence("Leeds", gaps, "primary_need")
    for row in rows.iter_rows(named=True):
        assert figure_text(row, metric("share_00_pct")) in chart.alt


def test_no_group_is_named_that_its_row_does_not_tell() -> None:
    for code in areas()[::20]:
        for breakdown in ("primary_need", "sex"):
            rows = by_group("share_03_pct", code, breakdown)
            said = group_headline(place(code), breakdown, rows.to_dicts())
            codes = rows.filter(pl.col("value_1") != "total")["neighbours_2025_verdict_code"]
            higher = sum(each in ("higher", "much_higher") for each in codes)
            assert (f"{higher} higher than" in said) == (higher > 0)


def test_the_two_models_are_both_told_and_a_disagreement_is_named() -> None:
    low = {"verdict_code": "lower", "verdict_reason": None}
    same = {"verdict_code": "not_different", "verdict_reason": None}
    assert sensitivity({"neighbours_2025": low, "neighbours_2021": low}) == (
        "Both models say the same: lower than similar areas."
    )
    assert sensitivity({"neighbours_2025": low, "neighbours_2021": same}) == (
        "By the 2025 model: lower than similar areas. By the 2021 model: not different from similar areas. "
        "The reading depends on which areas are taken as similar."
    )


def test_mean_and_middle_of_a_group_are_of_its_shown_values() -> None:
    row = store.series("ehc_20wk_pct", [KENT]).row(-1, named=True)
    group = [LEEDS, KENT, SCILLY]  # Scilly's value is suppressed and must not count.
    held = store.series("ehc_20wk_pct", group).filter(period_start=row["period_start"], status="shown")["value"]
    told = of_areas("ehc_20wk_pct", group, row["period_start"], row["period_end"], row["source"])
    assert told == {"areas": 2, "mean": pytest.approx(held.mean()), "middle": pytest.approx(held.median())}


def test_the_measure_page_keeps_an_own_group_in_the_link_and_tests_nothing_against_it(open_page: Page) -> None:
    page = open_page("local/metric.py", metric="ehc_20wk_pct", area=LEEDS, group="own", **{"with": f"{KENT},{RUTLAND}"})
    text = markup(page)
    assert "the areas you chose; nothing is tested against your group" in text
    assert "Not tested: a group of your own" in text
    assert page.query_params["with"] == f"{KENT},{RUTLAND}"
    assert "Does the choice of similar areas matter?" in text


def test_the_compare_page_shows_each_figure_of_each_area_and_says_what_it_leaves_out(open_page: Page) -> None:
    wanted = "ehc_20wk_pct,ehc_plans,share_00_pct"
    page = open_page("local/compare.py", areas=f"{LEEDS},{SCILLY},{ENGLAND},E99999999", metrics=wanted)
    text = markup(page)
    assert "E99999999" in page.warning[0].value
    assert text.count('<img class="multiple"') == 3
    for code in (LEEDS, ENGLAND):
        for row in store.area_figures(code).filter(pl.col("metric_id").is_in(wanted.split(","))).iter_rows(named=True):
            assert figure_text(row, metric(row["metric_id"])) in text
    assert "Suppressed" in text


def test_a_small_multiple_tells_first_and_last_and_stops_at_a_break() -> None:
    own = store.series("ehc_20wk_pct", [LEEDS])
    line = Line("Leeds", own.select("period_start", "period", "value").rows())
    ticks = value_ticks([line], metric())
    assert ticks[0] == 0 and ticks[-1] >= own["value"].max() and 2 <= len(ticks) <= 6  # type: ignore[operator]
    picture = unquote(small_multiple(metric(), [line], [own["period_start"][3]], ticks, LIGHT))
    path = re.search(r'<path d="(M[^"]+)" fill="none"', picture)
    assert path and path.group(1).count("M") == 2
    words = multiple_words(metric(), [line])
    assert figure_text(own.row(0, named=True), metric()) in words
    assert figure_text(own.row(-1, named=True), metric()) in words


@given(st.lists(PUBLISHED, min_size=1, max_size=8))
def test_round_ticks_span_the_values(values: list[float]) -> None:
    from datetime import date

    line = Line("A", [(date(2020 + index, 1, 1), str(index), value) for index, value in enumerate(values)])
    ticks = value_ticks([line], {"unit": "percent", "decimals": 1, "label": ""})
    room = 1e-6 * max(1.0, *map(abs, values))
    assert ticks[0] <= min(values) + room and ticks[-1] >= max(values) - room
    assert 2 <= len(ticks) <= 7


def test_the_spread_over_time_plots_its_table() -> None:
    spread = spread_of("share_01_pct")
    chart = spread_over_time(metric("share_01_pct"), spread, {}, LIGHT)
    last = spread.row(-1, named=True)
    assert chart.headline.startswith(f"2024: half of {last['areas']} areas lie between {last['p25']:.1f}%")
    assert chart.rows["Middle area"].to_list() == [f"{row['middle']:.1f}%" for row in spread.iter_rows(named=True)]


def test_the_changes_page_lists_exactly_the_clear_changes_of_a_region_by_name(open_page: Page) -> None:
    rows = decidable(changes()).filter(region_code="E12000007", metric_id="share_00_pct")
    clear = rows.filter(pl.col("verdict_code").is_in(CLEAR))
    assert clear.height > 1
    text = markup(open_page("national/changes.py", region="E12000007", metric="share_00_pct"))
    assert changes_headline("London", rows.height, clear.height, clear.height) in text
    assert "Key measures whose latest change cannot be tested" not in text, "one measure was asked for"
    listed = re.findall(r'scope="rowgroup"[^>]*>([^<]+)<', text)
    assert listed == sorted(clear["name"].to_list())


def test_a_headline_of_changes_says_how_many_chance_would_give() -> None:
    assert changes_headline("England", 150, 11, 11) == (
        "11 changes of 150 tested in England are larger than chance and the usual swings, in 11 areas. "
        "About 8 of 150 would look so by chance alone."
    )


def test_standards_count_the_areas_that_meet_them() -> None:
    told = {row["metric_id"]: (row["areas"], row["meeting"]) for row in standards().iter_rows(named=True)}
    assert set(told) == {"ehc_20wk_pct", "share_00_pct", "share_01_pct"}, "neither side of a neutral one meets anything"
    for name, meets in (("share_00_pct", pl.col("value") >= 50), ("share_01_pct", pl.col("value") <= 50)):
        period = store.periods(name).row(0, named=True)
        rows = store.all_areas(name, period["period_start"], period["period_end"])
        shown = rows.filter(pl.col("level") == "la", pl.col("status") == "shown")
        assert told[name] == (shown.height, shown.filter(meets).height)
        assert 0 < told[name][1] < told[name][0]
    row = standards("E12000003").filter(metric_id="share_00_pct").row(0, named=True)
    assert row["areas"] == 15
    assert len(row["met_by"].split(", ")) == row["meeting"]


@given(st.lists(st.tuples(st.one_of(st.none(), st.text(max_size=8)), st.one_of(st.none(), st.floats())), max_size=5))
def test_a_workbook_reads_back_as_its_rows(rows: list[tuple[str | None, float | None]]) -> None:
    frame = pl.DataFrame({"Name": [row[0] for row in rows], "Value": [row[1] for row in rows]},
                         schema={"Name": pl.String, "Value": pl.Float64})  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"Rows": frame, "About": frame})))["Rows"]
    read = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert read[0] == ("Name", "Value")
    for (name, value), back in zip(frame.rows(), read[1:], strict=True):
        kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", name or "").replace("\r\n", "\n").replace("\r", "\n")
        assert (back[0] or "") == kept
        finite = value is not None and abs(value) != float("inf") and value == value
        assert (back[1] == pytest.approx(value)) if finite else back[1] is None
