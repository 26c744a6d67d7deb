"""Numbers, sentences and symbols: what the pages say, judged as a reader would."""

import re
from datetime import date

import pytest

from dashboards.words import codes, statuses, verdicts
from dashboards.words.evidence import age, share, withheld
from dashboards.words.headlines import Standing, family_headline
from dashboards.words.notes import Notes, with_note
from dashboards.words.numbers import difference, interval, measured, number
from dashboards.words.places import place_label
from dashboards.words.verdicts import Verdict, bearing_of, level_to_tell, reading
from pipelines.settings import PROJECT_ROOT

BANNED = re.compile(
    r"\b(stock|blame\w*|lever|failing area\w*|worst|gaming|pushed out|take their share|league table\w*)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (46.3713, "percent", 1, "46.4%"),
        (638745, "count", 0, "638,745"),
        (-0.04, "score", 1, "0.0"),
        (-1.42, "score", 2, "−1.42"),
        (8116.4, "gbp", 0, "£8,116"),
        (-250, "gbp", 0, "−£250"),
        (3.66, "rate_per_1000", 1, "3.7 per 1,000"),
        (12.5, "weeks", None, "12.5 weeks"),
    ],
)
def test_numbers_read_as_people_write_them(value: float, unit: str, decimals: int | None, text: str) -> None:
    assert number(value, unit, decimals) == text


def test_a_category_is_its_label_and_any_other_value_its_number() -> None:
    outcome = {"unit": "category", "decimals": 0, "value_labels": '{"0": "No", "1": "Yes"}'}
    assert [measured(value, outcome) for value in (0.0, 1.0, 2.0)] == ["No", "Yes", "2"]
    assert measured(12.34, {"unit": "percent", "decimals": 1, "value_labels": None}) == "12.3%"


def test_a_change_of_a_percentage_is_in_percentage_points_and_one_is_singular() -> None:
    assert difference(-3.94, "percent", 1) == "3.9 percentage points"
    assert difference(1.04, "percent", 1) == "1.0 percentage point"
    assert difference(1, "percent", 0) == "1 percentage point"
    assert difference(-1500, "gbp", 0) == "£1,500"


def test_an_interval_needs_both_ends() -> None:
    assert interval(46.11, 46.84, "percent", 1) == "46.1% to 46.8%"
    assert interval(None, 46.84, "percent", 1) is None


@pytest.mark.parametrize(
    ("code", "polarity", "bearing"),
    [
        ("lower", "higher_better", "unfavourable"),
        ("lower", "lower_better", "favourable"),
        ("much_higher", "lower_better", "unfavourable"),
        ("rising", "higher_better", "favourable"),
        ("much_higher", "neutral", "neutral"),
        ("not_different", "higher_better", "none"),
        ("not_compared", "lower_better", "none"),
    ],
)
def test_polarity_decides_which_side_is_better(code: str, polarity: str, bearing: str) -> None:
    assert bearing_of(code, polarity) == bearing


def test_a_reading_joins_level_and_movement() -> None:
    lower, falling = Verdict("lower", "similar areas"), Verdict("falling", "2018 to 2024")
    assert reading(lower, falling, None, "higher_better").sentence == (
        "Lower than similar areas, and falling over 2018 to 2024"
    )
    rising = Verdict("rising", "2023")
    assert reading(lower, None, rising, "higher_better").sentence == (
        "Lower than similar areas, but higher than in 2023"
    )
    still = Verdict("no_clear_change", "2018 to 2024")
    assert reading(lower, still, rising, "neutral").sentence == "Lower than similar areas, but higher than in 2023"
    assert reading(lower, still, None, "neutral").sentence == (
        "Lower than similar areas, with no clear change over 2018 to 2024"
    )
    steady = Verdict("no_clear_change", "2023")
    assert reading(None, None, steady, "neutral").sentence == "No clear change since 2023"


def test_a_reading_without_a_comparison_says_why_and_still_tells_the_movement() -> None:
    none = Verdict("not_compared", "similar areas", "Published without the counts behind it.")
    said = reading(none, Verdict("rising", "January 2019 to January 2025"), None, "lower_better")
    assert said.sentence == "Rising over January 2019 to January 2025"
    assert said.untold == "Not compared with similar areas"
    assert said.reason == "Published without the counts behind it."
    assert said.bearing == "none"


def test_a_reason_is_numbered_once_however_many_rows_have_it() -> None:
    notes = Notes()
    rows = [("A", "No counts."), ("B", "Too few."), ("C", "No counts."), ("D", None)]
    assert [with_note(words, reason, notes) for words, reason in rows] == [
        "A (note 1)", "B (note 2)", "C (note 1)", "D"]  # fmt: skip
    assert notes.listed() == ["No counts.", "Too few."]


def test_england_is_told_only_where_similar_areas_cannot_be() -> None:
    none, level = Verdict("not_compared", "similar areas"), Verdict("higher", "England")
    assert level_to_tell(Verdict("lower", "similar areas"), level) == Verdict("lower", "similar areas")
    assert level_to_tell(none, level) is level
    assert level_to_tell(None, level) is level
    assert level_to_tell(none, Verdict("not_compared", "England")) is none


def test_a_headline_counts_what_it_stands_over_and_names_the_strongest() -> None:
    standings = [
        Standing("A", "lower", "unfavourable", 2.0),
        Standing("B", "much_lower", "unfavourable", 4.0),
        Standing("C", "not_different", "none", 0.1),
        Standing("D", "not_compared", "none", 0.0),
        Standing("E", "higher", "neutral", 2.5),
    ]
    assert family_headline("Leeds", standings, not_shown=2, against="similar areas") == (
        "Of 4 measures that can be compared for Leeds: 2 less favourable than similar areas (B; A); "
        "1 different, in measures where neither is better, from similar areas (E); 1 not different from similar areas."
    )
    assert "none can be compared" in family_headline("Leeds", standings[3:4], not_shown=0, against="similar areas")
    assert family_headline("Leeds", [], not_shown=3, against="similar areas") == (
        "No figure is shown for Leeds in this family yet (3 measures listed)."
    )


def test_no_two_reasons_for_a_missing_value_look_or_read_alike() -> None:
    every = list(statuses.STATUSES.values())
    for attribute in ("symbol", "label", "meaning"):
        assert len({getattr(each, attribute) for each in every}) == len(every)


def test_every_verdict_has_a_symbol_and_words_of_its_own() -> None:
    assert len(set(verdicts.LEVEL_WORDS.values())) == len(verdicts.LEVEL_WORDS) == 5


def test_a_code_without_words_reads_as_it_is_written() -> None:
    assert codes.words_of(codes.FAMILIES, "new_family") == "new family"


def test_a_former_area_says_until_when() -> None:
    from datetime import date

    cumbria = {"name": "Cumbria", "level": "la", "is_current": False, "valid_to": date(2023, 3, 31)}
    assert place_label(cumbria) == "Cumbria (until 31 March 2023)"


def test_no_page_and_no_words_module_uses_a_banned_word() -> None:
    pages = [path for kind in ("*.py", "*.typ") for path in (PROJECT_ROOT / "dashboards").rglob(kind)]
    texts = [*pages, *(PROJECT_ROOT / "docs" / "methodology").rglob("*.md")]
    found = [
        f"{path.name}:{n}: {match.group()}"
        for path in texts
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := BANNED.search(line))
    ]
    assert not found


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (date(2025, 6, 26), "less than a month"), (date(2025, 6, 20), "1 month"), (date(2024, 12, 31), "6 months"),
        (date(2023, 7, 21), "2 years"), (date(2022, 1, 1), "3 years 6 months"),
    ],
)  # fmt: skip
def test_ages_are_whole_months_then_years(then: date, words: str) -> None:
    assert age(then, date(2025, 7, 21)) == words


def test_suppression_is_said_as_a_share_and_nought_is_nought() -> None:
    rows = [
        {"figures_held": held, "figures_suppressed": c, "suppressed_percent": 100 * c / held}
        for held, c in ((9, 0), (4, 1))
    ]
    assert [withheld(row) for row in rows] == ["none of 9 figures suppressed", "1 of 4 figures suppressed (25.0%)"]
    assert [share(each) for each in (None, 0, 0.01, 12.34)] == ["none held", "0%", "under 0.1%", "12.3%"]
