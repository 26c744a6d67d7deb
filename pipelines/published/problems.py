"""What is wrong with a file, in one shape: file, row, column, what was found, the rule, what to do."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

SHOWN_PER_RULE = 20


@dataclass(frozen=True)
class Problem:
    """One fault. `row` counts as a spreadsheet shows it (the header is row 1); None concerns the whole file."""

    file: str
    rule: str
    found: str
    do: str
    row: int | None = None
    column: str | None = None

    def place(self) -> str:
        parts = [self.file]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


@dataclass
class FileOutcome:
    """What became of one file. rows: read = loaded + refused + out_of_scope, always."""

    file: str
    outcome: str
    dataset: str | None = None
    release_id: str | None = None
    receipt_id: str | None = None
    read: int = 0
    loaded: int = 0
    refused: int = 0
    out_of_scope: int = 0
    out_of_scope_reasons: dict[str, int] = field(default_factory=dict)
    figures: int = 0
    metrics: list[str] = field(default_factory=list)
    areas: int = 0
    periods: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return self.outcome == "refused"


@dataclass
class LoadReport:
    """The outcome of every file of one load."""

    files: list[FileOutcome] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not any(f.failed for f in self.files)

    @property
    def problems(self) -> list[Problem]:
        return [problem for f in self.files for problem in f.problems]

    @property
    def landed(self) -> list[FileOutcome]:
        return [f for f in self.files if f.outcome in ("loaded", "loaded in part")]

    def as_dict(self) -> dict[str, Any]:
        return {"ok": self.ok, "files": [asdict(f) for f in self.files]}

    def as_json(self) -> str:
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False, default=str) + "\n"

    def as_text(self) -> str:
        """The report a person reads: every file, every kind of fault, the first rows of each."""
        lines: list[str] = []
        for f in self.files:
            lines += _file_lines(f)
        counts = Counter(f.outcome for f in self.files)
        lines.append("; ".join(f"{n} {'file' if n == 1 else 'files'} {outcome}" for outcome, n in counts.items()))
        return "\n".join(lines) + "\n"


def _file_lines(f: FileOutcome) -> list[str]:
    head = f"{f.file}: {f.outcome}"
    if f.dataset:
        head += f" ({f.dataset}, {f.release_id})" if f.release_id else f" ({f.dataset})"
    lines = [head]
    if f.read:
        lines.append(
            f"  {f.read:,} rows read = {f.loaded:,} loaded + {f.refused:,} refused + {f.out_of_scope:,} out of scope"
        )
    if f.figures:
        periods = f"{f.periods[0]} to {f.periods[-1]}" if f.periods else "no period"
        lines.append(f"  {f.figures:,} figures, {len(f.metrics)} metrics, {f.areas} areas, {periods}")
    lines += [f"  out of scope: {reason}: {n:,} rows" for reason, n in f.out_of_scope_reasons.items()]
    lines += [f"  note: {warning}" for warning in f.warnings]
    lines += list(_problem_lines(f.problems))
    if f.failed and f.read:
        lines.append(
            "  Nothing of this file was loaded. Correct it, or give --partial to load the rows that are right."
        )
    return lines


def _problem_lines(problems: list[Problem]) -> Iterable[str]:
    by_rule: dict[str, list[Problem]] = {}
    for problem in problems:
        by_rule.setdefault(problem.rule, []).append(problem)
    for rule, group in by_rule.items():
        yield f"  {rule} ({len(group):,})"
        for problem in group[:SHOWN_PER_RULE]:
            yield f"    {problem.place()}: found {problem.found}. {problem.do}"
        if len(group) > SHOWN_PER_RULE:
            yield f"    … and {len(group) - SHOWN_PER_RULE:,} more: --report FILE lists every one"
