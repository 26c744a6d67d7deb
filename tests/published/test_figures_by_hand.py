"""Figures of the education statistics, looked up by hand in the files and written down here.

Each line says where a reader finds the cell. Numbers are copied from the files, not worked out by our readers.
"""

from datetime import date

import polars as pl
import pytest

from tests.published.by_hand import Figure, check

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every real file")]

ENGLAND, NORTH_EAST, NORTH_WEST, SOUTH_WEST = "E92000001", "E12000001", "E12000002", "E12000009"
BOLTON, CITY_OF_LONDON, KENT, LEEDS, NOTTINGHAM = "E08000001", "E09000001", "E10000016", "E08000035", "E06000018"
# Cumbria was divided in 2023; Dorset and Bournemouth had other boundaries before 2019, Northamptonshire before 2021.
CUMBERLAND, CUMBRIA, NORTHAMPTONSHIRE = "E06000063", "E10000006", "E10000021"
DORSET, DORSET_BEFORE_2019, BOURNEMOUTH_BEFORE_2019 = "E06000059", "E10000009", "E06000028"

APPEALS = "ehcp_2025/SEND Tribunals and appeal rate 2014-2024.csv"
ABSENCE_BY_SEN = "att_excl_by_sen/prov__sess_overall_percent.csv.gz"
PERSISTENT_BY_NEED = "att_excl_by_sen/need__enrolments_pa_10_exact_percent.csv.gz"
SUSPENSIONS = "att_excl_by_sen/prov__susp_rate.csv.gz"
ATTENDANCE = "att_excl_by_sen/prov__attendance_perc.csv.gz"
KS4 = "sendap_raw/201819_LA_characteristics_KS4_incl_sen_description.xlsx"
EXCLUSIONS = "susp_excl/excl_national_characteristics_201112_201617.csv"


def september(year: int) -> date:
    return date(year, 9, 1)


def january(year: int) -> date:
    return date(year, 1, 1)


FIGURES = [
    Figure("ehcp_2022/sen2_mi.csv", "2021, Dorset: AssRefusedEHC and InreqEHC",
           "ehc_request_refusal_pct", DORSET, january(2021), "142 / 662"),
    Figure("ehcp_2022/sen2_mi.csv", "2021, England: NewEHCTribunal and NewEHCMediation",
           "mediation_then_appeal_pct", ENGLAND, january(2021), "1302 / 5097"),
    Figure("sendap_raw/sen2_mi_2023release.csv", "2022, North East: no_exc_20week_ehc and tot_no_exc_ehc",
           "ehc_20wk_pct", NORTH_EAST, january(2022), "1831 / 3170"),
    Figure("ehcp_2022/sen2_age_caseload.csv", "2020, Northamptonshire, Total: Total_ehc",
           "ehc_plans_count", NORTHAMPTONSHIRE, date(2020, 1, 16), 4337),
    Figure("ehcp_2022/sen2_age_caseload.csv", "2020, Northamptonshire, Age 5 to 10: Total_ehc",
           "ehc_plans_count", NORTHAMPTONSHIRE, date(2020, 1, 16), 1378, "age_5_to_10"),
    Figure("ehcp_2022/sen2_estab_caseload.csv.gz", "2022, North East, Mainstream school, Total: Total_ehc",
           "ehc_plans_count", NORTH_EAST, date(2022, 1, 20), 7180, "mainstream_all"),
    Figure("ehcp_2025/sen2_dmo_dco.csv", "2025, Cumberland: des_clin_off is Yes",
           "dco_in_post", CUMBERLAND, date(2025, 1, 16), 1),
    Figure("ehcp_2025/sen2_dmo_dco.csv", "2024, Cumberland: des_so_care_off is n/a",
           "dsco_in_post", CUMBERLAND, date(2024, 1, 18), "not_applicable"),
    Figure(APPEALS, "row Cumberland, 2024: appeals and total appealable decisions",
           "tribunal_appeal_rate_old_method", CUMBERLAND, january(2024), "65 / 3191"),
    Figure(APPEALS, "row Cumberland, 2024: appeals and decisions in development",
           "tribunal_appeal_rate", CUMBERLAND, january(2024), "65 / 2039"),
    Figure(APPEALS, "row Nottingham, 2014: beside it stands the code of Nottinghamshire",
           "tribunal_appeal_rate_old_method", NOTTINGHAM, january(2014), "18 / 671"),
    Figure(APPEALS, "row Bournemouth, 2014", "tribunal_appeals_count", BOURNEMOUTH_BEFORE_2019, january(2014), 10),
    Figure(APPEALS, "row City of London, 2016: a dash, which is a nought",
           "tribunal_appeal_rate_old_method", CITY_OF_LONDON, january(2016), "0 / 16"),
    Figure(APPEALS, "row England Total, 2024", "tribunal_appeal_rate", ENGLAND, january(2024), "22276 / 364912"),
    Figure("sendap_raw/send_appeal_rate_table_2022.ods", "sheet SEND_2, row Dorset, 2014",
           "tribunal_appeal_rate_old_method", DORSET_BEFORE_2019, january(2014), "20 / 1568"),
    Figure(ABSENCE_BY_SEN, "202425, Dorset, EHC plan, Total", "absence_ehc_pct", DORSET, september(2024), 14.2142),
    Figure(PERSISTENT_BY_NEED, "202425, Kent, Autistic spectrum disorder, Total",
           "persistent_absence_sen_pct", KENT, september(2024), 32.070365, "asd"),
    Figure(SUSPENSIONS, "202425, Autumn term, Cumberland, EHC plan, Total",
           "suspension_term_rate_ehc", CUMBERLAND, september(2024), 8.171),
    Figure(ATTENDANCE, "202526, Spring term, Cumberland, EHC plan, Total",
           "attendance_term_ehc_pct", CUMBERLAND, january(2026), 86.211008),
    Figure("attendance/EES_ytd_data.csv", "England, Primary: overall_attendance and possible_sessions",
           "attendance_ytd_all_pct", ENGLAND, september(2025), "1230531096 / 1299079364", "primary"),
    Figure("attendance/EES_ytd_data.csv", "City of London, Total: overall_attendance is c",
           "attendance_ytd_all_pct", CITY_OF_LONDON, september(2025), "suppressed"),
    Figure("neet/UD_NEETNK_LA_dashboard_final.csv", "2025, Cumberland: NEET_NK_EHCP_percent (financial year 2024-25)",
           "neet_16_17_ehc_pct", CUMBERLAND, date(2024, 4, 1), 7.3),
    Figure("csc/outcomes_absence_la.csv", "202425, Leeds, CLA 12 months, Total: t_pupils_pa_10_exact and t_pupils",
           "lac_persistent_absence_pct", LEEDS, september(2024), "148 / 697"),
    Figure("csc/outcomes_absence_la.csv", "202425, Leeds, CLA 12 months, Special: c",
           "lac_persistent_absence_pct", LEEDS, september(2024), "suppressed", "special"),
    Figure("csc/b1_children_in_need_2013_to_2025.csv", "2025, England: At31_episodes (year to 31 March 2025)",
           "children_in_need_count", ENGLAND, date(2024, 4, 1), 402400),
    Figure("sendap_raw/cin_sen_la.csv", "202122, England, CPPO: t_statement_or_EHC_plan and t_pupils",
           "cpp_sen_ehc_pct", ENGLAND, september(2021), "3010 / 29710"),
    Figure("sendap_raw/1_eyfsp_headline_measures_2022.csv", "South West, EHC plan, Total: gld_number, children_number",
           "eyfsp_gld_ehc_pct", SOUTH_WEST, september(2021), "49 / 1297"),
    Figure(KS4, "Northamptonshire, SEN State EHC, gender Total: t_l2basics_94 and t_pupils",
           "ks4_em94_ehc_pct", NORTHAMPTONSHIRE, september(2018), "21 / 295"),
    Figure(KS4, "England, SEN State EHC, gender Total: avg_att8", "ks4_att8_ehc_score", ENGLAND, september(2018), 13.7),
    Figure("sendap_raw/4_absence_2term_pru.csv", "202223, Bolton: enrolments_pa_50_exact and enrolments",
           "ap_severe_absence_pct", BOLTON, september(2022), "86 / 225"),
    Figure("sendap_raw/ap_placements_ap_census.zip", "202223, Cumbria, all Total: number_of_pupils",
           "ap_la_funded_placements_count", CUMBRIA, date(2023, 1, 19), 325),
    Figure("sendap_raw/spc_school_ap_characteristics.csv", "202223, England: pupils with EHC plan and Total",
           "ap_school_arranged_ehc_pct", ENGLAND, date(2023, 1, 19), "4904 / 24577"),
    Figure("sendap_raw/spc_school_ap_placement.csv", "202223, Cumbria: Other unregistered provider and Total",
           "ap_school_arranged_unregistered_pct", CUMBRIA, date(2023, 1, 19), "64 / 193"),
    Figure("sendap_raw/ks4_dm_ud_202021_nat_rev.csv", "202021, Alternative provision, in numbers: overall and cohort",
           "ap_post16_sustained_pct", ENGLAND, september(2020), "6356 / 9559"),
    Figure(EXCLUSIONS, "201617, Total, SEN_provision_SEN_with_statement_EHC: perm_excl and headcount",
           "permanent_exclusion_rate_ehc", ENGLAND, september(2016), "370 / 225950"),
    Figure("sendap_prepared/ks1_phonics.csv", "202223, England, EHC plan or Statement: met and eligible",
           "phonics_ehc_pct", ENGLAND, september(2022), "3963 / 20141"),
    Figure("sendap_prepared/ks2_attainment.csv", "202122, Dorset, EHC plan: met and eligible",
           "ks2_rwm_ehc_pct", DORSET, september(2021), "12 / 175"),
    Figure("sendap_prepared/ks2_attainment.csv", "202122, City of London, EHC plan: c",
           "ks2_rwm_ehc_pct", CITY_OF_LONDON, september(2021), "suppressed"),
    Figure("sendap_prepared/ap_characteristics.csv", "202223, England, state-funded AP: EHC plan; All SEN and No SEN",
           "ap_school_ehc_pct", ENGLAND, date(2023, 1, 19), "3368 / 13191"),
    Figure("sendap_prepared/destinations_1618.csv", "201920, South West, Identified SEN (mainstream), overall",
           "post18_dest_sustained_sen_school_pct", SOUTH_WEST, september(2019), 79.4),
    Figure("sendap_prepared/percent_pupils_ehcp.csv", "202223, England, EHC plan",
           "ehc_prevalence_pct", ENGLAND, date(2023, 1, 19), 4.29),
]  # fmt: skip


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.metric} {figure.area} {figure.split}")
def test_the_figure_is_what_the_file_says(figures: pl.DataFrame, figure: Figure) -> None:
    check(figures, figure)
