"""For a draft: which columns of an unknown table are its area, time, breakdowns and figures, as fields of a mapping."""

import re
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.published.layout import Area
from pipelines.published.mapping import FILL_IN, load_breakdowns
from pipelines.published.periods import MONTHS, read_day, read_period
from pipelines.published.places import EES_COLUMNS
from pipelines.published.profiles import IDENTIFIERS, Profile, is_period, profile_of
from pipelines.published.text_table import LEVELS_OF_HEADER

_EES_NAMES = {"geographic_level", *EES_COLUMNS}
_EES_PLACE = {*_EES_NAMES, "country_name", "old_la_code", "time_period", "time_identifier"}
_TOTAL = re.compile(r"(total|all|england|both|overall)\b.*", re.IGNORECASE)
_NAMES_OF_MEASURES = {"metric", "indicator", "measure", "measure name", "metric name", "variable"}
_MOST_VALUES = 200
_TITLE_PERIOD = re.compile(
    rf"(?:{'|'.join(MONTHS)}) \d{{4}}|\d{{4}}[-/]\d{{2}}(?:\d{{2}})?|\b20\d{{2}}\b", re.IGNORECASE
)


@dataclass
class Roles:
    """Fields of a mapping, each with what is to be said beside it; `measures` are the columns of figures.

    `labels`: a measure of a long table, case-folded → its description in the table.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    measures: list[Profile] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def added_up(self) -> bool:
        """Whether rows are of sub-ICB locations, whose counts are added to their ICB."""
        area = self.fields.get("area")
        return area is not None and Area.model_validate(area).added_up

    def say(self, about: str, text: str) -> None:
        self.comments.setdefault(about, []).append(text)


def find_roles(frame: pl.DataFrame, profiles: dict[str, Profile], titles: list[str], file: str) -> Roles:
    """Area, time, rows and breakdowns, and what is left over as figures. What is not recognised is said.

    `profiles` are of the columns of `frame`.
    """
    roles = Roles()
    _time(roles, profiles, titles, file)
    _area(roles, profiles)
    left = [p for name, p in profiles.items() if name not in roles.used]
    roles.measures = [p for p in left if p.is_measure and not _is_year(p) and not p.holds_la_numbers]
    words = [p for p in left if p not in roles.measures]
    _pivot(roles, words, frame)
    _breakdowns(roles, [p for p in words if p.name not in roles.used])
    return roles


def _area(roles: Roles, profiles: dict[str, Profile]) -> None:
    places = set(profiles) & set(EES_COLUMNS)
    if "geographic_level" in profiles and places & {"country_code", "region_code", "new_la_code"}:
        roles.used |= set(profiles) & _EES_PLACE
        return
    free = [p for name, p in profiles.items() if name not in roles.used]
    level = next((p for p in free if p.holds_levels and p.distinct > 1), None)
    code = next((p for p in free if p.area_level in ("la", "icb", "sub_icb", "any")), None) or next(
        (p for p in free if p.holds_la_numbers and re.search(r"code|number|no\b|num", p.name)), None
    )
    name = next((p for p in free if p.holds_area_names and p.distinct > 12 and p is not code), None)
    name = name or next((p for p in free if p.holds_area_names and p is not code), None)
    kind = code.area_level if code and code.area_level else "any"
    area: dict[str, Any] = {"level": level.spelt if level else {"fixed": kind}}
    area |= {"code": code.spelt} if code else {}
    area |= {"name": name.spelt} if name else {}
    if not code and not name:
        area["name"] = f"{FILL_IN} the column that names the area"
        roles.say("area", "no column was recognised as codes or names of areas")
    if kind in ("icb", "sub_icb"):
        area["nhs"] = True
    roles.fields["area"] = area
    roles.used |= {p.name for p in (level, code, name) if p} | (set(profiles) & _EES_PLACE)
    for other in free:
        if other.name not in roles.used and (other.area_level or other.holds_area_names) and other.cells:
            roles.used.add(other.name)
            roles.say("area", f"{other.spelt} holds areas too, and is not read")


def _time(roles: Roles, profiles: dict[str, Profile], titles: list[str], file: str) -> None:
    column, identifier = profiles.get("time_period"), profiles.get("time_identifier")
    if column and column.holds_periods:
        roles.used |= {"time_period", "time_identifier"} & set(profiles)
        if not identifier:
            roles.fields["time"] = {"column": column.spelt}
        _period(roles, column, identifier)
        return
    named = [p for p in profiles.values() if p.holds_periods and re.search(r"year|period|date|month|time", p.name)]
    column = next(iter(named), None) or next((p for p in profiles.values() if _is_year(p)), None)
    if column:
        roles.used.add(column.name)
        identifier = next((p for p in profiles.values() if p.holds_identifiers), None)
        roles.used |= {identifier.name} if identifier else set()
        roles.fields["time"] = {"column": column.spelt} | ({"identifier": identifier.spelt} if identifier else {})
        _period(roles, column, identifier)
        return
    uppers = {name.partition(LEVELS_OF_HEADER)[0] for name in profiles if LEVELS_OF_HEADER in name}
    periods = sorted(upper for upper in uppers if is_period(upper))
    if len(periods) > 1:
        roles.fields |= {"time": {"header": True}, "period": _kind_of(periods)}
        roles.say("period", f"the header says {', '.join(periods[:6])}; check which kind of year it is")
        return
    where = [*titles, file]
    found = next((match[0] for text in where if (match := _TITLE_PERIOD.search(text))), None)
    if found:
        roles.fields |= {"time": {"fixed": found}, "period": _kind_of([found])}
        roles.say("time", "no column says the period; this stands in the title or the file name: check it")
        return
    roles.fields |= {"time": {"fixed": f"{FILL_IN} the period, such as 2024-25"}, "period": "academic_year"}
    roles.say("period", "the period was not recognised: check it")


def _period(roles: Roles, column: Profile, identifier: Profile | None) -> None:
    kinds = list(dict.fromkeys(IDENTIFIERS.get(cell.casefold(), "") for cell in identifier.cells)) if identifier else []
    kinds = [kind for kind in kinds if kind]
    roles.fields["period"] = kinds[0] if kinds else _kind_of(list(column.cells))
    if len(kinds) > 1:
        roles.say("period", f"the file mixes {', '.join(kinds)}: rows of another kind are refused")
    elif not kinds:
        roles.say("period", f"the file says {', '.join(column.cells[:4])}; check which kind of year it is")


def _kind_of(cells: list[str]) -> str:
    if all(re.fullmatch(r"\d{4}", cell) for cell in cells):
        return "calendar_year"
    return "month" if all(read_period(cell, None, "month") for cell in cells) else "academic_year"


def _is_year(p: Profile) -> bool:
    return bool(p.cells) and p.distinct <= 60 and p.share(lambda c: bool(re.fullmatch(r"(19[89]|20[0-4])\d", c))) == 1


def _pivot(roles: Roles, words: list[Profile], frame: pl.DataFrame) -> None:
    names = next((p for p in words if p.name.replace("_", " ") in _NAMES_OF_MEASURES), None)
    if names and len(roles.measures) == 1:
        (values,) = roles.measures
        roles.fields["pivot"] = {"names": names.spelt, "values": values.spelt}
        roles.used |= {names.name, values.name}
        # Counts and averages share the column: what a measure is shows in its own rows.
        own = frame.partition_by(names.name, as_dict=True)
        roles.measures = [
            profile_of(cell.casefold(), cell, own[(cell,)][values.name]) for cell in names.cells[:_MOST_VALUES]
        ]
        for p in (p for p in words if p is not names):
            pairs = frame.select(names.name, p.name).unique(maintain_order=True)
            if pairs.height == p.distinct == names.distinct > 1:
                roles.labels = {name.casefold(): said for name, said in pairs.iter_rows()}
                roles.used.add(p.name)
                break


def _breakdowns(roles: Roles, words: list[Profile]) -> None:
    by_name = {p.name: p for p in words}
    if "breakdown_topic" in by_name and "breakdown" in by_name:
        # Which value belongs to which topic is settled on the rows, by the caller.
        words = [p for p in words if p.name not in ("breakdown_topic", "breakdown")]
        roles.used |= {"breakdown_topic", "breakdown"}
    for p in words:
        name = p.spelt
        if not p.cells:
            roles.say("not recognised", f"{name}: blank throughout")
        elif p.distinct == 1:
            roles.say("not recognised", f"{name}: always {p.cells[0]!r}")
        elif p.holds_periods or p.share(lambda cell: read_day(cell) is not None) >= 0.9:
            roles.say("not recognised", f"{name}: holds periods or days too")
        elif p.distinct > _MOST_VALUES:
            roles.say("not recognised", f"{name}: {p.distinct:,} different texts, such as {p.cells[0]!r}")
        else:
            _dimension(roles, p, name)


def _dimension(roles: Roles, p: Profile, name: str) -> None:
    totals = [cell for cell in p.cells if _TOTAL.fullmatch(cell)]
    others = [cell for cell in p.cells if cell not in totals]
    code, unknown = breakdown_of(others)
    if code:
        roles.fields.setdefault("dimensions", []).append(
            {"column": name, "breakdown": code, "totals": totals or ["Total"]}
        )
        if unknown:
            roles.say("dimensions", f"{name}: not in breakdowns.yaml under {code}: {_some(unknown)}")
        if not totals:
            roles.say("dimensions", f"{name} has no value that looks like a total")
    else:
        kept = totals[:1] or [f"{FILL_IN} one of: {_some(list(p.cells))}"]
        roles.fields.setdefault("keep", {})[name] = kept
        roles.say("keep", f"{name}: no breakdown of breakdowns.yaml has these values: {_some(others)}")


def breakdown_of(labels: list[str]) -> tuple[str | None, list[str]]:
    """The breakdown whose labels most of these are, and those that it lacks."""
    known = {code: set(breakdown.codes()) for code, breakdown in load_breakdowns().items()}
    held = {code: [label for label in labels if label.strip().casefold() in own] for code, own in known.items()}
    best = max(held, key=lambda code: len(held[code]), default=None)
    if best is None or not labels or len(held[best]) * 2 < len(labels):
        return None, labels
    return best, [label for label in labels if label not in held[best]]


def is_total(label: str) -> bool:
    """Whether a label says that its rows are not broken down."""
    return _TOTAL.fullmatch(label.strip()) is not None


def _some(texts: list[str]) -> str:
    return ", ".join(texts[:8]) + (f" … ({len(texts):,})" if len(texts) > 8 else "")
