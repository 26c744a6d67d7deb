"""Beside England, region and similar areas: what is compared, what is not, and what the codes mean."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.comparison.outcome import SCHEMA
from pipelines.comparison.verdicts import METHOD_VERSION, level_codes
from pipelines.publish.tables import TABLES
from tests.comparison.invented_country import (
    AUTHORITIES,
    NO_NEIGHBOURS,
    TINY,
    catalogue,
    compare,
    figure,
    one,
    whole_country,
)


def test_an_area_far_below_the_rest_is_lower_and_its_interval_and_limits_say_so():
    compared = compare(whole_country(2024, {"A05": 0.20}))
    far = one(compared, "A05", "england")
    assert far["verdict_code"] == "much_lower"
    assert far["verdict_reason"] is None
    assert far["difference_upper"] < 0
    assert 20 < far["limit_lower_998"] < far["limit_lower_95"]
    assert one(compared, "A05", "neighbours_2025")["verdict_code"] == "much_lower"
    assert one(compared, "A05", "region")["verdict_code"] == "much_lower"
    assert one(compared, "A06", "england")["verdict_code"] == "not_different"


def test_categories_are_not_compared():
    rows = whole_country(2024)
    assert compare(rows, catalogue(unit="category", stat_method="none")).is_empty()


def test_england_is_the_published_row_and_never_the_mean_of_areas():
    rows = whole_country(2024)
    rows[0] |= {"numerator": 9000.0, "denominator": 10_000.0, "value": 90.0}
    national = next(row for row in rows if row["geography_code"] == "ENG")
    national |= {"numerator": 11_600.0, "denominator": 17_620.0, "value": 65.8}
    row = one(compare(rows), "A02", "england")
    assert row["comparator_value"] == 65.8
    assert row["comparator_label"] == "England"
    assert (row["comparator_n"], row["comparator_n_expected"]) == (21, 21)
    assert row["difference"] == pytest.approx(100 * (rows[1]["numerator"] / 400 - 11_600 / 17_620))


def test_without_a_published_england_the_counts_are_added_up_and_the_label_says_so():
    rows = [row for row in whole_country(2024) if row["geography_code"] not in {"ENG", "A07"}]
    row = one(compare(rows), "A02", "england")
    added = [each for each in rows if each["geography_code"] in {*AUTHORITIES, TINY}]
    ratio = sum(each["numerator"] for each in added) / sum(each["denominator"] for each in added)
    assert row["comparator_value"] == pytest.approx(100 * ratio)
    assert row["comparator_label"] == "England (areas added up)"
    assert (row["comparator_n"], row["comparator_n_expected"]) == (20, 21)


def test_similar_areas_are_the_ratio_of_their_summed_counts():
    rows = whole_country(2024)
    rows[1] |= {"numerator": 10.0, "denominator": 40.0, "value": 25.0}
    row = one(compare(rows), "A01", "neighbours_2025")
    summed = 10 + sum(each["numerator"] for each in rows[2:7])
    assert row["comparator_value"] == pytest.approx(100 * summed / (40 + 5 * 400))
    assert row["comparator_label"] == "Similar areas, 2025 model"
    assert (row["comparator_n"], row["comparator_n_expected"]) == (6, 6)


def test_regions_are_set_beside_england_only_and_england_beside_nothing():
    compared = compare(whole_country(2024))
    by_level = {
        code: set(compared.filter(pl.col("geography_code") == code)["comparator"]) for code in ("ENG", "R1", "A01")
    }
    assert by_level["ENG"] == {"previous", "trend"}
    assert by_level["R1"] == {"england", "previous", "trend"}
    assert by_level["A01"] == {"england", "region", "neighbours_2025", "neighbours_2021", "previous", "trend"}
    assert one(compared, "R1", "england")["verdict_code"] == "not_different"


@pytest.mark.parametrize(
    ("change", "comparator", "words"),
    [
        ({"value": None, "status": "suppressed"}, "england", "No figure is shown"),
        ({"numerator": None, "denominator": None}, "england", "without the counts"),
        ({"numerator": 14.0, "denominator": 29.0}, "england", "fewer than 30"),
        ({"interval_method": "none"}, "england", "without the counts"),
        ({"numerator": 500.0}, "england", "without the counts"),
    ],
)
def test_what_cannot_be_compared_says_why(change, comparator, words):
    rows = whole_country(2024)
    rows[3] |= change
    compared = compare(rows)
    row = one(compared, "A04", comparator)
    assert row["comparator_value"] == one(compared, "A06", comparator)["comparator_value"] == pytest.approx(50, abs=2)
    assert row["verdict_code"] == "not_compared"
    assert words in row["verdict_reason"]
    assert row["adjusted_z"] is None
    assert row["rank_lower"] is None


def test_the_smallest_places_are_never_compared_and_never_sway_the_limits():
    usual, odd = whole_country(2024), whole_country(2024, {TINY: 1.0})
    for rows in (usual, odd):
        national = next(row for row in rows if row["geography_code"] == "ENG")
        national |= {"numerator": 4000.0, "denominator": 8000.0, "value": 50.0}
    first, second = compare(usual), compare(odd)
    tiny = second.filter(pl.col("geography_code") == TINY)
    assert set(tiny["verdict_code"]) == {"not_compared"}
    assert set(tiny["verdict_reason"]) == {"This area has too few children for a fair comparison."}
    assert tiny["difference"].null_count() == tiny.height
    assert one(first, "A01", "england") == one(second, "A01", "england")


def test_an_area_without_a_list_of_similar_areas_says_so():
    row = one(compare(whole_country(2024)), NO_NEIGHBOURS, "neighbours_2025")
    assert row["verdict_code"] == "not_compared"
    assert "no list of similar areas" in row["verdict_reason"]
    assert row["comparator_value"] is None


def test_fewer_than_five_similar_areas_with_a_figure_are_too_few():
    rows = [row for row in whole_country(2024) if row["geography_code"] not in {"A02", "A03"}]
    row = one(compare(rows), "A01", "neighbours_2025")
    assert row["verdict_code"] == "not_compared"
    assert "Fewer than 5" in row["verdict_reason"]
    assert (row["comparator_n"], row["comparator_n_expected"]) == (4, 6)
    five = [row for row in whole_country(2024) if row["geography_code"] != "A02"]
    assert one(compare(five), "A01", "neighbours_2025")["verdict_code"] == "not_different"


def test_figures_without_counts_get_a_mean_and_the_reason_and_no_verdict():
    rows = [figure(code, 2024, None, None, value=float(i)) for i, code in enumerate(AUTHORITIES)]
    words = catalogue(unit="gbp", stat_method="none", interval_reason="money, not a count of children")
    row = one(compare(rows, words), "A03", "england")
    assert row["comparator_value"] == pytest.approx(9.5)
    assert row["comparator_label"] == "England (mean of areas)"
    assert row["difference"] == pytest.approx(-7.5)
    assert row["verdict_code"] == "not_compared"
    assert row["verdict_reason"] == "Money, not a count of children."


def test_a_number_of_children_is_not_set_beside_england():
    rows = whole_country(2024, interval_method="none")
    row = one(compare(rows, catalogue(unit="count", stat_method="none")), "A03", "england")
    assert row["comparator_value"] is None
    assert row["difference"] is None
    assert "depends on the size" in row["verdict_reason"]


def test_a_rate_needs_five_expected():
    rows = [figure(code, 2024, 20.0, 4000.0, value=5.0) for code in AUTHORITIES]
    rows[0] |= {"numerator": 4.0, "denominator": 990.0, "value": 4.04}
    rows[1] |= {"numerator": 200.0, "denominator": 4000.0, "value": 50.0}
    compared = compare(rows, catalogue(unit="rate_per_1000", stat_method="rate_byar"))
    # England is 564 of 76,990, 7.33 per 1,000; A01 would expect 7.25 and is compared.
    assert one(compared, "A01", "england")["verdict_code"] == "not_different"
    assert one(compared, "A02", "england")["verdict_code"] == "much_higher"
    assert one(compared, "A02", "england")["difference"] == pytest.approx(50 - 1000 * 564 / 76_990)
    rows[0] |= {"numerator": 4.0, "denominator": 600.0, "value": 6.67}
    few = one(compare(rows, catalogue(unit="rate_per_1000", stat_method="rate_byar")), "A01", "england")
    assert "Fewer than 5 expected" in few["verdict_reason"]


def test_breakdowns_are_compared_in_the_latest_two_periods_and_never_crossed():
    rows = [
        row
        for year in (2022, 2023, 2024)
        for row in whole_country(year, {"A05": 0.2}, breakdown_1="sex", value_1="girls")
    ]
    rows += whole_country(2024, breakdown_1="sex", value_1="girls", breakdown_2="age", value_2="5 to 10")
    compared = compare(rows)
    assert set(compared["comparator"]) == {"england", "region", "neighbours_2025", "all_children"}
    assert set(compared["period_start"]) == {date(2023, 1, 1), date(2024, 1, 1)}
    assert set(compared["value_2"]) == {"total"}
    assert one(compared, "A05", "england", value_1="girls")["verdict_code"] == "much_lower"


def test_too_few_areas_give_no_verdict():
    rows = [row for row in whole_country(2024) if row["geography_code"] in {*AUTHORITIES[:9], "ENG"}]
    row = one(compare(rows), "A01", "england")
    assert row["verdict_code"] == "not_compared"
    assert "Too few areas" in row["verdict_reason"]


def test_an_area_since_abolished_is_compared_in_the_periods_it_has_figures_for():
    compared = compare(whole_country(2023) + [r for r in whole_country(2024) if r["geography_code"] != "A08"])
    assert one(compared, "A08", "england", year=2023)["verdict_code"] == "not_different"
    assert compared.filter(
        (pl.col("geography_code") == "A08") & (pl.col("period_start") == date(2024, 1, 1))
    ).is_empty()


def test_every_row_keeps_the_promises_of_the_table():
    rows = whole_country(2023) + whole_country(2024, {"A05": 0.2})
    rows[4] |= {"value": None, "status": "suppressed"}
    compared = compare(rows)
    assert compared.schema == pl.Schema(SCHEMA)
    assert list(SCHEMA) == list(TABLES["fct_comparison"].columns)
    assert set(compared["method_version"]) == {METHOD_VERSION}
    refused = compared["verdict_code"] == "not_compared"
    assert (refused == compared["verdict_reason"].is_not_null()).all()
    judged = compared.filter(~refused & (pl.col("comparator") != "trend"))
    assert judged["adjusted_z"].null_count() == 0
    assert (
        (judged["difference_lower"] <= judged["difference"]) & (judged["difference"] <= judged["difference_upper"])
    ).all()
    different = ~judged["verdict_code"].is_in(["not_different", "no_clear_change"])
    assert (different == ((judged["difference_lower"] > 0) | (judged["difference_upper"] < 0))).all()
    key = ["metric_id", "geography_code", "period_start", "value_1", "source", "comparator"]
    assert compared.select(key).is_duplicated().sum() == 0


def test_beside_england_a_verdict_is_the_same_as_lying_outside_the_funnel_limits():
    rows = whole_country(2024, {"A05": 0.2, "A06": 0.62, "A07": 0.4, "A08": 0.57})
    values = pl.DataFrame(rows, infer_schema_length=None).select("geography_code", "value")
    beside = compare(rows).filter((pl.col("comparator") == "england") & (pl.col("verdict_code") != "not_compared"))
    beside = beside.join(values, on="geography_code")
    outside = (pl.col("value") < pl.col("limit_lower_95")) | (pl.col("value") > pl.col("limit_upper_95"))
    assert beside.filter(outside != (pl.col("verdict_code") != "not_different")).is_empty()
    assert beside.filter(outside).height >= 2


def test_a_rank_is_an_interval_of_authorities_only():
    beside = compare(whole_country(2024)).filter(pl.col("comparator") == "england")
    ranked = beside.filter(pl.col("rank_lower").is_not_null())
    assert set(ranked["geography_code"]) == set(AUTHORITIES)
    assert (ranked["rank_lower"] < ranked["rank_upper"]).all()


@pytest.mark.parametrize(("column", "word"), [("geography_code", "geography_code"), ("metric_id", "metric_id")])
def test_a_code_no_dimension_holds_is_refused(column, word):
    rows = whole_country(2024)
    rows[0][column] = "nowhere"
    with pytest.raises(ValueError, match=f"{word} not in its dimension, the first: nowhere"):
        compare(rows)


def test_two_figures_with_one_key_are_refused():
    rows = whole_country(2024)
    with pytest.raises(ValueError, match="share a key"):
        compare([*rows, rows[0]])


def test_no_figures_give_an_empty_table_of_the_same_shape():
    compared = compare([row | {"value_2": "boys"} for row in whole_country(2024)])
    assert compared.is_empty()
    assert compared.schema == pl.Schema(SCHEMA)


shares = st.lists(st.floats(0.02, 0.98), min_size=20, max_size=20)


@settings(max_examples=25, deadline=None)
@given(shares, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(values, random):
    rows = whole_country(2024, dict(zip(AUTHORITIES, values, strict=True)))
    shuffled = rows.copy()
    random.shuffle(shuffled)
    key = ["geography_code", "comparator"]
    assert compare(rows).sort(key).equals(compare(shuffled).sort(key))


@settings(max_examples=25, deadline=None)
@given(shares)
def test_counting_the_others_turns_every_verdict_over(values):
    rows = whole_country(2024, dict(zip(AUTHORITIES, values, strict=True)))
    others = [figure(r["geography_code"], 2024, r["denominator"] - r["numerator"], r["denominator"]) for r in rows]
    here, there = (compare(each).sort("geography_code", "comparator") for each in (rows, others))
    np.testing.assert_allclose(there["adjusted_z"].to_numpy(), -here["adjusted_z"].to_numpy(), atol=1e-9)
    np.testing.assert_allclose(there["phi"].to_numpy(), here["phi"].to_numpy(), atol=1e-9)
    np.testing.assert_allclose(there["difference_lower"].to_numpy(), -here["difference_upper"].to_numpy(), atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(shares, st.sets(st.sampled_from(AUTHORITIES)))
def test_without_counts_there_is_no_verdict_and_with_a_refusal_always_a_reason(values, uncounted):
    rows = whole_country(2024, dict(zip(AUTHORITIES, values, strict=True)))
    for row in rows:
        if row["geography_code"] in uncounted:
            row |= {"numerator": None, "denominator": None}
    compared = compare(rows)
    of_uncounted = compared.filter(pl.col("geography_code").is_in(list(uncounted)))
    assert set(of_uncounted["verdict_code"]) <= {"not_compared"}
    assert of_uncounted["adjusted_z"].null_count() == of_uncounted.height
    refused = compared["verdict_code"] == "not_compared"
    assert (refused == compared["verdict_reason"].is_not_null()).all()


def test_a_score_on_a_threshold_has_reached_it():
    z = np.array([-3.09, -3.08, -1.96, -1.95, 0, 1.95, 1.96, 3.08, 3.09, np.nan])
    assert level_codes(z).tolist() == [1, 2, 2, 3, 3, 3, 4, 4, 5, 0]
