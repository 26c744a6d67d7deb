"""The columns of a mapping that say which row is which, and how to tell a column of a file that holds the same."""

from collections.abc import Callable
from functools import partial

from pipelines.published.geography import load_areas, plain_name
from pipelines.published.layout import Area, AreaLevel
from pipelines.published.mapping import Mapping, load_breakdowns
from pipelines.published.places import LEVEL_OF
from pipelines.published.profiles import AREA_CODES, Profile

Fits = Callable[[Profile], bool]
Roles = dict[str, tuple[str, Fits]]  # Column → what it holds, and whether a column holds that.
_FINEST_FIRST: tuple[AreaLevel, ...] = ("sub_icb", "icb", "la", "region", "country")
_MOSTLY = 0.8


def roles_of(mapping: Mapping) -> Roles:
    """Column that says which row is which → what it holds, and how to tell a column that holds it."""

    def among(*wanted: str) -> Callable[[Profile], bool]:
        texts = {text.casefold() for text in wanted}
        return lambda p: texts <= {cell.casefold() for cell in p.cells}

    def words(*wanted: str) -> Callable[[Profile], bool]:
        known = {word.casefold() for word in wanted}
        return lambda p: p.share(lambda cell: cell.casefold() in known) >= 0.8

    def splits(values: set[str], *wanted: str) -> Callable[[Profile], bool]:
        known = words(*wanted)
        # A column of nothing but totals splits nothing.
        return lambda p: known(p) and any(cell.casefold() in values for cell in p.cells)

    area, time = mapping.area, mapping.time
    roles = area_roles(area)
    level_column = "geographic_level" if area is None else area.level
    if isinstance(level_column, str):
        known = words(*(area.levels if area else {}))
        roles[level_column] = ("geographic levels", lambda p: p.holds_levels or known(p))
    if time.column:
        roles[time.column] = ("periods", lambda p: p.holds_periods)
    if time.identifier:
        roles[time.identifier] = ("kinds of period", lambda p: p.holds_identifiers)
    if mapping.topics or mapping.totals:
        topics = mapping.topics
        roles[mapping.characteristic.topic] = ("the topics of breakdowns", words(*topics, *mapping.totals))
        labels = [label for code in topics.values() for own in load_breakdowns()[code].values.values() for label in own]
        roles[mapping.characteristic.value] = ("the values of breakdowns", words(*labels, *mapping.totals))
    for dimension in mapping.dimensions:
        values = load_breakdowns()[dimension.breakdown].codes()
        roles[dimension.column] = (f"values of {dimension.breakdown}", splits(set(values), *values, *dimension.totals))
    for column, kept in mapping.keep.items():
        roles[column] = ("the values that are kept", among(*kept))
    for metric in mapping.metrics:
        if metric.value and metric.codes:
            roles.setdefault(metric.value, ("the words that have a number", words(*metric.codes)))
        for column, texts in metric.wanted().items():
            roles.setdefault(column, ("the values that metrics ask for", among(*texts)))
    return roles


def area_roles(area: Area | None) -> Roles:
    """The columns of areas. Of what level an area is matters: a column of regions is none of authorities."""
    if area is None or not (area.code or area.name):
        return {
            "country_code": ("codes at level country", partial(_holds_codes, level="country")),
            "region_code": ("codes at level region", partial(_holds_codes, level="region")),
            "new_la_code": ("codes at level la", partial(_holds_codes, level="la")),
            "region_name": ("names of regions", partial(_holds_names, level="region")),
            "la_name": ("names of authorities", partial(_holds_names, level="la")),
        }
    mixed = area.fixed in (None, "any")
    levels = {area.fixed} - {None, "any"} or {*area.levels.values()} - {"any"} or {"icb" if area.nhs else "la"}
    finest = next(level for level in _FINEST_FIRST if level in levels)
    codes: Fits = partial(_holds_codes, level=finest, mixed=mixed, numbers=finest == "la")
    names: Fits = partial(_holds_names, level=finest, mixed=mixed)
    roles: Roles = {area.code: (f"codes of areas, down to level {finest}", codes)} if area.code else {}
    return roles | ({area.name: (f"names of areas, down to level {finest}", names)} if area.name else {})


def _holds_codes(p: Profile, level: AreaLevel, mixed: bool = False, numbers: bool = False) -> bool:
    """Whether a column holds codes of areas at `level`, or their `numbers`; where it is `mixed`, also of wider ones."""
    if p.area_level == level or (numbers and p.holds_la_numbers):
        return True
    return mixed and p.area_level == "any" and any(map(AREA_CODES[level].fullmatch, p.cells))


def _holds_names(p: Profile, level: AreaLevel, mixed: bool = False) -> bool:
    """Whether a column holds names of areas at `level`; where it is `mixed`, also of wider ones."""
    areas = load_areas()

    def is_one(cell: str) -> bool:
        if level == "icb":
            return plain_name(cell) in areas.health.icbs
        code = areas.by_name.get(cell.strip("0123456789 ").casefold())
        return code is not None and LEVEL_OF[areas.levels[code]] == level

    return p.share(is_one) >= _MOSTLY or (mixed and p.holds_area_names and any(map(is_one, p.cells)))
