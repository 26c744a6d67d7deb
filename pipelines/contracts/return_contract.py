"""The contract of a return, read and validated. Cheap to import.

`data_contracts/<kind of body>/<return>.odcs.yaml` is an ODCS v3 document; data_contracts/README.md says what each field
means here. Everything that knows a return (reader, types, checks, template, generator, models) reads it from here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.contracts.code_sets import Code, load_code_sets
from pipelines.contracts.reference_date import ReferenceDate, latest_period, reference_date
from pipelines.settings import PROJECT_ROOT

CONTRACTS_DIR = PROJECT_ROOT / "data_contracts"
SUFFIX = ".odcs.yaml"
BODY_KINDS = ("la", "school", "ap", "icb")
# Columns that every checked table has besides those of its contract; rules may use them.
SUBMISSION_COLUMNS = ("submission_id", "source_row", "body_code", "reference_date")

Severity = Literal["error", "query", "information"]
Intake = Literal["keep", "identifier", "match", "month", "drop"]
RuleKind = Literal["row", "cross", "share", "not_judged"]
Said = Annotated[str, Field(min_length=1)]

_ROW = "SELECT COUNT(*) FROM ${object} WHERE "
_CROSS = "SELECT COUNT(*) FROM ${object} AS this "
_SHARE = "SELECT 100.0 * AVG("


class ContractError(Exception):
    """A contract is wrong; the message names the file and every field that is."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Column(_Strict):
    """One column of a table. `references` is `table.column`; `renamed` are other spellings it comes under.

    `form` says in words what `pattern` says to a machine.
    """

    name: str
    logical_type: Literal["string", "date", "boolean", "integer", "number"] = Field(alias="logicalType")
    physical_type: Literal["VARCHAR", "DATE", "BOOLEAN", "INTEGER", "DOUBLE"] = Field(alias="physicalType")
    required: bool
    primary_key: bool = Field(default=False, alias="primaryKey")
    primary_key_position: int | None = Field(default=None, alias="primaryKeyPosition")
    description: Said
    pattern: str | None = None
    form: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = Field(default=None, alias="maxLength")
    references: str | None = None
    code_set: str | None = Field(default=None, alias="codeSet")
    renamed: tuple[str, ...] = ()
    intake: Intake
    purpose: Said
    lawful_basis: Said = Field(alias="lawfulBasis")
    special_category: Said = Field(alias="specialCategory")
    retention: Said

    @model_validator(mode="after")
    def _explains_its_pattern(self) -> "Column":
        if (self.pattern is None) != (self.form is None):
            raise ValueError("a pattern and its form in words go together")
        return self

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of the column's set, of every year; empty without one."""
        return load_code_sets()[self.code_set] if self.code_set else ()

    @property
    def is_confidential(self) -> bool:
        """Whether a value of it may be shown to nobody but the sender."""
        return self.intake != "keep"


class Rule(_Strict):
    """One rule of a table. `query` counts failing rows (or gives a share in percent); ODCS writes both that way.

    `needs` says what else a rule that cannot be judged from the return alone is waiting for.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]\d\d[a-z]?$")]
    description: Said
    type: Literal["sql", "text"]
    severity: Severity
    query: str = ""
    must_be: Literal[0] | None = Field(default=None, alias="mustBe")
    limit: float | None = Field(default=None, alias="mustBeLessOrEqualTo")
    do: str = ""
    columns: tuple[str, ...] = ()
    needs: str = ""

    @model_validator(mode="after")
    def _says_all_it_must(self) -> "Rule":
        if self.type == "text":
            if not self.needs or self.query:
                raise ValueError("a rule of type text says what it needs and has no query")
            return self
        if not (self.do and self.columns):
            raise ValueError("a rule says what to do and which columns it points at")
        is_share = self.query.startswith(_SHARE)
        if (self.must_be is None, self.limit is not None) != (is_share, is_share):
            raise ValueError("a share has mustBeLessOrEqualTo; any other rule has mustBe: 0")
        if not self.query.startswith((_SHARE, _CROSS, _ROW)):
            raise ValueError(f"a query starts with {_ROW!r}, {_CROSS!r} or {_SHARE!r}")
        return self

    @property
    def kind(self) -> RuleKind:
        """row: one row alone; cross: with other rows or tables; share: of all rows; not_judged: needs other data."""
        if self.type == "text":
            return "not_judged"
        if self.query.startswith(_SHARE):
            return "share"
        return "row" if self.query.startswith(_ROW) else "cross"

    @property
    def condition(self) -> str:
        """SQL condition that a failing row meets, of a row rule."""
        return self.query.removeprefix(_ROW)

    def failing_rows(self, table: str) -> str:
        """SELECT of submission_id and source_row of the rows that fail a row or cross rule."""
        if self.kind == "row":
            return f"SELECT submission_id, source_row FROM {table} WHERE {self.condition}"
        rest = self.query.removeprefix(_CROSS)
        return f"SELECT DISTINCT this.submission_id, this.source_row FROM {table} AS this {rest}"

    def failing_shares(self, table: str) -> str:
        """SELECT of submission_id and share (percent) of the submissions above the limit of a share rule."""
        rest = self.query.removeprefix("SELECT ").replace("${object}", table).replace(" FROM ", " AS share FROM ", 1)
        return f"SELECT submission_id, {rest} GROUP BY submission_id HAVING share > {self.limit}"


class Table(_Strict):
    """One table of a return: its columns in order, its rules, and the names its file or sheet comes under."""

    name: str
    logical_type: Literal["object"] = Field(alias="logicalType")
    physical_type: Literal["table"] = Field(alias="physicalType")
    description: Said
    file_names: tuple[str, ...] = Field(alias="fileNames")
    may_be_empty: bool = Field(alias="mayBeEmpty")
    rules: tuple[Rule, ...] = Field(alias="quality")
    columns: tuple[Column, ...] = Field(alias="properties")

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns in order; empty when rows have no key of their own."""
        keyed = [c for c in self.columns if c.primary_key]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.primary_key_position or 0))

    @property
    def judged_rules(self) -> tuple[Rule, ...]:
        return tuple(r for r in self.rules if r.kind != "not_judged")

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


class ReturnContract(_Strict):
    """A return: who sends it, about what day, which tables. `name` is the stem of its file."""

    name: str
    path: Path
    api_version: Literal["v3.1.0"] = Field(alias="apiVersion")
    kind: Literal["DataContract"]
    id: str
    document_name: str
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    status: Literal["active", "draft", "retired"]
    domain: str
    description: dict[str, str]
    title: Said
    body_kind: Literal["la", "school", "ap", "icb"] = Field(alias="bodyKind")
    body_pattern: str = Field(alias="bodyPattern")
    period_pattern: str = Field(alias="periodPattern")
    cadence: Literal["yearly", "termly", "quarterly", "monthly"]
    reference_date_rule: ReferenceDate = Field(alias="referenceDate")
    due_days: int = Field(alias="dueDays", ge=0)
    minutes_to_complete: int = Field(alias="minutesToComplete", ge=1)
    ignored_columns: tuple[str, ...] = Field(alias="ignoredColumns")
    legal_statements: dict[str, Said] = Field(alias="legalStatements")
    tables: tuple[Table, ...] = Field(alias="schema")

    @model_validator(mode="after")
    def _is_whole(self) -> "ReturnContract":
        faults = list(_faults(self))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def table(self, name: str) -> Table:
        return next(t for t in self.tables if t.name == name)

    def is_body(self, code: str) -> bool:
        return re.fullmatch(self.body_pattern, code) is not None

    def is_period(self, period: str) -> bool:
        return re.fullmatch(self.period_pattern, period) is not None

    def reference_date(self, period: str) -> date:
        """Census day of the period. Raises ValueError when it is no period of this return."""
        if not self.is_period(period):
            raise ValueError(f"{period!r} is no period of {self.name}; it looks like {self.period_pattern}")
        return reference_date(self.reference_date_rule, period)

    def latest_period(self, today: date) -> str:
        """The period whose census day was last."""
        return latest_period(self.reference_date_rule, today)

    def due_date(self, period: str) -> date:
        """Last day to send the return of a period."""
        return self.reference_date(period) + timedelta(days=self.due_days)


def _faults(contract: ReturnContract) -> Iterator[str]:
    """What no single field can see: names that repeat, and names that point nowhere."""
    ids = Counter(rule.id for table in contract.tables for rule in table.rules)
    yield from (f"rule {name} is given {times} times" for name, times in ids.items() if times > 1)
    columns = {f"{t.name}.{c.name}" for t in contract.tables for c in t.columns}
    for table in contract.tables:
        names = {column.name for column in table.columns}
        for column in table.columns:
            place = f"{table.name}.{column.name}"
            if column.references and column.references not in columns:
                yield f"{place} refers to {column.references}, which is no column of this return"
            if column.code_set and column.code_set not in load_code_sets():
                yield f"{place} has the code set {column.code_set}, which seeds/codes/code_sets.csv does not have"
        for rule in table.rules:
            for name in sorted(set(rule.columns) - names):
                yield f"rule {rule.id} points at {table.name}.{name}, which is no column"


def return_paths(folder: Path = CONTRACTS_DIR) -> dict[str, Path]:
    """Return name → its contract file."""
    found = (path for kind in BODY_KINDS for path in sorted((folder / kind).glob(f"*{SUFFIX}")))
    return {path.name.removesuffix(SUFFIX): path for path in found}


@cache
def load_return(name: str, folder: Path = CONTRACTS_DIR) -> ReturnContract:
    """Read one contract. Raises ContractError naming the file and each wrong field, or the returns there are."""
    paths = return_paths(folder)
    if name not in paths:
        raise ContractError(f"There is no return {name!r}. Returns: {', '.join(paths) or 'none'}.")
    path = paths[name]
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise ContractError(f"{path.name} is not YAML: {fault}") from fault
    if not isinstance(content, dict):
        raise ContractError(f"{path.name} is not a contract: it holds no fields")
    try:
        fields = _flat(content)
        fields["document_name"] = fields.pop("name", None)
        return ReturnContract.model_validate({**fields, "name": name, "path": path})
    except ValidationError as fault:
        lines = [f"  {'.'.join(map(str, e['loc'])) or 'contract'}: {e['msg']}" for e in fault.errors()]
        raise ContractError(f"{path.name} is wrong:\n" + "\n".join(lines)) from fault


def load_returns(folder: Path = CONTRACTS_DIR) -> dict[str, ReturnContract]:
    """Every return, by name."""
    return {name: load_return(name, folder) for name in return_paths(folder)}


# The C parser, where there is one, is ten times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _flat(node: Any) -> Any:
    """The document with custom properties, type options and the one relationship lifted beside the ordinary fields."""
    if isinstance(node, list):
        return [_flat(each) for each in node]
    if not isinstance(node, dict):
        return node
    lifted = ("customProperties", "logicalTypeOptions", "relationships")
    flat = {key: _flat(value) for key, value in node.items() if key not in lifted}
    for custom in node.get("customProperties", []):
        flat[custom["property"]] = custom["value"]
    flat |= node.get("logicalTypeOptions", {})
    for relationship in node.get("relationships", []):
        flat["references"] = relationship["to"]
    return flat
