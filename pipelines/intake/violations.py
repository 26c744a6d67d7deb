"""What is wrong with a submission, in one shape: table, row, column, rule, severity, what was found, what to do."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import polars as pl

from pipelines.contracts.return_contract import ReturnContract, Severity

# One row a failing row and rule. `table` is null when the file as a whole is meant, `source_row` when no one row is;
# `column` names the cells pointed at, several joined by ", ".
VIOLATIONS = {
    "submission_id": pl.String,
    "table": pl.String,
    "source_row": pl.Int64,
    "column": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "found": pl.String,
    "message": pl.String,
    "do": pl.String,
}
# One row a submission, table, rule and column that was judged; `rows` counts its violations.
RULE_RESULTS = {
    "submission_id": pl.String,
    "table": pl.String,
    "rule": pl.String,
    "column": pl.String,
    "severity": pl.String,
    "rows": pl.Int64,
}
FOUND_LENGTH = 80


@dataclass(frozen=True)
class Violation:
    """One violation of one submission."""

    table: str | None
    source_row: int | None
    column: str | None
    rule: str
    severity: Severity
    found: str
    message: str
    do: str


def violations_frame(submission_id: str, violations: Iterable[Violation]) -> pl.DataFrame:
    """The violations of one submission as VIOLATIONS."""
    rows = [(submission_id, *astuple(violation)) for violation in violations]
    return pl.DataFrame(rows, schema=VIOLATIONS, orient="row")


def without_confidential(violations: pl.DataFrame, contract: ReturnContract) -> pl.DataFrame:
    """The violations as anyone but the sender may see them: nothing of what was found in a confidential column.

    What was found outside the contract's columns (torn rows, a header that is none) may be anything, and goes too.
    """
    columns = {f"{t.name}.{c.name}": c for t in contract.tables for c in t.columns}
    open_columns = [place for place, column in columns.items() if not column.is_confidential]
    place = pl.col("table") + "." + pl.col("column")
    numbered = violations.with_row_index("at")
    shown = (
        numbered.select("at", "table", pl.col("column").str.split(", "))
        .explode("column")
        .group_by("at")
        .agg(
            place.is_in(open_columns).fill_null(False).all().alias("shown"),
            place.is_in(list(columns)).fill_null(False).all().alias("known"),
        )
    )
    return (
        numbered.join(shown, on="at", how="left", maintain_order="left")
        .with_columns(
            found=pl.when("shown").then("found").otherwise(pl.lit("")),
            column=pl.when(pl.col("known")).then("column"),
        )
        .drop("at", "shown", "known")
    )
