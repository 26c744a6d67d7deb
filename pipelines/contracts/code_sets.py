"""Code sets of the returns: seeds/codes/code_sets.csv, with the days each code is valid."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pipelines.settings import PROJECT_ROOT

CODE_SETS = PROJECT_ROOT / "seeds" / "codes" / "code_sets.csv"


@dataclass(frozen=True)
class Code:
    """One code of a set; `valid_to` is the last day it may be used, None while it still may."""

    code: str
    label: str
    valid_from: date
    valid_to: date | None

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


CodeSets = dict[str, tuple[Code, ...]]


@cache
def load_code_sets(path: Path = CODE_SETS) -> CodeSets:
    """Code set → its codes, in the order of the file."""
    sets: dict[str, list[Code]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
            code = Code(row["code"], row["label"], date.fromisoformat(row["valid_from"]), ends)
            sets.setdefault(row["code_set"], []).append(code)
    return {name: tuple(codes) for name, codes in sets.items()}
