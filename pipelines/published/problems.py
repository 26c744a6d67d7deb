"""What is wrong with a file, in one shape: file, row, column, what was found, the rule, what to do."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.published.drift import Drift

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
    reason: str | None = None
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
    nothing_to_load: bool = False
    columns: list[str] = field(default_factory=list)
    drift: "Drift | None" = None

    @property
    def failed(self) -> bool:
        return self.outcome == "refused"

    @property
    def unnamed(self) -> bool:
        """No contract names a file of this name, so nobody looked inside."""
        return self.outcome == "out of scope" and self.dataset is None and self.reason is None


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
        lines = [line for f in self.files if not f.unnamed for line in _file_lines(f)]
        unnamed = [f.file for f in self.files if f.unnamed]
        if unnamed:
            more = f" and {len(unnamed) - SHOWN_PER_RULE:,} more" if len(unnamed) > SHOWN_PER_RULE else ""
            lines += ["Out of scope, because no mapping contract names a file like these:"]
            lines += [f"  {name}" for name in unnamed[:SHOWN_PER_RULE]] + ([f"  …{more}"] if more else [])
            lines.append("  (`inclusion published draft PATH` begins a mapping of one)")
        counts = Counter(f.outcome for f in self.files)
        summary = "; ".join(f"{quantity(n, 'file')} {outcome}" for outcome, n in counts.items())
        return "\n".join([*lines, summary or "There was no file to load."]) + "\n"


def quantity(number: int, noun: str) -> str:
    """A number with its noun: `1 row`, `2,400 rows`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _file_lines(f: FileOutcome) -> list[str]:
    head = f"{f.file}: {f.outcome}" + (f": {f.reason}" if f.reason else "")
    if f.dataset:
        head += f" ({f.dataset}, {f.release_id})" if f.release_id else f" ({f.dataset})"
    lines = [head]
    if f.read:
        lines.append(
            f"  {quantity(f.read, 'row')} read = {f.loaded:,} loaded + {f.refused:,} refused + "
            f"{f.out_of_scope:,} out of scope"
        )
    if f.figures:
        first, last = f.periods[0], f.periods[-1]
        periods = f"period ending {last}" if first == last else f"periods ending {first} to {last}"
        lines.append(
            f"  {quantity(f.figures, 'figure')}, {quantity(len(f.metrics), 'metric')}, {quantity(f.areas, 'area')}, "
            + periods
        )
    lines += [f"  out of scope: {reason}: {quantity(n, 'row')}" for reason, n in f.out_of_scope_reasons.items()]
    lines += [f"  note: {warning}" for warning in f.warnings]
    lines += f.drift.lines() if f.drift else []
    lines += list(_problem_lines(f.problems))
    if f.failed and f.read:
        way_out = "" if f.nothing_to_load else " Correct it, or give --partial to load what is right."
        lines.append(f"  Nothing of this file was loaded.{way_out}")
    return lines


def _problem_lines(problems: list[Problem]) -> Iterable[str]:
    by_rule: dict[str, list[Problem]] = {}
    for problem in problems:
        by_rule.setdefault(problem.rule, []).append(problem)
    for rule, group in by_rule.items():
        yield f"  {rule} ({len(group):,})"
        for problem in group[:SHOWN_PER_RULE]:
            yield f"    {problem.place()}: {problem.found}. {problem.do}"
        if len(group) > SHOWN_PER_RULE:
            yield f"    … and {len(group) - SHOWN_PER_RULE:,} more: --report FILE lists every one"
