"""What an area is called in a list, and where it belongs."""

from collections.abc import Mapping
from typing import Any

from dashboards.words.codes import LEVELS, words_of
from dashboards.words.numbers import day

FEW_CHILDREN = (
    "So few children live here that figures are shown but not compared: one child more or less would move a rate by "
    "several points. Many are suppressed."
)


def place_label(area: Mapping[str, Any]) -> str:
    """ "Leeds", "North East (region)", "Cumbria (until 31 March 2023)"."""
    name = str(area["name"])
    if not area["is_current"] and area["valid_to"]:
        return f"{name} (until {day(area['valid_to'])})"
    if not area["is_current"]:
        return f"{name} (former area)"
    return name if area["level"] in ("la", "national") else f"{name} ({words_of(LEVELS, area['level']).lower()})"


def place_line(area: Mapping[str, Any], part: str | None = None) -> str:
    """One line on what kind of area it is; `part` is the name of the part of its region, for London boroughs."""
    kind = words_of(LEVELS, area["level"])
    where = f" in {area['region_name']}" if area["region_name"] and area["level"] in ("la", "sub_region") else ""
    where += f" ({part})" if part else ""
    until = f", until {day(area['valid_to'])}" if area["valid_to"] else ""
    return f"{kind}{where}{until}. Code {area['geography_code']}."
