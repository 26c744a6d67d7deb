"""Two editions of one release: twelve authorities, in a file whose columns may have other names the next year."""

from pathlib import Path

from pipelines.published.load import load_paths
from pipelines.published.problems import FileOutcome
from pipelines.settings import Settings
from tests.published.releases import ENGLAND, HEADER, csv_of, timeliness_row

NAME = "timeliness_20_week.csv"

# Twelve authorities of different sizes: 30 plans of 40, 33 of 47, 36 of 54 …
AREAS = [f"E060000{n:02}" for n in range(1, 13)]


def edition(year: int, more: int = 0, **renamed: str) -> tuple[list[dict[str, str]], list[str]]:
    """Rows and header of one year, each area with `more` plans than its base; `renamed`: old column → new."""
    rows = [timeliness_row(ENGLAND, 4_000 + more, 8_000 + more, year)]
    rows += [timeliness_row(area, 30 + 3 * n + more, 40 + 7 * n + more, year) for n, area in enumerate(AREAS)]
    header = [renamed.get(column, column) for column in HEADER]
    return [{renamed.get(column, column): cell for column, cell in row.items()} for row in rows], header


def load(settings: Settings, folder: Path, rows: list[dict[str, str]], header: list[str], partial: bool) -> FileOutcome:
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(csv_of(rows, header))
    (outcome,) = load_paths(settings, [folder / NAME], partial=partial).files
    return outcome
