"""What goes into a submission and what comes out of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from pipelines.intake.report import CheckReport
from pipelines.intake.violations import VIOLATIONS


class SubmitFailed(Exception):  # noqa: N818  (as in pipelines.publish.errors, the name says what happened)
    """A file could not be taken in at all (as opposed to refused): the message says why. What was there stays."""


@dataclass(frozen=True)
class Incoming:
    """One file to send in, with the body and period it is about and who sends it."""

    file_name: str
    content: bytes
    body: str
    period: str
    who: str


@dataclass(frozen=True)
class SubmissionOutcome:
    """What became of one file. `repeated`: it is the very file that counts already, and nothing changed.

    `receipt_id` is None when it was refused; `supersedes` is the receipt that counted until now. `counts` has `rows` a
    table, the numbers of each severity, and `rules`. `report` is for the sender only; None when nothing was checked.
    """

    submission_id: str
    return_name: str
    body: str
    period: str
    file_name: str
    state: Literal["accepted", "refused", "repeated"]
    counts: dict[str, Any]
    report: CheckReport | None = None
    receipt_id: str | None = None
    known_from: datetime | None = None
    supersedes: str | None = None

    @property
    def violations(self) -> pl.DataFrame:
        """What was found, row by row: the columns of pipelines.intake.violations.VIOLATIONS."""
        return self.report.violations if self.report else pl.DataFrame(schema=VIOLATIONS)

    @property
    def message(self) -> str:
        """What the sender reads first."""
        if self.state == "refused":
            return f"Refused: {_counted(self.counts['error'], 'error')}. What was there before stays."
        if self.state == "repeated":
            return "This very file is the one that counts already. Nothing changed."
        message = f"Accepted with {_counted(self.counts['query'], 'query')}. Receipt {(self.receipt_id or '')[:16]}."
        before = " It takes the place of the one before, which stays in the history."
        return message + (before if self.supersedes else "")


def _counted(number: int, noun: str) -> str:
    plural = {"error": "errors", "query": "queries"}[noun]
    return f"{number:,} {noun if number == 1 else plural}"
