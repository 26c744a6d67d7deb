"""Mapping contracts: which published column becomes which metric, for which area, period and breakdown.

One YAML file in `data_contracts/published/` maps one dataset; `publications.yaml` holds the facts of each
publication and `breakdowns.yaml` our codes for published breakdown labels. The field reference is the README there.
Cheap to import: PyYAML and pydantic only.
"""

from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

CONTRACTS = Path(__file__).resolve().parents[2] / "data_contracts" / "published"

PeriodType = Literal[
    "calendar_year",
    "academic_year",
    "financial_year",
    "january_census",
    "term",
    "month",
    "quarter",
    "reporting_year",
]
Status = Literal["suppressed", "unavailable", "not_applicable", "low", "unreliable"]
StatisticalStatus = Literal[
    "accredited_official_statistics",
    "official_statistics",
    "official_statistics_in_development",
    "management_information",
    "synthetic",
]
Family = Literal["outcomes_experiences", "identification", "value_for_money", "alternative_provision", "delivery"]
Unit = Literal["percent", "count", "rate_per_1000", "rate_per_100", "ratio", "gbp", "score", "weeks"]
Basis = Literal["maintaining_la", "residence", "school_la", "school", "icb", "none"]


class ContractError(Exception):
    """A contract is wrong; the message names the file and every field at fault."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Release(_Strict):
    """One edition of a publication. `published` is local time as announced, to the minute.

    `revision_note` says why it changes earlier figures, where the release says so.
    """

    id: str
    published: datetime
    reporting_year: int | None = None
    revision_note: str | None = None


class Publication(_Strict):
    """Facts about a publication that hold for all its releases. Lower `priority` wins when two give one figure."""

    id: str
    title: str
    publisher: str
    licence: str
    statistical_status: StatisticalStatus
    priority: int
    contact: str
    next_release: str | None = None
    attribution: str
    releases: list[Release]


class Breakdown(_Strict):
    """One way of splitting figures: our value code → published labels, the first of which is what we show."""

    label: str
    values: dict[str, list[str]]

    def codes(self) -> dict[str, str]:
        """Published label, case-folded → our value code."""
        return {label.strip().casefold(): code for code, labels in self.values.items() for label in labels}


class Break(_Strict):
    """A point from which a series cannot be compared with what went before, for everyone or for one area."""

    period_start: date
    note: str
    geography_code: str | None = None


class Definition(_Strict):
    """What a metric is, in plain words: the public catalogue entry."""

    label: str
    short_label: str
    family: Family
    theme: str
    domain_row: int = Field(ge=1, le=20)
    description: str
    numerator_label: str | None = None
    denominator_label: str | None = None
    unit: Unit
    decimals: int = Field(ge=0, le=4)
    polarity: Literal["higher_better", "lower_better", "neutral"]
    interval_reason: str | None = None
    key_metric: bool = False
    key_reason: str | None = None
    headline_order: int | None = None
    standard_label: str | None = None
    standard_value: float | None = None
    caveats: str | None = None
    known_breaks: list[Break] = []

    @model_validator(mode="after")
    def _key_metrics_say_why(self) -> "Definition":
        if self.key_metric and not self.key_reason:
            raise ValueError("a key metric needs key_reason")
        return self


class SumOver(_Strict):
    """Add up these rows of one breakdown, and publish the result as a total."""

    breakdown: str
    values: list[str]


class Borrow(_Strict):
    """Take the denominator from another metric of the same release, matched on area, period and breakdown."""

    metric: str
    dataset: str


class MetricMapping(_Strict):
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
    base: int = 100
    multiply: float = 1.0
    breakdown: dict[str, str] = {}
    row_breakdowns: list[str] | None = None
    sum_over: SumOver | None = None
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
        return self

    @property
    def has_counts(self) -> bool:
        return bool(self.numerator)

    def columns(self) -> list[str]:
        """Columns of the file that this mapping reads, without signs."""
        named = [c.removeprefix("-") for c in [*self.numerator, *self.denominator]]
        return named + [c for c in (self.value, self.published) if c]


class Withheld(_Strict):
    """Counts the publisher got wrong beyond doubt: shown as unreliable, with the note, for one region and period."""

    columns: list[str]
    period_start: date
    region_code: str
    note: str


class Mapping(_Strict):
    """One dataset of a publication: which files it comes in, how they are laid out, and what they hold."""

    dataset: str
    title: str
    publication: str
    layout: Literal["ees_wide", "lait_long"]
    files: list[str]
    period: PeriodType
    geography_basis: Basis
    reporting_year_offset: int = 0
    totals: list[str] = []
    topics: dict[str, str] = {}
    renamed: dict[str, list[str]] = {}
    symbols: dict[str, Status] = {}
    withheld: list[Withheld] = []
    metrics: list[MetricMapping]

    path: Path = Path()
    sha256: str = ""

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
def load_mappings(folder: Path = CONTRACTS) -> tuple[Mapping, ...]:
    """Every mapping contract, in file-name order. Raises ContractError naming every wrong field of a file."""
    mappings = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name in ("publications.yaml", "breakdowns.yaml", "reconciliations.yaml") or path.name.endswith(
            ".odcs.yaml"
        ):
            continue
        digest = sha256(path.read_bytes()).hexdigest()
        try:
            mapping = Mapping.model_validate({**read_yaml(path), "path": path, "sha256": digest})
        except ValidationError as fault:
            raise explain_faults(path, fault) from fault
        if mapping.publication not in load_publications(folder):
            raise ContractError(f"{path.name}: publication {mapping.publication!r} is not in publications.yaml")
        mappings.append(mapping)
    return tuple(mappings)


def mapping_for(dataset: str, folder: Path = CONTRACTS) -> Mapping:
    """The mapping of one dataset. Raises KeyError."""
    return {mapping.dataset: mapping for mapping in load_mappings(folder)}[dataset]
