"""Figures of the interactive tool, of the prototype dashboard's tables and of plans, looked up by hand in the files.

Each line says where a reader finds the cell. Numbers are copied from the files, not worked out by our readers.
"""

from datetime import date

import polars as pl
import pytest

from tests.published.by_hand import Figure, check

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every real file")]

ENGLAND, KENT, LEEDS = "E92000001", "E10000016", "E08000035"
MEDWAY, ST_HELENS = "E06000035", "E08000013"
LAIT = "lait/bds_long_0.parquet"
ABSENCE, KS4 = "sendap_prepared/absence.csv", "sendap_prepared/ks4_attainment.csv"
DESTINATIONS, KINDS = "sendap_prepared/ks4_destinations.csv.gz", "sendap_prepared/provider_types.csv"
MAINSTREAM, UNREGISTERED = "sendap_prepared/mainstream_with_sen.csv", "sendap_prepared/uap_counts.csv"
CENSUS_2016, CENSUS_2018, CENSUS_2023, CENSUS_2025 = (
    date(2016, 1, 21), date(2018, 1, 18), date(2023, 1, 19), date(2025, 1, 16),
)  # fmt: skip


def september(year: int) -> date:
    return date(year, 9, 1)


def april(year: int) -> date:
    return date(year, 4, 1)


def january(year: int) -> date:
    return date(year, 1, 1)


FIGURES = [
    Figure(ABSENCE, "202122, Kent, EHCP or Statement, Overall",
           "absence_two_term_ehc_pct", KENT, september(2021), 13.24),
    Figure(ABSENCE, "202122, Kent, SEN support, Unauthorised",
           "unauthorised_absence_two_term_sen_support_pct", KENT, september(2021), 3.55),
    Figure(KS4, "202122, Kent, Any SEN: avg_att8", "ks4_att8_sen_score", KENT, september(2021), 29.4),
    Figure(KS4, "202122, Kent, No identified SEN: avg_p8score",
           "ks4_progress8_no_sen_score", KENT, september(2021), -0.04),
    Figure(DESTINATIONS, "202021, Kent, Identified SEN, overall",
           "ks4_dest_no_ap_sen_pct", KENT, september(2020), 90.7),
    Figure(DESTINATIONS, "202021, Kent, SEN support, all_work",
           "ks4_dest_no_ap_sen_support_pct", KENT, september(2020), 3.9, "employment"),
    Figure(KINDS, "2022/23, Kent, State-funded special school, pupils with EHC plans",
           "school_type_share_ehc_pct", KENT, CENSUS_2023, 42.11, "special"),
    Figure(KINDS, "2022/23, Kent, State-funded primary, pupils on SEN support",
           "school_type_share_sen_support_pct", KENT, CENSUS_2023, 52.13, "primary"),
    Figure(MAINSTREAM, "202223, Kent, EHC plan", "mainstream_ehc_prevalence_pct", KENT, CENSUS_2023, 2.53),
    Figure(MAINSTREAM, "202223, National, All SEN", "mainstream_sen_prevalence_pct", ENGLAND, CENSUS_2023, 15.52),
    Figure(UNREGISTERED, "Kent, LA funded, Other unregistered provider; ap_counts.csv, LA funded AP placements",
           "ap_la_funded_unregistered_pct", KENT, CENSUS_2023, "74 / 2240"),
    Figure(UNREGISTERED, "National, LA funded, One on one tuition",
           "ap_la_funded_no_urn_count", ENGLAND, CENSUS_2023, 3541, "tuition"),
    Figure("ehcp_2022/sen2_age_new_plans.csv", "2021, National, Total: Total_new_ehc",
           "ehc_new_plans_count", ENGLAND, january(2021), 62180),
    Figure("ehcp_2025/newplans.csv", "2024, Kent, New EHC plans: special_total",
           "ehc_new_plans_count", KENT, january(2024), 600, "special_all"),
    Figure("ehcp_2025/newplans.csv", "2022, Leeds, New EHC plans: 6078, as for the region",
           "ehc_new_plans_count", LEEDS, january(2022), "unreliable"),
    Figure("ehcp_2025/newplans.csv", "2022, Leeds, Female: new_ehc_plans",
           "ehc_new_plans_count", LEEDS, january(2022), 125, "female"),
    Figure("ehcp_2025/ceased_plans.csv", "2024, National, age 10: total_ceased",
           "ehc_ceased_count", ENGLAND, january(2024), 1060, "age_10"),
    Figure("ehcp_2025/personal_budgets.csv", "202425, National: personal_budget; caseload.csv: ehcplans",
           "personal_budget_pct", ENGLAND, CENSUS_2025, "19596 / 638745"),
    # This file's own total, not that of the file by age: 74,209 in 2016 and 285,722 in 2018.
    Figure("ehcp_2022/sen2_estab_caseload.csv.gz", "2018, National: AP/PRU and Total, Total_ehc",
           "plans_ap_pct", ENGLAND, CENSUS_2018, "2109 / 279511"),
    Figure("ehcp_2022/sen2_estab_caseload.csv.gz", "2016, National: Special school and Total, Total_ehc",
           "plans_special_pct", ENGLAND, CENSUS_2016, "26254 / 73461"),
    Figure("sendap_raw/sen2_mi_2023release.csv", "2022, National: ass_none_ehc, new_all_ehc_ass_none_ehc_sum",
           "ehc_decision_no_plan_pct", ENGLAND, january(2022), "4199 / 72695"),
    # Wrong by the publisher's own notes (ehcp_2022/data-guidance.txt, notes 2 and 4 to the file).
    Figure("ehcp_2022/sen2_mi.csv", "2021, St. Helens: AssRefusedEHC is 0",
           "ehc_request_refusal_pct", ST_HELENS, january(2021), "unreliable"),
    Figure("ehcp_2025/requests.csv", "2021, St. Helens: requests_decided_not_to_assess is 0",
           "ehc_request_refusal_pct", ST_HELENS, january(2021), "unreliable"),
    Figure("sendap_raw/sen2_mi_2023release.csv", "2021, Medway: ass_none_ehc_pc is 42.3954",
           "ehc_decision_no_plan_pct", MEDWAY, january(2021), "unreliable"),
    Figure(LAIT, "Stability_School, 2018, England: 12, as for every area",
           "lac_mid_year_school_move_pct", ENGLAND, april(2017), "unreliable"),
    Figure(LAIT, "SEN_CASES_DUR_YEAR, 2022, Leeds: 6078, as for the region",
           "ehc_new_plans_count", LEEDS, january(2022), "unreliable"),
    Figure(LAIT, "Stability_School, 2024, Kent", "lac_mid_year_school_move_pct", KENT, april(2023), 8),
    # By the September they are about.
    Figure(LAIT, "Sept_Guarantee, 2024, Leeds", "september_offer_all_pct", LEEDS, january(2024), 93.24),
    Figure(LAIT, "HCP_PHOF, 2024, Leeds", "asq3_2y_review_pct", LEEDS, april(2023), 80.13181),
    Figure(LAIT, "CMH_0-17yrs, 2024, Kent: 76.08 per 100,000",
           "mental_health_admission_rate", KENT, april(2023), 0.7608),
    Figure(LAIT, "Emotional_LAC, 2024, Leeds", "lac_wellbeing_difficulties_score", LEEDS, april(2023), 14.5),
    Figure(LAIT, "KS4_SEN_Des_incSpec, 2023, England", "ks4_dest_sustained_sen_pct", ENGLAND, september(2022), 85.2),
    Figure(LAIT, "SusEdOverall_All, 2023, Kent", "ks4_dest_sustained_all_pct", KENT, september(2022), 92.5),
    Figure(LAIT, "EngBacEntriesSEN, 2024, England", "ks4_ebacc_entry_ehc_pct", ENGLAND, september(2023), 4.8),
    Figure(LAIT, "CINNoSEN, 2024, Leeds", "cin_no_sen_pct", LEEDS, september(2023), 59),
    Figure(LAIT, "SpecSevPerAbNew, 2024, Kent", "severe_absence_special_pct", KENT, september(2023), 7.62),
    Figure(LAIT, "authorised_absence_special, 2024, England",
           "authorised_absence_special_pct", ENGLAND, september(2023), 9.7),
    Figure(LAIT, "FamilySupportFinance, 2024-25 (OT), Leeds", "family_support_spend_gbp", LEEDS, april(2024), 15390389),
    Figure(LAIT, "LACFinance, 2023-24 (OT), Kent", "lac_weekly_unit_cost_gbp", KENT, april(2023), 1750),
    Figure(LAIT, "Multiplication_EHCP, 2024, Kent", "multiplication_ehc_pct", KENT, september(2023), 6),
    Figure(LAIT, "Age19_SEN-S_L3, 2024, Leeds", "l3_by19_ehc_pct", LEEDS, september(2023), 9.56),
    Figure(LAIT, "CareLeaversNEET, 2024, Leeds", "care_leavers_neet_pct", LEEDS, april(2023), 40),
    Figure(LAIT, "PrimStatements, 2025, Kent", "ehc_prevalence_primary_pct", KENT, CENSUS_2025, 3),
    Figure(LAIT, "16-17_not known, 2024, Leeds", "activity_not_known_16_17_all_pct", LEEDS, april(2023), 3.97),
    Figure(LAIT, "SEN_State-Plans_sch, 2024, Kent", "new_plans_la_mainstream_pct", KENT, january(2024), 22.9),
]  # fmt: skip


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.metric} {figure.area} {figure.start}")
def test_the_figure_is_what_the_file_says(figures: pl.DataFrame, figure: Figure) -> None:
    check(figures, figure)
