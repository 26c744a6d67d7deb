"""A store with the real releases loaded and published, and the files themselves, read without our readers."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.published.problems import LoadReport
from pipelines.settings import Settings

EES_SYMBOLS = {"c", "x", "z", "k", "u", "low", ""}


@dataclass(frozen=True)
class Everything:
    """`settings` of a store in which every file that there is has landed and nothing is published; `report` of that."""

    settings: Settings
    report: LoadReport


@dataclass(frozen=True)
class RealStore:
    """`settings` of a store that holds the EHC plans release of 2025 and LAIT; `report` of loading them."""

    settings: Settings
    report: LoadReport
    data: Path

    def sql(self, query: str) -> list[dict[str, str]]:
        """What `inclusion sql` answers, run as a user runs it."""
        done = subprocess.run(
            [sys.executable, "-c", "from pipelines.cli.main import main; main()", "sql", query, "--format", "csv"],
            env={**os.environ, "INCLUSION_DATA_DIR": str(self.settings.data_dir)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return list(csv.DictReader(done.stdout.splitlines()))

    def rows(self, file: str) -> Iterator[dict[str, str]]:
        """Rows of a file of the EHC plans release that are not broken down, with the area's code under `area`."""
        with (self.data / "ehcp_2025" / file).open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.DictReader(handle):
                if row["breakdown_topic"].startswith("All "):
                    area = row["new_la_code"] or row["region_code"] or row["country_code"]
                    yield row | {"area": area}


def number(cell: str) -> float | None:
    """A published cell as a number, or None for a symbol. Anything else is an error."""
    return None if cell in EES_SYMBOLS else float(cell)
