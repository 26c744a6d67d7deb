"""The plain words of the codes in the tables."""

FAMILIES = {
    "outcomes_experiences": "Outcomes and experiences",
    "identification": "Identification of need",
    "value_for_money": "Value for money",
    "alternative_provision": "Alternative provision",
    "delivery": "Delivery",
}
STATISTICAL_STATUSES = {
    "accredited_official_statistics": "Accredited official statistics",
    "official_statistics": "Official statistics",
    "official_statistics_in_development": "Official statistics in development",
    "published_management_information": "Management information, as published",
    "management_information": "Management information",
    "synthetic": "SYNTHETIC: invented, not about any real place",
}
POLARITIES = {
    "higher_better": "Higher is better",
    "lower_better": "Lower is better",
    "neutral": "Neither high nor low is better in itself",
}
BASES = {
    "maintaining_la": "the local authority that maintains the plan",
    "residence": "the area where the child lives",
    "school_la": "the area of the school",
    "school": "the school",
    "icb": "the integrated care board",
    "none": "the area as published",
}
LEVELS = {
    "national": "Country",
    "region": "Region",
    "sub_region": "Part of a region",
    "la": "Local authority",
    "icb": "Integrated care board",
}
INTERVAL_METHODS = {
    "wilson": "95% interval by Wilson's method for a share",
    "byar": "95% interval by Byar's method for a rate",
    "published": "95% interval as published",
    "none": "no interval",
}


def words_of(codes: dict[str, str], code: str | None) -> str:
    """The words of a code; one without words of its own reads as it is written."""
    return codes.get(code or "", (code or "not stated").replace("_", " "))
