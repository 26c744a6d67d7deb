"""What a contract asks of each row alone, as SQL conditions that one scan evaluates together.

A check of form (type, required, codes, format, range) comes before the rules: a rule is not judged on a row whose
cells it points at are not of the right form, so that one fault is reported once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.contracts.code_sets import Code
from pipelines.contracts.return_contract import Column, Severity, Table

FIRST_DAY, LAST_DAY = "1900-01-01", "2099-12-31"
_KINDS = {
    "date": ("is not a date", "Write the date as 2024-01-31 or 31/01/2024."),
    "boolean": ("is neither 1 nor 0", "Write 1 for yes and 0 for no."),
    "integer": ("is not a whole number", "Write a whole number."),
    "number": ("is not a number", "Write a number."),
}


@dataclass(frozen=True)
class Check:
    """One thing asked of a row. `condition` is true for a row that fails; columns are typed under their names and as
    the sender's text under `raw:<name>`.
    """

    rule: str
    columns: tuple[str, ...]
    severity: Severity
    message: str
    do: str
    condition: str
    is_form: bool

    @property
    def column(self) -> str:
        return ", ".join(self.columns)


def raw(name: str) -> str:
    """The sender's text of a column, in SQL."""
    return f'"raw:{name}"'


def typed(column: Column) -> str:
    """SQL expression that turns a column's text into its type; null where it cannot be."""
    text = raw(column.name)
    if column.logical_type == "string":
        return text
    if column.logical_type == "boolean":
        return f"CASE {text} WHEN '1' THEN TRUE WHEN '0' THEN FALSE END"
    if column.logical_type == "integer":
        # A cast alone would round 1.5.
        return f"CASE WHEN regexp_full_match({text}, '-?[0-9]{{1,9}}') THEN CAST({text} AS INTEGER) END"
    return f"TRY_CAST({text} AS {column.physical_type})"


def row_checks(table: Table, days: list[date]) -> list[Check]:
    """Every check of a row of `table`, form first. `days` are the reference dates of the batch (for codes)."""
    form = [check for column in table.columns for check in _form(column, days)]
    rules = [
        Check(r.id, r.columns, r.severity, r.description, r.do, r.condition, False)
        for r in table.rules
        if r.kind == "row"
    ]
    return [*form, *rules]


def _form(column: Column, days: list[date]) -> Iterator[Check]:
    name, text = column.name, raw(column.name)
    if column.required:
        yield _check("required", column, "is empty", f"Give it: {column.description}", f"{text} IS NULL")
    if column.logical_type in _KINDS:
        message, do = _KINDS[column.logical_type]
        yield _check("type", column, message, do, f"{text} IS NOT NULL AND {name} IS NULL")
    if column.logical_type == "date":
        low, high, do = f"DATE '{FIRST_DAY}'", f"DATE '{LAST_DAY}'", "Correct the year."
        yield _check("range", column, "is before 1900 or after 2099", do, f"{name} < {low} OR {name} > {high}")
    if column.code_set:
        yield _codes(column, days)
    if column.pattern:
        condition = f"NOT regexp_full_match({text}, '{column.pattern}')"
        yield _check("format", column, f"is not of the right form ({column.form})", f"Write {column.form}.", condition)
    if column.max_length:
        message = f"is longer than {column.max_length} characters"
        yield _check("length", column, message, "Shorten it.", f"length({text}) > {column.max_length}")
    bounds = [(column.minimum, "<"), (column.maximum, ">")]
    outside = " OR ".join(f"{name} {sign} {bound:g}" for bound, sign in bounds if bound is not None)
    if outside:
        low, high = (f"{bound:g}" if bound is not None else "any" for bound, _ in bounds)
        yield _check("range", column, f"is outside {low} to {high}", "Correct the number.", outside)


def _check(rule: str, column: Column, message: str, do: str, condition: str) -> Check:
    return Check(rule, (column.name,), "error", f"{column.name} {message}.", do, condition, True)


def _codes(column: Column, days: list[date]) -> Check:
    text = raw(column.name)
    always = [code for code in column.codes if all(code.is_valid_on(day) for day in days)]
    sometimes = [c for c in column.codes if c not in always and any(c.is_valid_on(day) for day in days)]
    condition = f"{text} NOT IN ({', '.join(_quoted(code.code) for code in always)})"
    for code in sometimes:
        condition += f" AND NOT ({text} = {_quoted(code.code)} AND {_validity(code)})"
    known = "; ".join(f"{code.code} {code.label}" for code in (*always, *sometimes))
    return _check("codes", column, "has a code that is not one of its set", f"Use one of: {known}.", condition)


def _validity(code: Code) -> str:
    ends = f" AND reference_date <= DATE '{code.valid_to}'" if code.valid_to else ""
    return f"reference_date >= DATE '{code.valid_from}'{ends}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
