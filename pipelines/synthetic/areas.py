"""The invented areas of SYNTHETIC England and what each of them is like."""

import csv
from dataclasses import dataclass
from functools import cache

from pipelines.settings import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "seeds" / "synthetic"
_SPECIAL = ("special", "alternative_provision")


@dataclass(frozen=True)
class Area:
    """One area. Shares are from 0 to 1; `plans` is about how many are in force in the last year made.

    The profiles span what real areas show: plans within 20 weeks from a fifth to four fifths, and so on.
    """

    code: str
    la_code: str
    plans: int
    within_20_weeks: float
    over_a_year: float
    refused: float
    in_mainstream: float
    reviewed: float
    personal_budgets: float
    sen_support: float

    @property
    def schools(self) -> dict[str, list[str]]:
        """URNs of its schools by phase."""
        return schools()[self.code]


AREAS = (
    Area("S99000001", "S01", 1_000, 0.82, 0.01, 0.17, 0.52, 0.82, 0.02, 0.13),
    Area("S99000002", "S02", 1_400, 0.61, 0.03, 0.22, 0.47, 0.71, 0.05, 0.15),
    Area("S99000003", "S03", 2_200, 0.44, 0.06, 0.29, 0.42, 0.55, 0.01, 0.14),
    Area("S99000004", "S04", 3_400, 0.21, 0.18, 0.33, 0.38, 0.48, 0.03, 0.16),
    Area("S99000005", "S05", 5_000, 0.53, 0.05, 0.25, 0.45, 0.63, 0.08, 0.13),
    Area("S99000006", "S06", 8_000, 0.39, 0.09, 0.27, 0.41, 0.58, 0.03, 0.15),
    Area("S99000007", "S07", 1_100, 0.48, 0.05, 0.24, 0.44, 0.66, 0.04, 0.14),
    Area("S99000008", "S08", 1_200, 0.57, 0.04, 0.26, 0.40, 0.61, 0.02, 0.15),
    Area("S99000009", "S09", 1_300, 0.35, 0.11, 0.21, 0.49, 0.53, 0.06, 0.14),
    Area("S99000010", "S10", 1_500, 0.50, 0.06, 0.28, 0.43, 0.60, 0.03, 0.13),
    Area("S99000011", "S11", 1_700, 0.66, 0.02, 0.20, 0.46, 0.69, 0.04, 0.16),
    Area("S99000012", "S12", 1_900, 0.42, 0.08, 0.25, 0.39, 0.57, 0.10, 0.14),
)
# The two areas whose schools send in a census; the others' have not returned yet, which shows what missing looks like.
CENSUS_AREAS = AREAS[:2]


@cache
def schools() -> dict[str, dict[str, list[str]]]:
    """Area code → phase → URNs, from seeds/synthetic/schools.csv."""
    found: dict[str, dict[str, list[str]]] = {}
    with (SEEDS / "schools.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["geography_code"], {}).setdefault(row["phase"], []).append(row["urn"])
    return found
