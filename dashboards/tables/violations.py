"""What is wrong with a return, as tables: by rule, and row by row."""

import polars as pl

from dashboards.tables.plain import plain_table

SEVERITIES = {"error": "Error: must be corrected", "query": "Query: needs an explanation", "information": "Remark"}
ROWS_A_PAGE = 100
_SEARCHED = ("table", "column", "rule", "found", "message", "do")


def by_rule(violations: pl.DataFrame) -> str:
    """One row a rule: what is wrong, what to do, how many rows; errors first."""
    counted = (
        violations.group_by("rule", "severity", "table", "message", "do", maintain_order=True)
        .agg(pl.len().alias("rows"))
        .sort(pl.col("severity").replace_strict({name: n for n, name in enumerate(SEVERITIES)}), maintain_order=True)
    )
    shown = counted.select(
        Rule="rule",
        Kind=pl.col("severity").replace(SEVERITIES),
        Table=pl.col("table").fill_null("the file"),
        **{"What is wrong": "message", "What to do": "do"},
        Rows=pl.col("rows").map_elements(lambda rows: f"{rows:,}", return_dtype=pl.String),
    )
    return plain_table(shown, "By rule", frozenset({"Rows"}))


def matching(violations: pl.DataFrame, text: str, severity: str | None) -> pl.DataFrame:
    """The violations of a severity in which a text stands anywhere; an empty text stands in all of them."""
    chosen = violations.filter(pl.col("severity") == severity) if severity else violations
    if not text:
        return chosen
    row = pl.format("row {}", pl.col("source_row")).fill_null("")
    said = pl.concat_str([*(pl.col(name).fill_null("") for name in _SEARCHED), row], separator="\n")
    return chosen.filter(said.str.to_lowercase().str.contains(text.lower(), literal=True))


def pages_of(violations: pl.DataFrame) -> int:
    """How many pages by_row needs for all of them, at least one."""
    return max(1, -(-violations.height // ROWS_A_PAGE))


def by_row(violations: pl.DataFrame, page: int) -> str:
    """Page `page` (from 1) of the violations, row by row in the order of the tables."""
    shown = violations.slice((page - 1) * ROWS_A_PAGE, ROWS_A_PAGE).select(
        Where=pl.concat_str(
            [pl.col("table").fill_null("the file"), pl.format(", row {}", pl.col("source_row")).fill_null("")]
        ),
        Column="column",
        Found="found",
        Kind=pl.col("severity").replace(SEVERITIES),
        Rule="rule",
        **{"What is wrong": "message", "What to do": "do"},
    )
    first = (page - 1) * ROWS_A_PAGE + 1
    last = first + shown.height - 1
    return plain_table(shown, f"Row by row: {first:,} to {last:,} of {violations.height:,}", frozenset())
