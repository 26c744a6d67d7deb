"""Against the period before, and along a trend; never across a break."""

import json

import pytest

from tests.comparison.invented_country import AUTHORITIES, catalogue, compare, figure, one, whole_country

STEADY = {"A05": 0.50}


def years(*shares_of_a05: float, start: int = 2020) -> list[dict]:
    return [row for i, share in enumerate(shares_of_a05) for row in whole_country(start + i, {"A05": share})]


def test_a_fall_far_beyond_the_usual_change_is_falling():
    rows = whole_country(2023, STEADY) + whole_country(2024, {"A05": 0.25})
    compared = compare(rows)
    row = one(compared, "A05", "previous")
    assert row["verdict_code"] == "falling"
    assert row["comparator_label"] == "2023"
    assert row["comparator_value"] == pytest.approx(50)
    assert row["difference"] == pytest.approx(-25)
    assert row["difference_lower"] < -25 < row["difference_upper"] < 0
    assert one(compared, "A06", "previous")["verdict_code"] == "no_clear_change"


def test_a_change_by_hand():
    # All stand still at one half but A05, which falls to a quarter of 400 from a half of 100. On the scale that is
    # asin(0.5) - asin(sqrt 0.5) = -0.261799; nobody else moves, so chance alone: sqrt(1/1600 + 1/400) = 0.0559017.
    half = dict.fromkeys(AUTHORITIES, 0.5)
    compared = compare(whole_country(2023, half, size=100) + whole_country(2024, half | {"A05": 0.25}))
    row = one(compared, "A05", "previous")
    assert row["phi"] == pytest.approx(0, abs=1e-12)
    assert row["adjusted_z"] == pytest.approx(-0.261799 / 0.0559017, abs=1e-4)
    # sin^2(0.523599 - 0.109567) = 0.161850 and sin^2(0.523599 + 0.109567) = 0.350109, less a half.
    assert row["difference_lower"] == pytest.approx(-33.8150, abs=1e-3)
    assert row["difference_upper"] == pytest.approx(-14.9891, abs=1e-3)


def test_how_areas_usually_change_is_learnt_from_authorities_that_are_large_enough_in_both_years():
    half, few = dict.fromkeys(AUTHORITIES, 0.5), {"A01", "A02", "A03"}
    rows = whole_country(2023, half) + whole_country(2024, half)
    # Regions and England rise steeply, and so do three authorities with a share of few in one of the years.
    for row in rows:
        if row["period_start"].year == 2024 and row["geography_code"] in few | {"R1", "R2", "ENG"}:
            row |= {"numerator": 0.9 * row["denominator"]}
        if row["period_start"].year == 2023 and row["geography_code"] in few:
            row |= {"numerator": 14.0, "denominator": 29.0}
    compared = compare(rows)
    assert one(compared, "A05", "previous")["phi"] == pytest.approx(0, abs=1e-12)
    assert one(compared, "ENG", "previous")["verdict_code"] == "rising"


@pytest.mark.parametrize(("before", "verdict"), [((5.0, 1000.0), "no_clear_change"), ((3.0, 1100.0), "not_compared")])
def test_a_change_of_a_rate_needs_five_expected_at_the_rate_of_both_years(before, verdict):
    # 5 of 1,000 and 20 of 4,000: 1,000 x 25/5,000 = 5 expected. 3 of 1,100: 1,100 x 23/5,100 = 4.96.
    rate = {"interval_method": "byar"}
    rows = [figure(code, year, 20.0, 4000.0, **rate) for code in AUTHORITIES for year in (2023, 2024)]
    rows[0] |= {"numerator": before[0], "denominator": before[1]}
    row = one(compare(rows, catalogue(unit="rate_per_1000", stat_method="rate_byar")), "A01", "previous")
    assert row["verdict_code"] == verdict
    assert ("Fewer than 5 expected" in (row["verdict_reason"] or "")) == (verdict == "not_compared")


def test_the_same_change_everywhere_is_rising_everywhere_and_in_england():
    early = whole_country(2023, dict.fromkeys(AUTHORITIES, 0.4), size=2000)
    late = whole_country(2024, dict.fromkeys(AUTHORITIES, 0.5), size=2000)
    compared = compare(early + late)
    assert one(compared, "A05", "previous")["verdict_code"] == "rising"
    assert one(compared, "R1", "previous")["verdict_code"] == "rising"
    assert one(compared, "ENG", "previous")["verdict_code"] == "rising"


def test_where_changes_usually_swing_widely_the_same_change_is_not_clear():
    swings = {code: 0.5 + (0.12 if i % 2 else -0.12) for i, code in enumerate(AUTHORITIES)}
    compared = compare(whole_country(2023, dict.fromkeys(AUTHORITIES, 0.5)) + whole_country(2024, swings))
    row = one(compared, "A06", "previous")
    assert row["difference"] == pytest.approx(12)
    assert row["phi"] > 5
    assert row["verdict_code"] == "no_clear_change"


def test_the_first_period_has_nothing_before_it():
    row = one(compare(whole_country(2024)), "A05", "previous")
    assert row["verdict_code"] == "not_compared"
    assert "no earlier period" in row["verdict_reason"]


def test_another_source_or_type_of_period_is_not_the_period_before():
    rows = whole_country(2023, source="lait") + whole_country(2024)
    rows += whole_country(2022, period_type="academic_year")
    assert "no earlier period" in one(compare(rows), "A05", "previous")["verdict_reason"]


def test_no_figure_in_the_period_before_is_not_bridged_from_further_back():
    rows = years(0.5, 0.5, 0.5, start=2022)
    gap = next(r for r in rows if r["geography_code"] == "A05" and r["period_start"].year == 2023)
    gap |= {"value": None, "status": "suppressed"}
    assert "No figure is shown here for the period before" in one(compare(rows), "A05", "previous")["verdict_reason"]


def test_a_change_of_method_stops_change_and_trend_and_says_what_changed():
    breaks = json.dumps([{"period_start": "2023-01-01", "note": "Counted child by child from 2023."}])
    compared = compare(years(0.2, 0.3, 0.4, 0.5, 0.6), catalogue(known_breaks=breaks))
    row = one(compared, "A05", "previous", year=2023)
    assert row["verdict_code"] == "not_compared"
    assert row["verdict_reason"].endswith("Counted child by child from 2023.")
    assert row["difference"] is None
    assert one(compared, "A05", "previous", year=2024)["verdict_code"] != "not_compared"
    assert one(compared, "A05", "trend")["comparator_n"] == 2
    assert one(compared, "A05", "trend")["verdict_code"] == "not_compared"


def test_a_known_break_in_one_area_does_not_stop_the_others():
    breaks = json.dumps([{"period_start": "2024-01-01", "note": "Only there.", "geography_code": "A05"}])
    compared = compare(years(0.4, 0.5, start=2023), catalogue(known_breaks=breaks))
    assert one(compared, "A06", "previous")["difference"] is not None
    assert one(compared, "ENG", "previous")["difference"] is not None


def test_a_break_the_source_marks_stops_that_area_only():
    rows = years(0.5, 0.5, start=2023)
    marked = next(r for r in rows if r["geography_code"] == "A05" and r["period_start"].year == 2024)
    marked |= {"quality_flags": "provisional,break_in_series"}
    compared = compare(rows)
    assert "marks a break" in one(compared, "A05", "previous")["verdict_reason"]
    assert one(compared, "A06", "previous")["verdict_code"] == "no_clear_change"


def test_a_share_of_few_in_either_period_is_not_compared():
    rows = whole_country(2023) + whole_country(2024)
    small = next(r for r in rows if r["geography_code"] == "A05" and r["period_start"].year == 2023)
    small |= {"numerator": 14.0, "denominator": 28.0, "value": 50.0}
    assert "fewer than 30" in one(compare(rows), "A05", "previous")["verdict_reason"]


def test_five_periods_all_rising_are_a_trend_and_four_are_not_judged():
    compared = compare(years(0.40, 0.42, 0.44, 0.46, 0.48))
    row = one(compared, "A05", "trend")
    assert row["verdict_code"] == "rising"
    assert row["trend_method"] == "mann_kendall"
    assert row["trend_p"] == pytest.approx(2 / 120)
    assert row["trend_slope"] == pytest.approx(2.0)
    assert row["comparator_label"] == "2020 to 2024"
    four = one(compared, "A05", "trend", year=2023)
    assert four["verdict_code"] == "not_compared"
    assert "Fewer than 5 periods" in four["verdict_reason"]
    assert one(compared, "A06", "trend")["verdict_code"] == "no_clear_change"


def test_a_trend_needs_no_counts_but_a_change_does():
    rows = [
        figure(code, 2020 + year, None, None, value=100.0 - year * (code == "A05"))
        for code in AUTHORITIES
        for year in range(5)
    ]
    compared = compare(rows, catalogue(unit="gbp", stat_method="none"))
    assert one(compared, "A05", "trend")["verdict_code"] == "falling"
    assert one(compared, "A05", "previous")["verdict_code"] == "not_compared"
    assert one(compared, "A05", "previous")["difference"] == pytest.approx(-1)


def test_a_change_of_a_handful_of_children_is_not_put_into_a_number():
    few = [figure("A05", year, met, 7) for year, met in ((2023, 7), (2024, 1))]
    rows = [row for row in years(0.5, 0.5, start=2023) if row["geography_code"] != "A05"] + few
    row = one(compare(rows), "A05", "previous")
    assert row["verdict_reason"].startswith("A share of fewer than 30")
    assert (row["comparator_value"], row["difference"]) == (100.0, None)


def test_only_the_latest_ten_periods_make_a_trend():
    down_then_up = [0.9 - 0.05 * i for i in range(8)] + [0.50 + 0.02 * i for i in range(10)]
    row = one(compare(years(*down_then_up, start=2007)), "A05", "trend")
    assert row["comparator_label"] == "2015 to 2024"
    assert row["comparator_n"] == 10
    assert row["verdict_code"] == "rising"
