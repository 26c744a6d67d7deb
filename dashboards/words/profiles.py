"""How many children an area has in alternative provision, in one sentence."""

from collections.abc import Mapping
from typing import Any

from dashboards.words.numbers import measured

Row = Mapping[str, Any]
_TOLD = (
    ("ap_la_funded_placements_count", "placements that the local authority pays for"),
    ("ap_school_arranged_count", "pupils in provision that their school arranged"),
    ("ap_school_pupils_count", "pupils in alternative provision schools"),
    ("ehc_plans_ap_count", "education, health and care plans in alternative provision"),
)


def placements_headline(area: str, metrics: Mapping[str, Row], figures: Mapping[str, Row]) -> str:
    """The newest numbers with their periods, of rows of store.area_figures by metric. Ends in a full stop."""
    parts = [
        f"{measured(figures[each]['value'], metrics[each])} {words} ({figures[each]['period']})"
        for each, words in _TOLD
        if each in metrics and each in figures and figures[each]["status"] == "shown"
    ]
    if not parts:
        return f"{area}: no number of children in alternative provision is shown."
    twice = " One child can be in more than one of these." if len(parts) > 1 else ""
    return f"{area}: {'; '.join(parts)}.{twice}"
