"""The topic pages: what they declare exists, and every claim equals the rows beneath it."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import store, topic_rows
from dashboards.figure_query import TOTAL, figures_where
from dashboards.tables.questions import invited
from dashboards.topic_page import TOPIC_PAGES
from dashboards.words.boards import overlap_sentence, part
from dashboards.words.breakdowns import listed_at, value_label
from dashboards.words.gaps import gap_words, gaps_headline
from dashboards.words.topics import (
    AP_PROFILES,
    CHARACTERISTICS,
    CRITERIA,
    PAIR_WORDS,
    TOPICS,
    metrics_of,
)
from pipelines.comparison.between_groups import BESIDE, IS_A_COUNT
from pipelines.published.catalogue import load_catalogue
from pipelines.published.mapping import load_breakdowns
from tests.dashboards.markup import markup
from tests.dashboards.places import CITY, CUMBRIA, ENGLAND, KENT, LEEDS, NORTH_EAST, RUTLAND, SCILLY, WESTMORLAND

Page = Callable[..., AppTest]


@pytest.mark.parametrize("topic", list(TOPICS))
def test_every_measure_of_a_topic_is_in_the_catalogue(topic: str) -> None:
    assert not set(metrics_of(TOPICS[topic])) - set(load_catalogue().definitions)


def test_every_group_that_a_topic_names_is_a_group_of_the_contract() -> None:
    held = load_breakdowns()
    assert {kind for _, kind in AP_PROFILES} | set(CHARACTERISTICS) <= set(held)
    pairs = {(kind, group) for kind, pair in BESIDE.items() for group in pair if group not in (None, "total")}
    assert all(group in held[kind].values for kind, group in pairs)
    assert {group for _, group in pairs} == set(PAIR_WORDS)
    assert {metric for metric, _ in AP_PROFILES} <= set(load_catalogue().definitions)


@pytest.mark.parametrize("page", list(TOPIC_PAGES))
def test_a_topic_page_of_any_area_has_a_headline_a_way_on_and_its_link(page: str, open_page: Page) -> None:
    for code in (KENT, RUTLAND, CITY, SCILLY, WESTMORLAND, CUMBRIA):
        shown = open_page(f"topics/{page}.py", area=code)
        text = markup(shown)
        assert text.count('class="headline"') >= 1, code
        assert "More on" in text
        assert f"?area={code}" in shown.code[-1].value


@pytest.mark.parametrize("page", ["inspection", "health"])
def test_a_page_about_local_authorities_says_so_for_a_region(page: str, open_page: Page) -> None:
    text = markup(open_page(f"topics/{page}.py", area=NORTH_EAST))
    assert "North East: " in text
    assert "of local authorities. Choose one" in text


def test_a_gap_is_a_difference_only_where_the_intervals_lie_apart(open_page: Page) -> None:
    page = open_page("topics/equality.py", area=LEEDS, by="sex")
    assert "25.0 percentage points higher for girls and young women than for boys and young men" in markup(page)
    store.pin()
    codes = {}
    for area in (LEEDS, KENT, RUTLAND, CITY):
        rows = topic_rows.gaps(["ehc_20wk_pct"], area, ENGLAND, "sex", "male")
        codes[area] = rows.row(0, named=True)["verdict_code"]
    assert codes == {LEEDS: "higher", KENT: "not_different", RUTLAND: "not_compared", CITY: "not_compared"}
    assert "Not tested: fewer than 30 children in a group" in markup(open_page("topics/equality.py", area=RUTLAND))
    assert "No figure of Isles of Scilly by sex is held in this version." in markup(
        open_page("topics/equality.py", area=SCILLY)
    )


def test_each_ethnic_group_stands_beside_all_children_of_the_area(open_page: Page) -> None:
    page = open_page("topics/equality.py", area=LEEDS, by="ethnicity")
    store.pin()
    rows = topic_rows.gaps(["ehc_20wk_pct"], LEEDS, ENGLAND, "ethnicity", "total")
    total = store.series("ehc_20wk_pct", [LEEDS]).filter(period="2024").row(0, named=True)
    for row in rows.iter_rows(named=True):
        assert row["beside_value"] == total["value"]
        if row["denominator"] >= 30:
            apart = row["lower"] > total["upper"], row["upper"] < total["lower"]
            words = {(True, False): "higher", (False, True): "lower", (False, False): "not_different"}
            assert row["verdict_code"] == words[apart]
    assert dict(rows.select("value_1", "verdict_code").rows()) == {
        "asian_indian": "lower",
        "white_british": "higher",
        "mixed_other": "not_compared",
    }
    assert (
        "Leeds, 1 measure by ethnicity: 2 of 2 comparisons are clear differences; 1 more cannot be tested."
        in markup(page)
    )


def test_free_school_meals_say_what_nobody_publishes(open_page: Page) -> None:
    text = markup(open_page("topics/equality.py", area=KENT, by="free_school_meals"))
    assert "No figure of Kent by free school meals is held in this version." in text


def test_an_area_in_two_boards_shows_both_and_whose_figures_they_are(open_page: Page) -> None:
    page = open_page("topics/health.py", area=WESTMORLAND)
    text = markup(page)
    assert "75% of it in NHS Lancashire and South Cumbria and 25% of it in NHS North East and North Cumbria" in text
    assert text.count("<caption>Newest figures of NHS") == 2
    assert "A figure of a board is not Westmorland and Furness’s." in text
    assert "<b>75.0%</b>" in text, "450 of 600"
    assert "Management information, as published" in text
    assert "August 2023: 75.0%. Much higher than England, with no clear change since July 2023." in text
    assert "This is a number, not a rate" in text, "numbers of children waiting are not compared"


def test_a_former_area_has_no_board_and_the_page_says_why(open_page: Page) -> None:
    text = markup(open_page("topics/health.py", area=CUMBRIA))
    assert "No integrated care board is recorded for Cumbria." in text
    assert "authorities of today only" in text


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "all"), (0.995, "more than 99%"), (0.75, "75%"), (0.003, "less than 1%")]
)
def test_a_part_is_all_only_when_it_is_all(share: float, words: str) -> None:
    assert part(share) == words


def test_a_board_that_is_the_area_is_said_to_be() -> None:
    board = {"name": "NHS X Integrated Care Board", "weight": 1.0, "share_of_icb": 1.0, "shared_with": None}
    assert overlap_sentence("X", [board]) == "X lies wholly in NHS X, and is the whole of it."
    half = board | {"share_of_icb": 0.6, "shared_with": "Y"}
    assert overlap_sentence("X", [half]) == "X lies wholly in NHS X, and is 60% of it. The board also serves Y."


def test_inspections_are_told_newest_first_with_those_of_the_area_before(open_page: Page) -> None:
    leeds = markup(open_page("topics/inspection.py", area=LEEDS))
    assert "The newest inspection of Leeds held here began on 15 May 2023" in leeds
    assert leeds.index("Framework of 2023") < leeds.index("Began 4 March 2019")
    assert "Significant weaknesses: <b>3</b>" in leeds
    westmorland = markup(open_page("topics/inspection.py", area=WESTMORLAND))
    assert "No area SEND inspection of Westmorland and Furness is in the files held." in westmorland
    assert "Began 18 March 2019<small>Cumbria</small>" in westmorland
    assert "there is no day to count from" in westmorland


def test_before_and_after_are_the_rows_on_either_side_of_the_inspection(open_page: Page) -> None:
    text = markup(open_page("topics/inspection.py", area=LEEDS))
    store.pin()
    own = store.series("ehc_20wk_pct", [LEEDS]).filter(value_1="total")
    values = dict(own.select("period", "value").rows())
    row = topic_rows.since(["ehc_20wk_pct"], LEEDS, own["period_start"][0].replace(2023, 5, 15)).row(0, named=True)
    assert (row["before_period"], row["period"]) == ("2022", "2024")
    assert (row["before_value"], row["value"]) == (values["2022"], values["2024"])
    assert row["difference"] == pytest.approx(values["2024"] - values["2022"])
    # 2023 is a known break of this measure.
    assert "as there is a break between the two. person-level collection began" in text


def test_a_question_is_asked_only_of_what_differs_or_has_moved(open_page: Page) -> None:
    text = markup(open_page("topics/inspection.py", area=LEEDS))
    store.pin()
    criteria = topic_rows.by_question(CRITERIA, store.metrics())
    assert criteria["metric_id"].to_list() == ["ehc_20wk_pct"]
    for area in (LEEDS, KENT, RUTLAND, WESTMORLAND):
        rows = {row["metric_id"]: row for row in store.area_figures(area).iter_rows(named=True)}
        row = rows["ehc_20wk_pct"]
        told = {row["trend_verdict_code"], row["previous_verdict_code"]} & {"rising", "falling"}
        differs = {row["neighbours_2025_verdict_code"], row["england_verdict_code"]} & {
            "higher", "lower", "much_higher", "much_lower"}  # fmt: skip
        asked = invited(CRITERIA, criteria, rows)["Question"].to_list()
        assert any(each.startswith("Plans issued") for each in asked) == bool(told or differs)
        assert all(each.endswith("?") for each in asked)
    assert "What evidence of your own answers it?" in text


def test_alternative_provision_leads_with_the_profile(open_page: Page) -> None:
    text = markup(open_page("topics/alternative_provision.py", area=LEEDS))
    assert "Leeds: 120 placements that the local authority pays for (January 2023)" in text
    assert text.index("Who the pupils are") < text.index("By question")
    assert '<span>30</span></td><td role="cell" data-label="Share" class="num"><span>25.0%</span>' in text
    empty = markup(open_page("topics/alternative_provision.py", area=SCILLY))
    assert "Isles of Scilly: no such number is set out by characteristics" in empty
    assert "Isles of Scilly: no measure has two periods with a value" in empty


def test_a_split_is_judged_by_the_number_of_its_own_period_and_not_shown_where_that_is_held_back(
    open_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page("topics/alternative_provision.py", area=LEEDS)
    store.pin()
    metric = "ap_la_funded_placements_count"
    kept = figures_where(TOTAL)
    assert topic_rows.profile(metric, LEEDS, ENGLAND, ["sex"]).height == 2
    # The same question where the publisher holds the number itself back.
    hidden = kept.replace("SELECT f.*", "SELECT f.* REPLACE ('suppressed' AS status, NULL AS value)")
    monkeypatch.setattr(
        topic_rows, "figures_where", lambda condition: hidden if condition == TOTAL else figures_where(condition)
    )
    assert topic_rows.profile(metric, LEEDS, ENGLAND, ["sex"]).is_empty()


def test_no_difference_is_worked_out_for_an_area_too_small_to_compare(open_page: Page) -> None:
    open_page("topics/inspection.py", area=LEEDS)
    store.pin()
    rows = [topic_rows.since(["share_00_pct"], code, date(2023, 6, 1)) for code in (LEEDS, CITY)]
    assert [row["difference"].is_null().all() for row in rows] == [False, True]
    assert rows[1].height == 1, "the figures themselves are told"


def test_very_small_numbers_are_not_set_out_by_group(open_page: Page) -> None:
    kent = markup(open_page("topics/alternative_provision.py", area=KENT))
    assert "Kent: no such number is set out by characteristics of pupils." in kent
    assert "by sex, January 2023: Kent" not in kent
    city = open_page("topics/equality.py", area=CITY, by="sex")
    assert "City of London: figures by group are not set out here" in markup(city)
    assert "<table" not in markup(city)
    assert not city.get("download_button")


def test_a_gap_that_is_not_tested_says_why_and_an_empty_set_says_so() -> None:
    row = {"verdict_code": "not_compared", "verdict_reason": IS_A_COUNT, "difference": None, "unit": "count"}
    assert gap_words(row, "a", "b", 0).startswith("Not tested: a number")
    assert (
        gaps_headline("Kent", pl.DataFrame(schema={"verdict_code": pl.String}), "Sex")
        == "No figure of Kent by sex is held in this version."
    )


def test_groups_stand_as_the_contract_lists_them_and_the_unknown_last() -> None:
    values = sorted(["white_british", "unknown", "asian_indian"], key=lambda each: listed_at("ethnicity", each))
    assert values[-1] == "unknown"
    assert value_label("ethnicity", "asian_indian") == "Asian - Indian"
    assert value_label("ethnicity", "not_a_group") == "Not a group"
