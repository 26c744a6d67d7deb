"""Figures of finance, health and inspections, each worked out by hand from the published file it stands in.

To check a row: open the file, go to the cells that the row names, and do the arithmetic it shows.
"""

from datetime import date

import polars as pl
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every real file")]

ENGLAND, LONDON, SOUTH_WEST = "E92000001", "E12000007", "E12000009"
DERBY, LEEDS, YORK, SURREY, KENT, LIVERPOOL = (
    "E06000015", "E08000035", "E06000014", "E10000030", "E10000016", "E08000012",
)  # fmt: skip
PLYMOUTH, CUMBRIA, CUMBERLAND, SOMERSET = "E06000026", "E10000006", "E06000063", "E06000066"
WEST_YORKSHIRE, BATH_SWINDON_WILTSHIRE, SUSSEX, GREATER_MANCHESTER = (
    "E54000054", "E54000040", "E54000053", "E54000057",
)  # fmt: skip
Y2018, Y2020, Y2021, Y2022, Y2023 = (date(year, 4, 1) for year in (2018, 2020, 2021, 2022, 2023))
TOTAL = ("total", "total")

# file, where to look, metric, area, first day of the period, (breakdown, value), figure
SHOWN = [
    # Allocations of the grant, before deductions: sheet Allocations_summary, columns E and G.
    ("dedicated-schools-grant_2023_07_20.ods", "G5, row ENGLAND", "dsg_allocation_gbp", ENGLAND, Y2022, TOTAL,
     53_635_279_409),
    ("dedicated-schools-grant_2023_07_20.ods", "E67, row 383 Leeds", "high_needs_block_gbp", LEEDS, Y2022, TOTAL,
     113_842_384),
    ("dedicated-schools-grant_2023_07_20.ods", "E67 / G67, row 383 Leeds", "high_needs_block_share_pct", LEEDS, Y2022,
     TOTAL, 100 * 113_842_384 / 803_963_287),
    # An area that is gone, and one whose code changed.
    ("dedicated-schools-grant_2022_07_18.ods", "G141, row 909 Cumbria", "dsg_allocation_gbp", CUMBRIA, Y2021, TOTAL,
     412_112_023),
    ("dedicated-schools-grant_2022_07_18.ods", "E149, row 933 Somerset", "high_needs_block_gbp", SOMERSET, Y2021,
     TOTAL, 65_866_841),
    ("DSG_by_year_dr.xlsx", "sheet dsg_budget_2024_03_30, C152, row 942 Cumberland", "dsg_allocation_gbp", CUMBERLAND,
     Y2023, TOTAL, 256_126_117),
    # Balance of the grant: below zero is a deficit.
    ("dsg_deficit_2019-20_to_2021-22.xlsx", "F4, National", "dsg_balance_pct", ENGLAND, Y2021, TOTAL, -2.26),
    ("dsg_deficit_2019-20_to_2021-22.xlsx", "F24, South West", "dsg_balance_pct", SOUTH_WEST, Y2021, TOTAL, -6.21),
    # Outturn of Derby, row 8: place BI, top-up BP and BX, services CF to CI; population 2-18 in E.
    ("S251_Outturn_2021-22_high_needs_benchmark.xlsx", "row 8, (BI + BP + BX + CF + CG + CH + CI) / E",
     "high_needs_spend_per_head_gbp", DERBY, Y2021, TOTAL,
     (1_900_000 + 24_514_310 + 12_587_654 + 1_142_668 + 0 + 384_890 + 0) / 57_263.85),
    ("S251_Outturn_2021-22_high_needs_benchmark.xlsx", "row 161 York, BX / (BI + BP + BX + CF + CG + CH + CI)",
     "inmss_spend_share_pct", YORK, Y2021, TOTAL,
     100 * 5_594_858 / (3_872_000 + 10_099_640 + 5_594_858 + 2_106_653 + 0 + 320_859 + 51_720)),
    ("S251_Outturn_2021-22_high_needs_benchmark.xlsx", "row 8 Derby, (CB + CC) / E", "specialist_topup_per_head_gbp",
     DERBY, Y2021, ("funded_sector", "independent"), (12_153_270 + 0) / 57_263.85),
    ("specialist_spend.csv", "Derby, Total, 2018-19: total_spend / pop_est", "specialist_topup_per_head_gbp", DERBY,
     Y2018, TOTAL, 19_450_463 / 56_567),
    # School reserves 2020-21, Kent: 5 of 324 schools in deficit; special schools 9.7% of income.
    ("la_maintained_schools_revenue_reserve_final.csv",
     "202021, Kent, all: number_schools_with_deficit / number_schools", "schools_in_deficit_pct",
     KENT, Y2020, TOTAL, 100 * 5 / 324),
    ("la_maintained_schools_revenue_reserve_final.csv", "202021, Kent, Special: revenue_balance_as_pc_total_income",
     "schools_revenue_balance_pct", KENT, Y2020, ("phase", "special"), 9.7),
    # Agreements.
    ("safety_valve_agreements.csv", "Surrey, 2021-22", "safety_valve_agreement", SURREY, Y2021, TOTAL, 1),
    ("dbv_in_send_tranche1_2.csv", "Cumberland, tranche 1", "delivering_better_value_tranche", CUMBERLAND, Y2023,
     TOTAL, 1),
    # Waits in August 2023, column "(CYP) … speech and language": Tables 4f and 4g are over 18 and over 52 weeks.
    ("community_health_2023-10-01.xlsx", "AV6 of (Table 4f + Table 4g) / Table 4, England", "slt_wait_over18wk_pct",
     ENGLAND, date(2023, 8, 1), TOTAL, 100 * (21_176 + 3_458) / 61_739),
    ("community_health_2023-10-01.xlsx", "AV55 of Table 4g / Table 4, West Yorkshire", "slt_wait_over52wk_pct",
     WEST_YORKSHIRE, date(2023, 8, 1), TOTAL, 100 * 823 / 5_927),
    # January 2023, a workbook without headings over its area columns.
    ("community_health_2023-03-01.xlsx", "AV30 of Table 4, Greater Manchester", "slt_waiting_count",
     GREATER_MANCHESTER, date(2023, 1, 1), TOTAL, 5_847),
    # September 2022, Sussex: sub-ICB locations 09D, 70F and 97R added up.
    ("AutismStatsDec22_subICB.csv.gz", "ASD16c (45 + 270 + 640) / ASD16b (65 + 335 + 765)",
     "autism_wait_over13wk_pct", SUSSEX, date(2022, 9, 1), TOTAL, 100 * (45 + 270 + 640) / (65 + 335 + 765)),
    ("mentalhealth.csv", "year ending 2023-03-31: 09D 3185 + 70F 9000 + 97R 9060", "cyp_mental_health_contact_count",
     SUSSEX, Y2022, TOTAL, 3_185 + 9_000 + 9_060),
    ("mentalhealth.csv", "year ending 2023-03-31, England", "cyp_mental_health_contact_count", ENGLAND, Y2022, TOTAL,
     721_506),
    ("autism.csv.gz", "June 2023, National, People aged 10 to 17", "autism_first_contact_over13wk_pct", ENGLAND,
     date(2023, 6, 1), ("age_band", "age_10_to_17"), 19),
    # Liverpool's inspection of 14 January 2019 required a statement; at the revisit all its weaknesses had improved.
    ("Area_SEND_inspection_data_2016_to_2022-08.ods", "G79, Yes", "area_send_statement_of_action", LIVERPOOL,
     date(2019, 1, 14), TOTAL, 1),
    ("Area_SEND_inspection_data_2016_to_2022-08.ods", "K79, Yes (all)", "area_send_revisit_progress", LIVERPOOL,
     date(2019, 1, 14), TOTAL, 2),
    ("mi_ofsted_winter_2223.csv", "Plymouth, Widespread and/or systemic failings", "area_send_outcome", PLYMOUTH,
     date(2023, 6, 26), TOTAL, 3),
    ("mi_ofsted_winter_2223.csv", "Plymouth, 5", "area_send_priority_areas_count", PLYMOUTH, date(2023, 6, 26), TOTAL,
     5),
    ("area_send_outcomes_2023_2024.csv", "rotherham, typically_positive", "area_send_outcome", "E08000018",
     date(2024, 9, 30), TOTAL, 1),
]  # fmt: skip

# file, where to look, metric, area, first day of the period, status, words of the reason
NOT_SHOWN = [
    ("AutismStatsDec22_subICB.csv.gz", "ASD18f of 01D and 01Y is *", "autism_no_contact_over13wk_pct",
     GREATER_MANCHESTER, date(2022, 9, 1), "suppressed", "2 of 10"),
    ("community_health_2023-08-01.xlsx", "AU14 of Table 4 is blank: no organisation sent anything",
     "slt_wait_over18wk_pct", BATH_SWINDON_WILTSHIRE, date(2023, 6, 1), "unavailable", "blank"),
    ("Area_SEND_inspection_data_2016_to_2022-08.ods", "K67 is blank: Kent not revisited", "area_send_revisit_progress",
     KENT, date(2019, 1, 28), "unavailable", "blank"),
]  # fmt: skip


def row(
    figures: pl.DataFrame, file: str, metric: str, area: str, start: date, split: tuple[str, str]
) -> dict[str, object]:
    """The one figure of a metric, area, period and breakdown that comes from this file."""
    breakdown, value = split
    return figures.row(
        by_predicate=(pl.col("metric_id") == metric)
        & (pl.col("geography_code") == area)
        & (pl.col("period_start") == start)
        & (pl.col("breakdown_1") == breakdown)
        & (pl.col("value_1") == value)
        & (pl.col("breakdown_2") == "total")
        & pl.col("source_file").str.ends_with(file.removesuffix(".gz")),
        named=True,
    )


@pytest.mark.parametrize(
    ("file", "where", "metric", "area", "start", "split", "expected"), SHOWN, ids=[f"{s[2]} {s[3]}" for s in SHOWN]
)
def test_a_figure_is_the_one_in_the_file(
    figures: pl.DataFrame,
    file: str,
    where: str,
    metric: str,
    area: str,
    start: date,
    split: tuple[str, str],
    expected: float,
) -> None:
    figure = row(figures, file, metric, area, start, split)
    assert figure["status"] == "shown", where
    assert figure["value"] == pytest.approx(expected, rel=1e-9), where


@pytest.mark.parametrize(
    ("file", "where", "metric", "area", "start", "status", "reason"), NOT_SHOWN, ids=[n[2] for n in NOT_SHOWN]
)
def test_a_figure_that_is_not_there_says_why(
    figures: pl.DataFrame, file: str, where: str, metric: str, area: str, start: date, status: str, reason: str
) -> None:
    figure = row(figures, file, metric, area, start, TOTAL)
    assert (figure["value"], figure["status"]) == (None, status), where
    assert reason in str(figure["status_reason"]), where


def test_waits_carry_their_counts_and_an_interval_and_money_does_not(figures: pl.DataFrame) -> None:
    waits = row(figures, "2023-10-01.xlsx", "slt_wait_over18wk_pct", ENGLAND, date(2023, 8, 1), TOTAL)
    assert (waits["numerator"], waits["denominator"], waits["interval_method"]) == (24_634, 61_739, "wilson")
    share = row(figures, "2023_07_20.ods", "high_needs_block_share_pct", LEEDS, Y2022, TOTAL)
    assert (share["lower"], share["interval_method"]) == (None, "none")


def test_what_a_compiler_asks_to_be_verified_is_not_loaded_as_fact(figures: pl.DataFrame) -> None:
    agreed = figures.filter(pl.col("metric_id") == "safety_valve_agreement")
    assert agreed.group_by("period_start").len().sort("period_start")["len"].to_list() == [4, 9, 14, 4]
    assert "E06000021" not in agreed["geography_code"].to_list()  # Stoke-on-Trent: "from general knowledge - verify"


def test_the_prototype_dashboard_and_the_outturn_agree_on_2021_22(figures: pl.DataFrame) -> None:
    both = (
        figures.filter((pl.col("metric_id") == "specialist_topup_per_head_gbp") & (pl.col("period_start") == Y2021))
        .filter(pl.col("status") == "shown")
        .pivot(on="dataset", index=["geography_code", "breakdown_1", "value_1"], values="value")
        .drop_nulls()
    )
    assert both.height >= 400
    apart = both.filter((pl.col("high_needs_outturn") - pl.col("specialist_spend")).abs() > 0.005)
    # The outturn's own cells per head are #N/A for York, and the dashboard's team read them as 0.
    assert set(apart["geography_code"]) == {YORK}
    assert apart["specialist_spend"].to_list() == [0, 0, 0]
