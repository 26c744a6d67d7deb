"""Published area codes and names → the GSS codes we use, from `seeds/geography/`.

An area that only changed its code keeps one code through time (Buckinghamshire, Somerset, Barnsley …): the newest.
Areas whose boundaries changed keep their own code; `predecessors.csv` says how they relate.
"""

import csv
import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "geography"
ENGLAND = "E92000001"

# Dates from which a new set of local-authority boundaries was in force.
BOUNDARY_SETS = (
    date(2009, 4, 1),
    date(2013, 4, 1),
    date(2019, 4, 1),
    date(2020, 4, 1),
    date(2021, 4, 1),
    date(2023, 4, 1),
)

# Regions as NHS England draws them: other areas than the regions of the same names, so none of ours.
NHS_REGIONS = {
    "Y56": "London",
    "Y58": "South West",
    "Y59": "South East",
    "Y60": "Midlands",
    "Y61": "East of England",
    "Y62": "North West",
    "Y63": "North East and Yorkshire",
}


@dataclass(frozen=True)
class HealthAreas:
    """Lookups of the NHS, case-folded: ICB code or name → our code of the ICB; sub-ICB code → its ICB.

    An ICB may bear the name of a local authority (Devon, Dorset), hence lookups of their own.
    """

    icbs: dict[str, str] = field(default_factory=dict)
    sub_icbs: dict[str, str] = field(default_factory=dict)

    def places_of(self, icb: str) -> int:
        """How many sub-ICB locations an ICB has."""
        return sum(1 for code, of in self.sub_icbs.items() if of == icb and not code.startswith("e38"))


@dataclass(frozen=True)
class Areas:
    """Lookups from what a file may say to our code.

    `by_code`: GSS code → current code. `by_number`: three-digit code → current code (LAIT's region numbers too).
    `by_name`: name or alias, case-folded → current code. `levels`, `names`: code → level, name.
    `valid`: current code → (first day, last day or None) of the area, over all its codes.
    `namesakes`: current code → codes of areas that are gone and bore the same name.
    """

    by_code: dict[str, str]
    by_number: dict[str, str]
    by_name: dict[str, str]
    levels: dict[str, str]
    names: dict[str, str]
    valid: dict[str, tuple[date, date | None]]
    namesakes: dict[str, list[str]] = field(default_factory=dict)
    health: HealthAreas = field(default_factory=HealthAreas)

    @cached_property
    def by_plain_name(self) -> dict[str, str]:
        """Name or alias without case and punctuation → current code."""
        return {plain_name(name): code for name, code in self.by_name.items()}

    def suggestion(self, code: str, name: str) -> str:
        """A sentence naming the area that was probably meant, or an empty string."""
        known = self.by_name.get(name.strip().casefold())
        if known:
            return f"{name!r} is known to us as {known}"
        near = get_close_matches(name.strip().casefold(), self.by_name, n=1, cutoff=0.8)
        if near:
            return f"the closest name we know is {self.names[self.by_name[near[0]]]!r} ({self.by_name[near[0]]})"
        near = get_close_matches(code, self.by_code, n=1, cutoff=0.85)
        return f"the closest code we know is {near[0]} ({self.names[self.by_code[near[0]]]})" if near else ""


@lru_cache(maxsize=4)
def load_areas(folder: Path = SEEDS) -> Areas:
    """Read the geography seeds: local authorities, wider areas (England, regions, sub-regions), ICBs, sub-ICBs."""
    every = [row for name in ("wider_areas.csv", "local_authorities.csv") for row in _read(folder / name)]
    rows = [row for row in every if row["level"] != "icb"]
    newest = _newest_code_of_each_authority(rows)
    by_code: dict[str, str] = {}
    by_number: dict[str, str] = {}
    by_name: dict[str, str] = {}
    levels: dict[str, str] = {}
    names: dict[str, str] = {}
    valid: dict[str, tuple[date, date | None]] = {}
    bearers: dict[str, set[str]] = {}
    for row in rows:
        own = row["geography_code"]
        code = newest.get(row["la_code"], own)
        by_code[own] = code
        levels[own], names[own] = row["level"], row["name"]
        first = date.fromisoformat(row["valid_from"])
        last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        earlier = valid.get(code)
        valid[code] = (
            min(first, earlier[0]) if earlier else first,
            None
            if last is None or (earlier and earlier[1] is None)
            else max(last, earlier[1] or last)
            if earlier
            else last,
        )
        aliases = [alias for alias in row["aliases"].split(";") if alias]
        for number in [row["la_code"], *(a for a in aliases if a.isdigit())]:
            if number:
                by_number[number] = code
        for name in [row["name"], *(a for a in aliases if not a.isdigit())]:
            bearers.setdefault(name.casefold(), set()).add(code)
            # A current area wins a name it shares with one that is gone (Dorset, Bedford).
            if last is None or name.casefold() not in by_name:
                by_name[name.casefold()] = code
    health = _health_areas([row for row in every if row["level"] == "icb"], folder)
    namesakes: dict[str, list[str]] = {}
    for name, codes in bearers.items():
        others = namesakes.setdefault(by_name[name], [])
        others += sorted(codes - {by_name[name], *others})
    return Areas(by_code, by_number, by_name, levels, names, valid, namesakes, health)


def _health_areas(rows: list[dict[str, str]], folder: Path) -> HealthAreas:
    icbs = {
        spelling: row["geography_code"]
        for row in rows
        for written in [row["geography_code"], row["name"], row["short_name"], *row["aliases"].split(";")]
        for spelling in _as_the_nhs_writes(written)
    }
    locations = _read(folder / "sub_icbs.csv") if (folder / "sub_icbs.csv").is_file() else []
    sub_icbs = {row[code].casefold(): row["icb_code"] for row in locations for code in ("sub_icb_code", "ons_code")}
    return HealthAreas(icbs, sub_icbs)


def plain_name(name: str) -> str:
    """A name without case and punctuation, "&" as "and"."""
    return re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("&", " and ")).strip()


def _as_the_nhs_writes(name: str) -> set[str]:
    """An ICB's code or name in plain letters, with and without its first and last words."""
    plain = plain_name(name)
    bare = plain.removeprefix("nhs ").removesuffix(" integrated care board").removesuffix(" icb")
    return {plain, bare, f"{bare} icb", f"nhs {bare} icb"} - {""}


def boundary_set_on(day: date) -> str:
    """The ISO date of the local-authority boundary set in force on `day`."""
    return max((start for start in BOUNDARY_SETS if start <= day), default=BOUNDARY_SETS[0]).isoformat()


def _newest_code_of_each_authority(rows: list[dict[str, str]]) -> dict[str, str]:
    newest: dict[str, tuple[str, str]] = {}
    for row in rows:
        number = row["la_code"]
        if number and (number not in newest or row["valid_from"] > newest[number][0]):
            newest[number] = (row["valid_from"], row["geography_code"])
    return {number: code for number, (_, code) in newest.items()}


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
