"""What every layout reader shares: its result, resolving columns by name, and turning text into numbers or symbols."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

import polars as pl

from pipelines.published.mapping import Mapping
from pipelines.published.problems import Problem
from pipelines.published.text_table import ROW, SHEET_ROWS, TextTable

NUMBER = r"^[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?%?$"


class UnknownArea(NamedTuple):
    """The area of a refused row: as reports show it, and its code and name in the file."""

    said: str
    code: str
    name: str


class UnknownPeriod(NamedTuple):
    """The period of a refused row: as reports show it, its text, and what a second column of time says."""

    said: str
    text: str
    second: str | None = None


@dataclass
class Reading:
    """Figures of one file before they are landed, and what became of every row.

    `figures` has the columns of FIGURES up to quality_flags that depend on the file, with source_row and
    source_column. Rows: those in `refused_rows` are refused, those in `scope` are out of scope (row → reason).
    `stands_for`: the row of a table reshaped on reading → `origin`, each row of the file that it was made of.
    What nobody knows: `new_values`, reason in `scope` → (column or topic, value); areas and periods of refused rows.
    """

    figures: list[pl.DataFrame] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    refused_rows: set[int] = field(default_factory=set)
    scope: dict[str, pl.Series] = field(default_factory=dict)
    latest: int | None = None
    sheets: list[str] = field(default_factory=list)
    stands_for: pl.DataFrame | None = None
    new_values: dict[str, tuple[str, str]] = field(default_factory=dict)
    unknown_areas: Counter[UnknownArea] = field(default_factory=Counter)
    unknown_periods: Counter[UnknownPeriod] = field(default_factory=Counter)

    def refuse(self, problem: Problem, row: int | None = None) -> None:
        """Refuse the row of `problem`, or `row`, which the cell at fault has come to stand in."""
        self.problems.append(problem)
        if (refused := problem.row if row is None else row) is not None:
            self.refused_rows.add(refused)

    def set_aside(self, reason: str, rows: pl.Series) -> None:
        """Count `rows` as out of scope for `reason`."""
        if rows.len():
            earlier = self.scope.get(reason)
            self.scope[reason] = rows if earlier is None else pl.concat([earlier, rows])

    def place_of(self, row: int) -> str:
        """A row as a person finds it, with its sheet where there are several."""
        where = f" of sheet {self.sheets[row // SHEET_ROWS]}" if len(self.sheets) > 1 else ""
        return f"row {row % SHEET_ROWS if where else row}{where}"

    def scope_counts(self) -> dict[str, int]:
        counts = Counter({reason: rows.len() for reason, rows in self.scope.items()})
        return dict(counts.most_common())


def correct_the_area(hint: str) -> str:
    """What to do about an unknown area code; `hint` names the area that was probably meant."""
    return f"Correct the code{': ' + hint if hint else ''}, or add the area to seeds/geography/local_authorities.csv."


def columns_named(present: Collection[str], mapping: Mapping, wanted: Iterable[str]) -> dict[str, str]:
    """Mapped column → column that is `present`, by name in any case or by one of the mapping's `renamed` spellings."""
    matches = {name: [s for s in mapping.spellings(name) if s in present] for name in wanted}
    return {name: spelt[0] for name, spelt in matches.items() if spelt}


def resolve_columns(
    table: TextTable, mapping: Mapping, wanted: list[str], reading: Reading, file: str, spare: list[str] | None = None
) -> dict[str, str]:
    """Mapped column → column of the table, as `columns_named` finds them.

    A mapped column that is not there is a fault that names the closest column that nothing else uses; a `spare` one
    is a note.
    """
    present = set(table.frame.columns) - {ROW}
    found = columns_named(present, mapping, wanted)
    missing = [name for name in dict.fromkeys(wanted) if name not in found]
    dispensable = [name for name in missing if name in (spare or [])]
    missing = [name for name in missing if name not in dispensable]
    optional = [c for metric in mapping.metrics if metric.optional for c in metric.columns()]
    if left_out := [name for name in dispensable if name in optional]:
        reading.warnings.append(f"optional columns that are not in the file: {', '.join(left_out)}")
    if len(missing) > len(found):
        reading.faults.append(_another_table(mapping, missing, len(missing) + len(found), file, table.header_row))
        return found
    unused = sorted(present - set(found.values()))
    for name in missing:
        near = get_close_matches(name.casefold(), unused, n=1, cutoff=0.5)
        spelt = table.spelling.get(near[0], near[0]) if near else None
        guess = f"no column {name}; the closest is {spelt}" if spelt else f"no column {name} and nothing like it"
        do = (
            f"If {spelt} is the same thing, add it under `renamed: {name}:` in {mapping.path.name}; "
            "if not, get the whole file."
            if spelt
            else f"Check that this is the whole file; if the column was dropped, take it out of {mapping.path.name}."
        )
        reading.faults.append(Problem(file, "A mapped column is missing", guess, do, table.header_row, name))
    return found


def _another_table(mapping: Mapping, missing: list[str], wanted: int, file: str, header_row: int) -> Problem:
    return Problem(
        file,
        "The file is not the table that its mapping describes",
        f"{len(missing)} of the {wanted} columns in {mapping.path.name} are missing: {', '.join(missing)}",
        "A release in other columns needs a mapping of its own; another table needs another file name.",
        header_row,
    )


def parse_numbers(
    frame: pl.DataFrame,
    columns: dict[str, str],
    meanings: dict[str, tuple[str, str]],
    reading: Reading,
    file: str,
    words: dict[str, set[str]] | None = None,
) -> pl.DataFrame:
    """Add `n:<column>` (number) and `s:<column>` (symbol, lower case) for each column; refuse what is neither.

    `columns`: column of the frame → its name as published. `words`: column → texts that a metric has a number for.
    A null cell, of a column that the row does not have, is neither number nor symbol, and no fault. "46.4%" is 46.4.
    """
    text = {name: pl.col(name).str.to_lowercase() for name in columns}
    is_number = {name: pl.col(name).str.contains(NUMBER) for name in columns}
    frame = frame.with_columns(
        *(
            pl.when(is_number[name])
            .then(pl.col(name).str.replace_all("[,%]", ""))
            .cast(pl.Float64, strict=False)
            .alias(f"n:{name}")
            for name in columns
        ),
        *(pl.when(~is_number[name]).then(text[name]).alias(f"s:{name}") for name in columns),
    )
    for name, label in columns.items():
        symbol = pl.col(f"s:{name}")
        known = [*meanings, *(words or {}).get(name, ())]
        wrong = frame.filter(
            pl.col(name).is_not_null()
            & (
                (symbol.is_not_null() & ~symbol.is_in(known))
                | (symbol.is_null() & ~pl.col(f"n:{name}").is_finite().fill_null(False))
            )
        )
        do = "Correct the cell, or give the symbol of the publication (for example x or c)."
        stands = origin_of([name], frame.columns).alias("stands")
        for row, cell, at in wrong.select(ROW, name, stands).iter_rows():
            reading.refuse(Problem(file, "Text where a number belongs", repr(cell[:60]), do, at, label), row)
    return frame


def origin_of(columns: list[str], present: list[str]) -> pl.Expr:
    """The row of the file that the first of these cells stands in; a reshaped table says so in `r:<column>`."""
    return pl.coalesce(*(pl.col(f"r:{c}") for c in columns if f"r:{c}" in present), ROW)
