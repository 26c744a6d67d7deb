"""Check a batch of submissions of one return together, and decide each by itself.

Stages: readable and complete (pipelines/intake/raw_tables.py) → form of each cell and rules of each row, in one scan a
table → keys and references → rules across rows and tables. Rules across rows are judged only where everything before
them is in order, so that one fault is one violation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import duckdb
import polars as pl

from pipelines.contracts.return_contract import ReturnContract, Rule, Severity, Table
from pipelines.intake.checks import Check, raw, row_checks
from pipelines.intake.violations import RULE_RESULTS, VIOLATIONS, violations_frame
from pipelines.intake.workspace import Candidate, Workspace, found

_BITS = 60  # checks a BIGINT of flags can hold, its sign left alone
_FOUND_ROWS = pl.Schema({"submission_no": pl.Int32, "source_row": pl.Int64, "found": pl.String})


@dataclass(frozen=True)
class BatchResult:
    """What the check found, and the typed tables of accepted submissions."""

    contract: ReturnContract
    submissions: tuple[str, ...]
    violations: pl.DataFrame
    rule_results: pl.DataFrame
    well_formed: frozenset[str]
    typed: dict[str, pl.DataFrame]

    @cached_property
    def refused(self) -> frozenset[str]:
        return frozenset(self.violations.filter(pl.col("severity") == "error")["submission_id"])

    def verdict(self, submission_id: str) -> Literal["accepted", "refused"]:
        """Refused when any rule of severity error fails."""
        return "refused" if submission_id in self.refused else "accepted"

    def violations_of(self, submission_id: str) -> pl.DataFrame:
        return self.violations.filter(pl.col("submission_id") == submission_id)

    def tables(self, submission_id: str) -> dict[str, pl.DataFrame]:
        """Typed tables of an accepted submission: submission_id, source_row, then the contract's columns."""
        if self.verdict(submission_id) == "refused":
            raise ValueError(f"submission {submission_id} was refused; it has no tables")
        wanted = (submission_id,)
        return {name: parts[wanted] if wanted in parts else parts[()] for name, parts in self._parts.items()}

    @cached_property
    def _parts(self) -> dict[str, dict[tuple[object, ...], pl.DataFrame]]:
        return {
            name: {**frame.partition_by("submission_id", as_dict=True), (): frame.clear()}
            for name, frame in self.typed.items()
        }


def check_batch(contract: ReturnContract, candidates: Sequence[Candidate]) -> BatchResult:
    """Check submissions against their contract.

    Raises ValueError for a period that is none, or a submission_id given twice: both are the caller's.
    """
    ids = tuple(each.submission_id for each in candidates)
    if len(set(ids)) < len(ids):
        raise ValueError("a submission_id is given twice")
    frames = [violations_frame(each.submission_id, each.raw.violations) for each in candidates]
    readable = [each for each in candidates if each.raw.is_readable]
    grid: list[pl.DataFrame] = []
    typed: dict[str, pl.DataFrame] = {}
    well_formed: frozenset[str] = frozenset()
    if readable:
        with duckdb.connect() as con:
            judged = judge(Workspace(con, contract, readable))
            frames.append(judged.violations)
            grid.append(judged.judged_rules)
            well_formed = judged.well_formed
            wrong = set(judged.violations.filter(pl.col("severity") == "error")["submission_id"])
            accepted = [each.submission_id for each in readable if each.submission_id not in wrong]
            typed = {table.name: judged.workspace.typed_rows(table, accepted) for table in contract.tables}
    violations = pl.concat([pl.DataFrame(schema=VIOLATIONS), *frames])
    return BatchResult(contract, ids, violations, _count(violations, grid), well_formed, typed)


@dataclass(frozen=True)
class Judged:
    """Violations of a workspace; `judged_rules` has a row for each submission and rule that was judged."""

    workspace: Workspace
    violations: pl.DataFrame
    judged_rules: pl.DataFrame
    well_formed: frozenset[str]


def judge(space: Workspace) -> Judged:
    """Run every stage on a workspace."""
    tables = space.contract.tables
    days = sorted(set(space.submissions["reference_date"]))
    checks = {table.name: row_checks(table, days) for table in tables}
    by_row = [_named(space, t, c, rows) for t in tables for c, rows in _scan(space, t, checks[t.name])]
    links = {table.name: _links(table) for table in tables}
    by_key = [_named(space, t, link, _found_rows(space, sql)) for t in tables for link, sql in links[t.name]]
    form = pl.concat([_nothing(), *(frame for frame, is_form in by_row if is_form), *(f for f, _ in by_key)])
    malformed = set(form["submission_id"])
    well = space.submissions.filter(~pl.col("submission_id").is_in(malformed))
    space.hold(well["submission_no"])
    across = [
        _named(space, table, _as_check(rule), _failing(space, table, rule))
        for table in tables
        for rule in table.judged_rules
        if rule.kind in ("cross", "share") and well.height
    ]
    violations = pl.concat([_nothing(), *(frame for frame, _ in (*by_row, *by_key, *across))])
    return Judged(
        space,
        violations.sort("submission_id", _order(space.contract), "source_row", "rule", maintain_order=True),
        _judged_rules(space, checks, links, well),
        frozenset(well["submission_id"]),
    )


def _scan(space: Workspace, table: Table, checks: list[Check]) -> Iterator[tuple[Check, pl.DataFrame]]:
    """Evaluate all checks of a table in one pass; yield each check that fails anywhere with its failing rows."""
    words = range(0, len(checks), _BITS)
    flags = [
        " + ".join(
            f"CAST(({c.condition}) IS NOT DISTINCT FROM TRUE AS BIGINT) * {1 << bit}"
            for bit, c in enumerate(checks[at : at + _BITS])
        )
        for at in words
    ]
    texts = ", ".join(raw(column.name) for column in table.columns)
    words_of = ", ".join(f"CAST({word} AS BIGINT) AS bad_{n}" for n, word in enumerate(flags))
    any_bad = " OR ".join(f"bad_{n} <> 0" for n in range(len(flags)))
    # Pushed below the projection, the filter would evaluate every condition on its own, shared parts again and again.
    space.con.execute("SET disabled_optimizers = 'filter_pushdown'")
    space.con.execute(
        f"CREATE OR REPLACE TEMP TABLE failing AS SELECT * FROM "
        f"(SELECT submission_no, source_row, {texts}, {words_of} FROM typed_{table.name}) WHERE {any_bad}"
    )
    space.con.execute("RESET disabled_optimizers")
    bits = ", ".join(f"COALESCE(bit_or(bad_{n}), 0)" for n in range(len(flags)))
    [seen] = space.con.execute(f"SELECT {bits} FROM failing").fetchall()
    for place, check in enumerate(checks):
        word, bit = divmod(place, _BITS)
        if seen[word] & (1 << bit):
            where = f"(bad_{word} & {1 << bit}) <> 0" + "".join(_unless_malformed(check, checks))
            yield (
                check,
                _found_rows(
                    space,
                    f"SELECT submission_no, source_row, {found(check.columns)} AS found FROM failing WHERE {where}",
                ),
            )


def _unless_malformed(check: Check, checks: list[Check]) -> Iterator[str]:
    """Conditions that leave out rows on which the cells a rule points at are not of the right form."""
    for place, form in enumerate(checks):
        if form.is_form and not check.is_form and form.columns[0] in check.columns:
            word, bit = divmod(place, _BITS)
            yield f" AND (bad_{word} & {1 << bit}) = 0"


def _links(table: Table) -> list[tuple[Check, str]]:
    """Checks of the key and the references of a table, each with the SQL of its failing rows."""
    links = []
    if table.key:
        message, do = "Another row has the same key.", "Give each row its own, or take one of them out."
        links.append((Check("key", table.key, "error", message, do, "", True), _same_key(table)))
    for column in table.columns:
        if column.references:
            parent, key = column.references.split(".")
            message = f"{column.name} points to no row of {parent}."
            do = f"Correct it, or add the row to {parent}."
            sql = (
                f"SELECT submission_no, source_row, {found([column.name])} AS found FROM typed_{table.name} AS this "
                f"ANTI JOIN text_{parent} AS parent ON parent.submission_no = this.submission_no "
                f"AND parent.{key} = this.{column.name} WHERE this.{column.name} IS NOT NULL"
            )
            links.append((Check("reference", (column.name,), "error", message, do, "", True), sql))
    return links


def _same_key(table: Table) -> str:
    # Rows are grouped by a hash first: it is a fraction of the size of the key, and few hashes repeat.
    key = f"submission_no, {', '.join(raw(name) for name in table.key)}"
    given = " AND ".join(f"{raw(name)} IS NOT NULL" for name in table.key)
    return f"""
        WITH repeated AS (
            SELECT hash({key}) AS h FROM typed_{table.name} WHERE {given} GROUP BY h HAVING COUNT(*) > 1)
        SELECT submission_no, source_row, {found(table.key)} AS found FROM (
            SELECT * FROM typed_{table.name} WHERE {given} AND hash({key}) IN (SELECT h FROM repeated))
        QUALIFY COUNT(*) OVER (PARTITION BY {key}) > 1"""


def _failing(space: Workspace, table: Table, rule: Rule) -> pl.DataFrame:
    """Failing rows of a rule across rows, or the shares above the limit of a share rule."""
    if rule.kind == "share":
        return _found_rows(
            space,
            f"SELECT submission_no, NULL AS source_row, format('{{:.1f}}%', share) AS found "
            f"FROM ({rule.failing_shares(table.name)}) JOIN submissions USING (submission_id)",
        )
    space.con.execute(f"CREATE OR REPLACE TEMP TABLE failing AS {rule.failing_rows(table.name)}")
    return _found_rows(
        space,
        f"SELECT submission_no, source_row, {found(rule.columns)} AS found "
        f"FROM typed_{table.name} SEMI JOIN failing USING (submission_id, source_row)",
    )


def _as_check(rule: Rule) -> Check:
    return Check(rule.id, rule.columns, rule.severity, rule.description, rule.do, "", False)


def _found_rows(space: Workspace, sql: str) -> pl.DataFrame:
    rows: pl.DataFrame = space.con.sql(sql).pl()
    return rows.cast(_FOUND_ROWS)


def _named(space: Workspace, table: Table, check: Check, rows: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """Failing rows as VIOLATIONS, and whether the check is one of form."""
    severity: Severity = check.severity
    named = rows.join(space.submissions.select("submission_no", "submission_id"), on="submission_no")
    said = {"table": table.name, "column": check.column, "rule": check.rule, "severity": severity}
    said |= {"message": check.message, "do": check.do}
    return named.with_columns(pl.lit(v, pl.String).alias(k) for k, v in said.items()).select(*VIOLATIONS), check.is_form


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=VIOLATIONS)


def _order(contract: ReturnContract) -> pl.Expr:
    return pl.col("table").replace_strict({t.name: n for n, t in enumerate(contract.tables)}, return_dtype=pl.Int32)


def _judged_rules(
    space: Workspace, checks: dict[str, list[Check]], links: dict[str, list[tuple[Check, str]]], well: pl.DataFrame
) -> pl.DataFrame:
    def frame(judged: list[tuple[str, Check]], submissions: pl.DataFrame) -> pl.DataFrame:
        rows = [(table, check.rule, check.column, check.severity) for table, check in judged]
        named = pl.DataFrame(rows, schema=["table", "rule", "column", "severity"], orient="row")
        return submissions.select("submission_id").join(named.cast(pl.String), how="cross")

    tables = space.contract.tables
    alone = [(t.name, c) for t in tables for c in (*checks[t.name], *(link for link, _ in links[t.name]))]
    across = [(t.name, _as_check(r)) for t in tables for r in t.judged_rules if r.kind in ("cross", "share")]
    return pl.concat([frame(alone, space.submissions), frame(across, well)])


def _count(violations: pl.DataFrame, judged_rules: list[pl.DataFrame]) -> pl.DataFrame:
    by = ["submission_id", "table", "rule", "column", "severity"]
    counts = violations.group_by(by).agg(pl.len().cast(pl.Int64).alias("rows"))
    judged = pl.concat([pl.DataFrame(schema=dict.fromkeys(by, pl.String)), *judged_rules]).unique(maintain_order=True)
    everything = judged.join(counts, on=by, how="full", coalesce=True, nulls_equal=True)
    return everything.select(pl.col("rows").fill_null(0) if name == "rows" else name for name in RULE_RESULTS)
