"""Who sends which return: the bodies of this world, and the one code each is filed under."""

import csv
from dataclasses import dataclass
from pathlib import Path

from pipelines.contracts.return_contract import ReturnContract
from pipelines.published.geography import Areas, load_areas
from pipelines.services.outcome import SubmitFailed
from pipelines.settings import Settings


@dataclass(frozen=True)
class Body:
    """A body that sends a return: the code it is filed under, and its name."""

    code: str
    name: str


def bodies(settings: Settings, contract: ReturnContract) -> list[Body]:
    """The bodies that can send this return today, by name; empty where there is no register of them."""
    if contract.body_kind == "la":
        areas = load_areas(settings.geography_dir)
        current = [code for code in _authorities(areas) if areas.valid[code][1] is None]
        found = [Body(code, areas.names[code]) for code in current]
    else:
        found = list(_schools(settings.geography_dir).values()) if contract.body_kind == "school" else []
    return sorted(found, key=lambda body: (body.name.casefold(), body.code))


def body_code(settings: Settings, contract: ReturnContract, given: str) -> str:
    """The code a body is filed under, whichever of its codes is given.

    Raises SubmitFailed for a code that is none, or that no body of this world has.
    """
    code = given.strip().upper()
    if not contract.is_body(code):
        raise SubmitFailed(f"{given!r} is not the code of a body; codes look like {contract.body_pattern}.")
    if contract.body_kind == "la":
        areas = load_areas(settings.geography_dir)
        filed = areas.by_number.get(code, areas.by_code.get(code))
        if filed not in _authorities(areas):
            raise SubmitFailed(f"There is no local authority {given!r}. {_meant(areas, code)}".strip())
        return filed
    register = _schools(settings.geography_dir) if contract.body_kind == "school" else {}
    if register and code not in register:
        raise SubmitFailed(f"There is no school {given!r}.")
    return code


def _authorities(areas: Areas) -> set[str]:
    return {code for code in areas.by_code.values() if areas.levels[code] == "la"}


def _meant(areas: Areas, code: str) -> str:
    suggestion = areas.suggestion(code, code)
    return f"{suggestion[0].upper()}{suggestion[1:]}." if suggestion else ""


def _schools(folder: Path) -> dict[str, Body]:
    with (folder / "schools.csv").open(encoding="utf-8", newline="") as handle:
        return {row["urn"]: Body(row["urn"], row["name"]) for row in csv.DictReader(handle) if not row["valid_to"]}
