"""The sender's report on one submission: what is wrong, where, and what to do.

It quotes the sender's cells: it is for the sender only (pipelines/intake/violations.py has what others may see).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.contracts.return_contract import ReturnContract
from pipelines.intake.batch import BatchResult
from pipelines.intake.workspace import Candidate

SHOWN_PER_RULE = 20
_SEVERITIES = {"error": ("error", "errors"), "query": ("query", "queries"), "information": ("remark", "remarks")}


@dataclass(frozen=True)
class CheckReport:
    """One submission's report. `waiting` is True when rules across rows wait for simpler faults to be corrected."""

    contract: ReturnContract
    candidate: Candidate
    file: Path
    verdict: str
    violations: pl.DataFrame
    waiting: bool

    @property
    def counts(self) -> dict[str, int]:
        """Violations by severity, every severity named."""
        found = dict(self.violations["severity"].value_counts().iter_rows())
        return {severity: found.get(severity, 0) for severity in _SEVERITIES}

    @property
    def rows(self) -> dict[str, int]:
        """Rows read of each table."""
        return {name: frame.height for name, frame in self.candidate.raw.tables.items()}

    def as_text(self) -> str:
        """The report a person reads: the verdict, then each rule with the first of its rows."""
        return "\n".join(_lines(self)) + "\n"


def report_of(batch: BatchResult, candidate: Candidate, file: Path) -> CheckReport:
    """The report on one submission of a batch."""
    number = candidate.submission_id
    return CheckReport(
        batch.contract,
        candidate,
        file,
        batch.verdict(number),
        batch.violations_of(number),
        number not in batch.well_formed,
    )


def places(report: CheckReport, rows: pl.DataFrame) -> Iterator[str]:
    """Where each violation is, as the sender knows it: sheet, row, column."""
    sheets = report.candidate.raw.sheets
    for row in rows.iter_rows(named=True):
        table = row["table"]
        parts = [f"sheet {sheets[table]}" if table in sheets else table or report.file.name]
        parts += [f"row {row['source_row']}"] if row["source_row"] is not None else []
        parts += [row["column"]] if row["column"] else []
        yield ", ".join(parts)


def _lines(report: CheckReport) -> Iterator[str]:
    day = report.contract.reference_date(report.candidate.period)
    yield f"{report.file.name}: {report.verdict}"
    yield f"  {report.contract.title}, {report.candidate.period}, census day {day.day} {day:%B %Y}"
    if report.rows:
        yield "  " + ", ".join(f"{rows:,} {name.replace('_', ' ')}" for name, rows in report.rows.items())
    yield "  " + ", ".join(_number(severity, count) for severity, count in report.counts.items())
    for severity in _SEVERITIES:
        of_severity = report.violations.filter(pl.col("severity") == severity)
        for (rule, message, do), rows in of_severity.group_by("rule", "message", "do", maintain_order=True):
            yield f"{severity} {rule}: {message} ({rows.height:,})"
            yield f"  {do}"
            shown = rows.head(SHOWN_PER_RULE)
            for place, found in zip(places(report, shown), shown["found"], strict=True):
                yield f"    {place}" + (f": {found}" if found else "")
            if rows.height > SHOWN_PER_RULE:
                yield f"    … and {rows.height - SHOWN_PER_RULE:,} more: --report FILE lists every one"
    if report.waiting:
        yield "Rules across rows and tables are judged once the errors above are corrected."


def _number(severity: str, count: int) -> str:
    one, many = _SEVERITIES[severity]
    return f"{count:,} {one if count == 1 else many}"
