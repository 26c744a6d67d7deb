"""Every page of the public app, run whole over a published store."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.downloads import file_name, marked
from pipelines.settings import Settings
from tests.dashboards.conftest import PAGES
from tests.dashboards.markup import markup
from tests.dashboards.places import CITY, CUMBRIA, ENGLAND, LEEDS, NORTH_EAST, SCILLY, WESTMORLAND
from tests.dashboards.small_england import publish_small_england

Page = Callable[..., AppTest]
# The submit app's pages stand in an app of their own, with its own tests.
EVERY_PAGE = sorted(p.relative_to(PAGES).as_posix() for p in PAGES.rglob("*.py") if p.parent.name != "submit")


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_page_opens_with_one_main_heading_and_names_its_version(name: str, open_page: Page) -> None:
    text = markup(open_page(name))
    assert text.count("<h1>") == 1
    assert "Data version" in text


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_an_empty_store_is_explained_on_every_page(name: str, open_page: Page, tmp_path: Path) -> None:
    text = markup(open_page(name, data_dir=tmp_path))
    assert "No figures have been published here yet" in text
    assert "inclusion run" in text


def test_an_area_link_opens_that_area_and_the_address_keeps_it(open_page: Page) -> None:
    page = open_page("local/area.py", area=LEEDS)
    assert "<h2>Leeds</h2>" in markup(page)
    assert page.query_params["area"] == LEEDS
    page.selectbox[0].set_value(SCILLY).run()
    assert not page.exception
    assert "<h2>Isles of Scilly</h2>" in markup(page)
    assert page.query_params["area"] == SCILLY


def test_a_link_to_an_area_that_is_not_there_says_so_and_shows_no_figures(open_page: Page) -> None:
    page = open_page("local/area.py", area="E99999999")
    assert "E99999999" in page.warning[0].value
    assert "<table" not in markup(page)


HOSTILE = "![x](https://a.example/p.png) [go](https://a.example) `:red[now]` <b>" + "z" * 500


def test_a_link_cannot_write_on_the_page_that_it_asks_for(open_page: Page) -> None:
    for page, name in (("local/area.py", "area"), ("local/compare.py", "areas"), ("topics/health.py", "board")):
        shown = open_page(page, **{"area": WESTMORLAND, name: HOSTILE})
        said = shown.warning[0].value
        quoted = said[said.index("`") + 1 : said.rindex("`")]
        assert "`" not in quoted, "as code, Markdown makes no picture or link of it"
        assert len(said) < 200
        assert "a.example" not in markup(shown)


def test_the_link_to_a_topic_page_holds_only_what_was_chosen(open_page: Page) -> None:
    link = open_page("topics/health.py", area=WESTMORLAND, board="x&area=E99999999#").code[-1].value
    assert parse_qs(urlsplit(link).query)["area"] == [WESTMORLAND]
    assert "E99999999" not in link


def test_the_table_of_an_area_shows_value_interval_comparators_and_words(open_page: Page) -> None:
    from dashboards import store

    text = markup(open_page("local/area.py", area=LEEDS, show="all", family="outcomes_experiences"))
    store.pin()
    row = store.area_figures(LEEDS).filter(metric_id="ehc_20wk_pct").row(0, named=True)
    assert f"<b>{row['value']:.1f}%</b><small>{row['lower']:.1f}% to {row['upper']:.1f}%</small>" in text
    for comparator in ("england", "region", "neighbours_2025"):
        assert f"<span>{row[f'{comparator}_comparator_value']:.1f}%</span>" in text
    assert 'alt="Leeds: ' in text
    assert "Not collected yet" in text
    assert text.count("<caption>") == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (SCILLY, "Suppressed"),
        (SCILLY, "So few children live here that figures are shown but not compared"),
        (CITY, "Low"),
        (CUMBRIA, "was replaced by"),
        (WESTMORLAND, "replaced"),
        (NORTH_EAST, "North East"),
        (ENGLAND, "England"),
    ],
)
def test_areas_of_every_kind_are_shown_as_what_they_are(code: str, words: str, open_page: Page) -> None:
    assert words in markup(open_page("local/area.py", area=code))


def test_a_reason_for_no_comparison_stands_once_below_the_table_and_its_number_in_each_row(open_page: Page) -> None:
    for choices in ({}, {"family": "outcomes_experiences"}):
        text = markup(open_page("local/area.py", area=CITY, show="all", **choices))
        assert text.count("too few children for a fair comparison") == 1
        assert text.count("Not compared with similar areas (note 1)") > 3


def test_england_is_set_beside_nothing_and_a_region_only_beside_england(open_page: Page) -> None:
    family = "outcomes_experiences"
    england = markup(open_page("local/area.py", area=ENGLAND, show="all", family=family))
    region = markup(open_page("local/area.py", area=NORTH_EAST, show="all", family=family))
    assert "Similar areas</th>" not in england + region
    assert ">England</th>" in region
    assert ">England</th>" not in england


@pytest.mark.slow
def test_every_measure_has_a_page_for_an_area(open_page: Page) -> None:
    from dashboards import store

    open_page("start.py")
    store.pin()
    for metric in store.metrics().iter_rows(named=True):
        page = open_page("local/metric.py", metric=metric["metric_id"], area=LEEDS)
        assert metric["label"] in markup(page)


def test_a_measure_page_gives_chart_table_download_lineage_and_link(open_page: Page) -> None:
    page = open_page("local/metric.py", metric="ehc_20wk_pct", area=LEEDS)
    text = markup(page)
    assert [chart.key for chart in page.get("plotly_chart")] == ["trend", "beside", "groups"]
    assert text.count("<caption>") >= 3
    assert "Receipt (sha256)" in text
    assert "test.csv, row 2, column value" in text
    assert "Break 1" in text
    assert [button.key for button in page.get("download_button")] == [
        f"download_ehc_20wk_pct_{LEEDS}_trend", f"download_ehc_20wk_pct_{LEEDS}_compared",
        f"download_ehc_20wk_pct_{LEEDS}_by_ethnicity", "csv_ehc_20wk_pct", "xlsx_ehc_20wk_pct",
    ]  # fmt: skip
    assert page.code[0].value.endswith(f"?metric=ehc_20wk_pct&area={LEEDS}&group=2025&by=ethnicity")


def test_a_measure_nobody_publishes_says_so(open_page: Page) -> None:
    text = markup(open_page("local/metric.py", metric="advice_6wk_pct", area=LEEDS))
    assert "There is no figure for Leeds" in text
    assert "No publication and no return held here gives it yet" in text


def test_the_national_page_shows_map_funnel_and_regions_by_name(open_page: Page) -> None:
    page = open_page("national/england.py", metric="ehc_20wk_pct", area=LEEDS)
    text = markup(page)
    assert [chart.key for chart in page.get("plotly_chart")] == ["trend", "map", "spread", "spread_over_time"]
    names = ["East Midlands", "East of England", "England", "London", "North East", "North West"]
    regions = text[text.rindex("<caption>") :]
    places = [regions.index(f'role="rowheader">{name}</th>') for name in names]
    assert places == sorted(places)
    assert "rank" not in text.lower()


def test_a_choice_of_period_moves_every_figure_of_the_national_page(open_page: Page) -> None:
    now, then = (markup(open_page("national/england.py", metric="ehc_20wk_pct", period=p)) for p in ("2024", "2019"))
    assert "Plans issued within 20 weeks, 2019" in then
    assert now != then


@pytest.mark.slow
def test_the_synthetic_world_says_so_on_every_page(
    open_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_small_england(Settings(data_dir=tmp_path, world="synthetic"), measures=1)
    monkeypatch.setenv("INCLUSION_WORLD", "synthetic")
    for name in EVERY_PAGE:
        text = markup(open_page(name, data_dir=tmp_path))
        assert "SYNTHETIC: invented places and invented figures" in text
        assert "Contains public sector information" not in text
    assert file_name("ehc_2023/24_map") == "SYNTHETIC_ehc_2023-24_map"
    assert marked(pl.DataFrame({"a": [1]})).to_dicts() == [{"a": 1, "world": "SYNTHETIC"}]


@pytest.mark.slow
def test_a_page_reads_one_version_and_the_next_run_reads_the_newer(open_page: Page, tmp_path: Path) -> None:
    first = publish_small_england(Settings(data_dir=tmp_path), measures=1)
    page = open_page("start.py", data_dir=tmp_path)
    assert first.version_id in markup(page)
    second = publish_small_england(Settings(data_dir=tmp_path), measures=2)
    page.run()
    assert second.version_id in markup(page)


def test_the_returns_badge_counts_bodies_and_says_what_this_area_sent() -> None:
    from datetime import date, datetime

    import polars as pl

    from dashboards.tables.returns_in import returns_badge

    common = {"return_title": "SEN2", "period": "2025", "reference_date": date(2025, 1, 16), "body_kind": "la"}
    returns = pl.DataFrame(
        [
            common | {"geography_code": "A", "status": "returned", "received_at": datetime(2025, 3, 4)},
            common | {"geography_code": "B", "status": "missing", "received_at": None},
            common | {"geography_code": "C", "status": "missing", "received_at": None},
        ]
    )
    assert "16 January 2025: 1 of 3 local authorities in" in returns_badge(returns)
    assert "this area's is in, 4 March 2025" in returns_badge(returns, "A")
    assert "this area's has not come" in returns_badge(returns, "B")
    assert returns_badge(returns.clear()) == ""


def test_the_evidence_behind_a_figure_stands_folded_beside_it(open_page: Page) -> None:
    text = markup(open_page("local/area.py", area=LEEDS, show="all", family="outcomes_experiences"))
    assert '<details class="evidence"><summary>Evidence, revised once</summary>' in text
    assert "6 of 7 periods that could have a figure; in the newest, 148 of 153 local authorities have one" in text
    assert "4 of 80 figures suppressed (5.0%)" in text


def test_years_before_an_area_began_are_estimates_that_a_link_can_leave_out(open_page: Page) -> None:
    shown = open_page("local/metric.py", metric="ehc_20wk_pct", area=WESTMORLAND)
    assert "(estimated)" in markup(shown)
    assert "Before that its values are our estimates from Cumbria" in markup(shown)
    hidden = open_page("local/metric.py", metric="ehc_20wk_pct", area=WESTMORLAND, bridged="hide")
    assert "estimate" not in markup(hidden)
    assert "bridged=hide" in hidden.code[0].value
    assert "Years before" not in markup(open_page("local/metric.py", metric="ehc_20wk_pct", area=LEEDS))


def test_figures_given_twice_are_counted_and_those_that_differ_say_why(open_page: Page) -> None:
    text = markup(open_page("about/agreements.py"))
    assert "Of 10 figures compared, 8 agree and 2 differ, 1 of them unexplained." in text
    assert text.index(">Leeds<") < text.index(">Kent<"), "what nobody has explained stands first"
    assert "Rounded differently" in text


def test_a_borough_names_its_part_of_london_and_a_small_area_says_why_it_is_not_compared(open_page: Page) -> None:
    text = markup(open_page("local/area.py", area=CITY))
    assert "Local authority in London (Inner London)" in text
    assert "figures are shown but not compared" in text


def test_a_measure_of_boards_has_its_map_limits_and_names_on_the_page_of_england(open_page: Page) -> None:
    page = open_page("national/england.py", metric="slt_wait_over18wk_pct")
    text = markup(page)
    assert [chart.key for chart in page.get("plotly_chart")] == ["trend", "map", "spread"]
    assert "13 boards with a figure, 29 without" in text
    assert "by more than boards usually differ" in text
    assert "Lancashire and South Cumbria" in text[text.index("higher than England") :][:80]


def test_the_measure_page_draws_all_areas_only_when_asked_and_keeps_the_choice(open_page: Page) -> None:
    asked = {"map": "map", "limits": "spread", "time": "spread_over_time"}
    for view, key in asked.items():
        page = open_page("local/metric.py", metric="ehc_20wk_pct", area=LEEDS, all=view)
        assert [chart.key for chart in page.get("plotly_chart")] == ["trend", "beside", key, "groups"]
        assert f"all={view}" in page.code[0].value


def test_a_measure_with_a_standard_draws_it_and_says_whether_it_was_met(open_page: Page) -> None:
    page = open_page("local/metric.py", metric="ehc_20wk_pct", area=LEEDS)
    assert "Limit in law (100%). Leeds, 2024: not met." in markup(page)
    drawn = page.get("plotly_chart")[0].proto
    assert "Limit in law: 100%" in drawn.spec
    assert "Limit in law: 100%." in drawn.alt


def test_figures_that_were_revised_are_listed_with_what_they_were(open_page: Page) -> None:
    text = markup(open_page("local/metric.py", metric="ehc_20wk_pct", area=LEEDS))
    row = text[text.index("figures that a later release or correction changed") :]
    assert "10.0%" in row
    assert "26 June 2025" in row
