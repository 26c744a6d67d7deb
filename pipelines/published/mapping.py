"""Mapping contracts: which published column becomes which metric, for which area, period and breakdown.

One YAML file in `data_contracts/published/` maps one dataset; `publications.yaml` holds the facts of each
publication and `breakdowns.yaml` our codes for published breakdown labels. The field reference is the README there.
Cheap to import: PyYAML and pydantic only.
"""

from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError, model_validator

from pipelines.published.layout import EES_TIME, Area, Characteristic, Dimension, Header, Pivot, Time
from pipelines.published.vocabulary import (
    Basis,
    Breakdown,
    Definition,
    OutOfScope,
    PeriodType,
    Publication,
    Status,
    Strict,
)

CONTRACTS = Path(__file__).resolve().parents[2] / "data_contracts" / "published"
_NOT_MAPPINGS = ("publications.yaml", "breakdowns.yaml", "out_of_scope.yaml", "reconciliations.yaml")


FILL_IN = "FILL IN:"  # Begins each text of a draft that a person has still to write.


class ContractError(Exception):
    """A contract is wrong; the message names the file and every field at fault."""


class SumOver(Strict):
    """Add up these rows of one breakdown, and publish the result as a total."""

    breakdown: str
    values: list[str]


class Borrow(Strict):
    """Take the denominator from another metric of the same release, matched on area, period and breakdown."""

    metric: str
    dataset: str


class MetricMapping(Strict):
    """Where one metric (or one breakdown value of it) stands in a file.

    `numerator` and `denominator` list columns to add; a leading "-" subtracts. `value` is a plain figure.
    `published` is the publisher's own rounded figure: a check beside counts, the figure itself without them.
    `indicator` names the rows of a long file. Figures are `base` × numerator / denominator, or value × `multiply`.
    """

    id: str
    indicator: str | None = None
    value: str | None = None
    numerator: list[str] = []
    denominator: list[str] = []
    denominator_from: Borrow | None = None
    published: str | None = None
    published_decimals: int = 1
    published_scale: float = 1.0
    base: int = 100
    multiply: float = 1.0
    codes: dict[str, float] = {}
    where: dict[str, str | list[str]] = {}
    optional: bool = False
    breakdown: dict[str, str] = {}
    row_breakdowns: list[str] | None = None
    sum_over: SumOver | None = None
    interval: Literal["none"] | None = None
    period: PeriodType | None = None
    geography_basis: Basis | None = None
    definition: Definition | None = None

    @model_validator(mode="after")
    def _says_where_the_figure_is(self) -> "MetricMapping":
        counts = bool(self.numerator) and (bool(self.denominator) or self.denominator_from is not None)
        if self.value is None and not counts and self.published is None and self.indicator is None:
            raise ValueError(f"{self.id}: give value, numerator and denominator, published, or indicator")
        if self.value is not None and (self.numerator or self.published):
            raise ValueError(f"{self.id}: value stands alone")
        if len(self.breakdown) > 1:
            raise ValueError(f"{self.id}: one breakdown at most")
        if self.interval and self.definition and not self.definition.interval_reason:
            raise ValueError(f"{self.id}: interval none needs the definition's interval_reason")
        return self

    @property
    def has_counts(self) -> bool:
        return bool(self.numerator)

    def columns(self) -> list[str]:
        """Columns of the file that this mapping reads, without signs."""
        named = [c.removeprefix("-") for c in [*self.numerator, *self.denominator]]
        return named + [c for c in (self.value, self.published) if c]

    def wanted(self) -> dict[str, list[str]]:
        """`where` with lists of case-folded texts."""
        return {
            column: [text.casefold() for text in ([values] if isinstance(values, str) else values)]
            for column, values in self.where.items()
        }


class Withheld(Strict):
    """Counts the publisher got wrong beyond doubt: shown as unreliable, with the note, for one region and period."""

    columns: list[str]
    period_start: date
    region_code: str
    note: str


class Mapping(Strict):
    """One dataset of a publication: which files it comes in, how they are laid out, and what they hold."""

    dataset: str
    title: str
    publication: str
    layout: Literal["tidy", "lait_long"]
    files: list[str]
    parts: bool = False
    sheets: list[str] | dict[str, str] = []
    header: Header | None = None
    fill_down: list[str] = []
    area: Area | None = None
    time: Time = EES_TIME
    period: PeriodType
    geography_basis: Basis
    reporting_year_offset: int = 0
    keep: dict[str, list[str]] = {}
    pivot: Pivot | None = None
    dimensions: list[Dimension] = []
    characteristic: Characteristic = Characteristic()
    totals: list[str] = []
    topics: dict[str, str] = {}
    renamed: dict[str, list[str]] = {}
    symbols: dict[str, Status] = {}
    withheld: list[Withheld] = []
    metrics: list[MetricMapping]

    path: Path = Path()
    sha256: str = ""

    @model_validator(mode="after")
    def _adds_up_counts_only(self) -> "Mapping":
        if self.area and self.area.added_up and any(metric.published for metric in self.metrics):
            raise ValueError("figures of sub-ICB locations are added up: give counts, not published percentages")
        return self

    def spellings(self, column: str) -> list[str]:
        """The names that a mapped column may have in a file, case-folded; its own first."""
        return [spelt.casefold() for spelt in (column, *self.renamed.get(column, []))]

    def period_of(self, metric: MetricMapping) -> PeriodType:
        """The period type of one metric: its own, or the dataset's."""
        return metric.period or self.period

    def basis_of(self, metric: MetricMapping) -> Basis:
        """The geography basis of one metric: its own, or the dataset's."""
        return metric.geography_basis or self.geography_basis


def read_yaml(path: Path) -> Any:
    """The content of one contract file. Raises ContractError naming file and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as fault:
        raise ContractError(f"{path.name} is not valid YAML: {fault}") from fault


def explain_faults(path: Path, fault: ValidationError) -> ContractError:
    """One error that names every wrong field of a contract."""
    lines = [f"  {'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in fault.errors()]
    return ContractError(f"{path.name} is wrong:\n" + "\n".join(lines))


@lru_cache(maxsize=8)
def load_publications(folder: Path = CONTRACTS) -> dict[str, Publication]:
    """Every publication by id. Raises ContractError."""
    path = folder / "publications.yaml"
    try:
        found = [Publication.model_validate(entry) for entry in read_yaml(path)["publications"]]
    except ValidationError as fault:
        raise explain_faults(path, fault) from fault
    return {publication.id: publication for publication in found}


@lru_cache(maxsize=8)
def load_breakdowns(folder: Path = CONTRACTS) -> dict[str, Breakdown]:
    """Every breakdown by its code. Raises ContractError."""
    path = folder / "breakdowns.yaml"
    try:
        return {code: Breakdown.model_validate(entry) for code, entry in read_yaml(path)["breakdowns"].items()}
    except ValidationError as fault:
        raise explain_faults(path, fault) from fault


@lru_cache(maxsize=8)
def load_out_of_scope(folder: Path = CONTRACTS) -> tuple[OutOfScope, ...]:
    """Files that are deliberately not loaded, with the reason. Raises ContractError."""
    path = folder / "out_of_scope.yaml"
    try:
        return tuple(OutOfScope.model_validate(entry) for entry in read_yaml(path)["out_of_scope"] or [])
    except ValidationError as fault:
        raise explain_faults(path, fault) from fault


def _unknown_breakdowns(mapping: Mapping, known: dict[str, Breakdown]) -> list[str]:
    """Breakdowns, and values of them, that a mapping names and nobody has declared."""
    splits = {*mapping.topics.values(), *(dimension.breakdown for dimension in mapping.dimensions)}
    values: list[tuple[str, str]] = []
    for metric in mapping.metrics:
        splits |= {*(metric.row_breakdowns or [])}
        values += metric.breakdown.items()
        if metric.sum_over:
            values += [(metric.sum_over.breakdown, value) for value in metric.sum_over.values]
    wrong = [split for split in splits if split not in known]
    wrong += [f"{split} {value}" for split, value in values if split not in known or value not in known[split].values]
    return sorted(set(wrong))


@lru_cache(maxsize=8)
def load_mappings(folder: Path = CONTRACTS) -> tuple[Mapping, ...]:
    """Every mapping contract, in file-name order. Raises ContractError naming every wrong field of a file."""
    mappings = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name in _NOT_MAPPINGS or path.name.endswith(".odcs.yaml"):
            continue
        digest = sha256(path.read_bytes()).hexdigest()
        content = read_yaml(path)
        if blanks := unfilled(content):
            lines = [f"  {where}: {what}" for where, what in blanks.items()]
            raise ContractError(f"{path.name} is a draft. Still to fill in, or to take out:\n" + "\n".join(lines))
        try:
            mapping = Mapping.model_validate({**content, "path": path, "sha256": digest})
        except ValidationError as fault:
            raise explain_faults(path, fault) from fault
        if unknown := _unknown_breakdowns(mapping, load_breakdowns(folder)):
            raise ContractError(f"{path.name}: not in breakdowns.yaml: {', '.join(unknown)}")
        if mapping.publication not in load_publications(folder):
            raise ContractError(f"{path.name}: publication {mapping.publication!r} is not in publications.yaml")
        mappings.append(mapping)
    return tuple(mappings)


def unfilled(content: Any, where: str = "") -> dict[str, str]:
    """Field of a draft → what is to be written there, for every text that is still to be written."""
    if isinstance(content, str):
        return {where: content.removeprefix(FILL_IN).strip()} if content.startswith(FILL_IN) else {}
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    found: dict[str, str] = {}
    for key, value in inner:
        found |= unfilled(value, f"{where}.{key}" if where else f"{key}")
    return found


def mapping_for(dataset: str, folder: Path = CONTRACTS) -> Mapping:
    """The mapping of one dataset. Raises KeyError."""
    return {mapping.dataset: mapping for mapping in load_mappings(folder)}[dataset]
