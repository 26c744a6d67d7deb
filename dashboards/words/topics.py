"""Which measures answer which question on the topic pages: the one place where that is declared.

A page shows every measure named here and nothing else; a test checks that the catalogue has each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A heading, what is asked under it in our own words, and the measures that bear on it, in their order."""

    heading: str
    asks: str
    metrics: tuple[str, ...]


def metrics_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """Every measure of some questions, each once, in the order they first appear."""
    return tuple(dict.fromkeys(metric for question in questions for metric in question.metrics))


# The evaluation criteria of the area SEND framework of 2023, each asked in words of our own.
CRITERIA = (
    Question(
        "Finding and assessing needs",
        "Are needs noticed early, described rightly and assessed in time?",
        (
            "ehc_20wk_pct", "ehc_decision_6wk_pct", "ehc_over_52wk_pct", "ehc_request_refusal_pct",
            "ehc_assessment_no_plan_pct", "asq3_2y_review_pct", "sen_support_prevalence_pct",
        ),
    ),
    Question(
        "A say in decisions",
        "Do children, young people and families take part in decisions about their own support?",
        ("annual_review_in_time_pct", "annual_review_none_recorded_pct", "personal_budget_pct"),
    ),
    Question(
        "The right help when it is needed",
        "Does help come when it should, and does it keep children in education?",
        (
            "annual_review_decision_4wk_pct", "plans_no_provision_pct", "persistent_absence_ehc_pct",
            "persistent_absence_sen_support_pct", "suspended_term_ehc_pct", "suspended_term_sen_support_pct",
        ),
    ),
    Question(
        "Prepared for what comes next",
        "Do children and young people do well, and leave ready for work, learning and adult life?",
        (
            "eyfsp_gld_sen_support_pct", "eyfsp_gld_ehc_pct", "ks2_rwm_sen_support_pct", "ks2_rwm_ehc_pct",
            "ks4_att8_sen_support_score", "ks4_att8_ehc_score", "ks4_dest_sustained_ehc_pct", "l2_em_by19_ehc_pct",
            "neet_16_17_ehc_pct",
        ),
    ),
    Question(
        "Included and belonging",
        "Are children with SEND known, welcome and part of their schools and communities?",
        (
            "plans_mainstream_pct", "plans_unit_or_resourced_pct", "mainstream_ehc_prevalence_pct",
            "reduced_timetable_term_ehc_pct", "plans_home_education_pct",
        ),
    ),
    Question(
        "Working with families",
        "Do leaders listen to children and families, and settle disagreement early?",
        ("tribunal_appeal_rate", "request_mediation_pct", "assessment_mediation_pct"),
    ),
    Question(
        "Knowing the needs of the area",
        "Do the partners share an accurate picture of need?",
        (
            "ehc_prevalence_pct", "plans_asd_pct", "plans_semh_pct", "plans_slcn_pct", "plans_mld_pct",
            "plans_placement_unknown_pct",
        ),
    ),
    Question(
        "Arranging services and provision",
        "Is there provision, alternative provision too, that fits the needs of the area?",
        (
            "plans_special_pct", "plans_independent_special_pct", "plans_ap_pct", "ap_la_funded_unregistered_pct",
            "dsg_balance_pct",
        ),
    ),
    Question(
        "Working together and learning",
        "Do education, health and care work as one, and change what does not work?",
        ("dco_in_post", "dmo_in_post", "dsco_in_post", "mental_health_admission_rate"),
    ),
)  # fmt: skip

# Outcomes of area inspections, by framework, in the order they are told.
INSPECTIONS_2016 = (
    "area_send_statement_of_action", "area_send_significant_weaknesses_count", "area_send_revisit_progress",
)  # fmt: skip
INSPECTIONS_2023 = ("area_send_outcome", "area_send_priority_plan", "area_send_priority_areas_count")

# Who the children are comes first, then where they are, then how they fare.
ALTERNATIVE_PROVISION = (
    Question(
        "Who are the pupils?",
        "Needs and characteristics of pupils in alternative provision.",
        (
            "ap_school_sen_support_pct", "ap_school_ehc_pct", "ap_school_fsm_pct", "ap_school_girls_pct",
            "ap_school_arranged_sen_support_pct", "ap_school_arranged_ehc_pct", "ap_school_arranged_fsm_pct",
        ),
    ),
    Question(
        "How many are there, and who arranges it?",
        "Pupils in alternative provision schools, and placements that the local authority or a school pays for.",
        ("ap_school_pupils_count", "ap_la_funded_placements_count", "ap_school_arranged_count"),
    ),
    Question(
        "Is the setting registered?",
        "Placements outside registered schools, and with providers that are on no register.",
        (
            "ap_la_funded_no_urn_count", "ap_la_funded_no_urn_pct", "ap_la_funded_unregistered_pct",
            "ap_school_arranged_no_urn_pct", "ap_school_arranged_unregistered_pct",
        ),
    ),
    Question(
        "How many children with a plan are in alternative provision?",
        "Education, health and care plans that name alternative provision.",
        ("ehc_plans_ap_count", "plans_ap_pct"),
    ),
    Question(
        "Are pupils there?",
        "Attendance and absence in alternative provision schools, in the autumn and spring terms.",
        (
            "ap_attendance_pct", "ap_absence_pct", "ap_persistent_absence_pct", "ap_severe_absence_pct",
            "ap_unauthorised_absence_pct", "ap_absence_excluded_pct",
        ),
    ),
    Question(
        "What comes after, and what does it cost?",
        "Destinations after 16, and spending on alternative provision services.",
        ("ap_post16_sustained_pct", "ap_services_per_head_gbp"),
    ),
)  # fmt: skip
# A profile of fewer would be one of children who can be recognised.
MINIMUM_PROFILED = 30
# What the profile of alternative provision is split by: measure, characteristic.
AP_PROFILES = tuple(
    (metric, characteristic)
    for metric, characteristics in {
        "ap_la_funded_placements_count": ("sex", "free_school_meals", "ethnicity", "age"),
        "ap_la_funded_no_urn_count": ("ap_setting_type",),
        "ap_school_arranged_count": (
            "sen_provision", "sex", "free_school_meals", "ap_setting_type", "ethnicity", "age",
        ),
        "ap_school_pupils_count": ("sen_provision", "sex", "free_school_meals"),
    }.items()
    for characteristic in characteristics
)  # fmt: skip


def _waits(heading: str, service: str) -> Question:
    return Question(
        heading, "", (f"{service}_waiting_count", f"{service}_wait_over18wk_pct", f"{service}_wait_over52wk_pct")
    )


# Figures of an integrated care board, by service.
HEALTH_SERVICES = (
    _waits("Speech and language therapy", "slt"),
    _waits("Occupational therapy", "ot"),
    _waits("Community paediatrics", "paediatrics"),
    _waits("Physiotherapy", "physio"),
    _waits("Audiology", "audiology"),
    _waits("Wheelchairs and equipment", "wheelchair"),
    Question(
        "Autism assessment",
        "",
        (
            "autism_new_referrals_count", "autism_open_referrals_count", "autism_wait_over13wk_pct",
            "autism_no_contact_over13wk_pct",
        ),
    ),
    Question("Mental health", "", ("cyp_mental_health_contact_count",)),
)  # fmt: skip
# What is published about health for the local authority itself.
HEALTH_OF_AREA = (
    Question(
        "Published for the local authority itself",
        "",
        ("mental_health_admission_rate", "dco_in_post", "dmo_in_post", "therapies_per_head_gbp"),
    ),
)

CHARACTERISTICS = {"sex": "Sex", "ethnicity": "Ethnicity", "free_school_meals": "Free school meals"}
# The groups of a pair as a sentence names them; plans run to the age of 25.
PAIR_WORDS = {
    "female": "girls and young women",
    "male": "boys and young men",
    "eligible": "pupils with free school meals",
    "not_eligible": "pupils without",
}
EQUALITY = (
    Question(
        "Asking for help",
        "",
        ("ehc_request_refusal_pct", "ehc_assessment_no_plan_pct", "request_mediation_pct", "request_tribunal_pct"),
    ),
    Question(
        "In time",
        "",
        (
            "ehc_decision_6wk_pct", "ehc_20wk_pct", "ehc_over_52wk_pct", "annual_review_in_time_pct",
            "annual_review_decision_4wk_pct",
        ),
    ),
    Question(
        "Need named in the plan", "", ("plans_asd_pct", "plans_semh_pct", "plans_slcn_pct", "plans_mld_pct"),
    ),
    Question(
        "Where children with a plan learn",
        "",
        (
            "new_plans_mainstream_pct", "plans_mainstream_pct", "plans_unit_or_resourced_pct", "plans_special_pct",
            "plans_independent_special_pct", "plans_ap_pct", "plans_home_education_pct", "plans_neet_pct",
            "personal_budget_pct",
        ),
    ),
    Question("Leaving a plan", "", ("ehc_stepdown_needs_met_pct", "ehc_cease_no_engagement_pct")),
    Question(
        "Learning",
        "",
        (
            "eyfsp_gld_sen_support_pct", "eyfsp_gld_ehc_pct", "ks4_att8_sen_support_score", "ks4_att8_ehc_score",
            "ks4_em94_sen_support_pct", "ks4_em94_ehc_pct",
        ),
    ),
    Question(
        "Alternative provision",
        "",
        ("ap_la_funded_placements_count", "ap_school_arranged_count", "ap_school_pupils_count"),
    ),
)  # fmt: skip

TOPICS = {
    "inspection": (*CRITERIA, Question("Area inspections", "", INSPECTIONS_2016 + INSPECTIONS_2023)),
    "alternative_provision": ALTERNATIVE_PROVISION,
    "health": (*HEALTH_SERVICES, *HEALTH_OF_AREA),
    "equality": EQUALITY,
}
