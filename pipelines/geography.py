"""Which area a published code or name means, read from seeds/geography. Cheap to import; no data frames."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from pipelines.settings import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "seeds" / "geography"


@dataclass(frozen=True)
class Area:
    """One row of local_authorities.csv or wider_areas.csv; level is national, region, sub_region, la or icb."""

    geography_code: str
    name: str
    short_name: str
    level: str
    la_code: str
    region_code: str
    valid_from: date
    valid_to: date | None
    comparable: bool
    aliases: tuple[str, ...]

    def in_force(self, on: date) -> bool:
        """Whether the code was in use on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Geography:
    """Look areas up by GSS code, three-digit code or name."""

    def __init__(self, folder: Path = SEEDS) -> None:
        areas = [*_areas(folder / "local_authorities.csv"), *_areas(folder / "wider_areas.csv")]
        self.areas = {area.geography_code: area for area in areas}
        self._replaced_by = dict(_pure_recodes(folder / "predecessors.csv"))

    def current_code(self, geography_code: str) -> str:
        """The code now used for the same area: E08000016 → E08000038. A split or merged area keeps its own."""
        while geography_code in self._replaced_by:
            geography_code = self._replaced_by[geography_code]
        return geography_code

    def find(self, text: str, on: date | None = None) -> str | None:
        """The GSS code (as of today where the area is the same) that a code or name means, or None.

        Case and punctuation do not matter. Where two areas shared a name (Dorset), the one in force `on` that day is
        meant, the current one when no day is given.
        """
        text = text.strip()
        if text in self.areas:
            return self.current_code(text)
        found = self._by_name.get(plain(text), [])
        in_force = [area for area in found if area.in_force(on)] if on else []
        chosen = in_force or [area for area in found if area.valid_to is None] or found
        return self.current_code(chosen[0].geography_code) if chosen else None

    @cached_property
    def _by_name(self) -> dict[str, list[Area]]:
        names: dict[str, list[Area]] = {}
        for area in self.areas.values():
            for name in {plain(n) for n in (area.name, area.short_name, area.la_code, *area.aliases)} - {""}:
                names.setdefault(name, []).append(area)
        return names


def plain(name: str) -> str:
    """A name with case, punctuation and '&' evened out, for matching."""
    return re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("&", " and ")).strip()


def _areas(path: Path) -> Iterator[Area]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Area(
                geography_code=row["geography_code"],
                name=row["name"],
                short_name=row["short_name"],
                level=row["level"],
                la_code=row["la_code"],
                region_code=row["region_code"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                comparable=row["comparable"] == "true",
                aliases=tuple(alias for alias in row["aliases"].split(";") if alias),
            )


def _pure_recodes(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if float(row["weight"]) == float(row["share_of_predecessor"]) == 1.0:
                yield row["predecessor_code"], row["successor_code"]
