"""The words of the contracts: what a publication, a breakdown and a metric are, for readers of any layout."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

PeriodType = Literal[
    "calendar_year",
    "academic_year",
    "financial_year",
    "january_census",
    "term",
    "month",
    "quarter",
    "day",
    "reporting_year",
]
Status = Literal["suppressed", "unavailable", "not_applicable", "low", "unreliable"]
StatisticalStatus = Literal[
    "accredited_official_statistics",
    "official_statistics",
    "official_statistics_in_development",
    "published_management_information",
    "synthetic",
]
Family = Literal["outcomes_experiences", "identification", "value_for_money", "alternative_provision", "delivery"]
Unit = Literal["percent", "count", "rate_per_1000", "rate_per_100", "ratio", "gbp", "score", "weeks", "category"]
Basis = Literal["maintaining_la", "residence", "school_la", "school", "icb", "none"]


class Strict(BaseModel):
    """A part of a contract: a field that it does not know is an error, and nothing changes it once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Release(Strict):
    """One edition of a publication. `published` is local time as announced, to the minute.

    `files` are file-name patterns of this edition alone; they are tried before `reporting_year`. `revision_note` says
    why it changes earlier figures, where the release says so.
    """

    id: str
    published: datetime
    reporting_year: int | None = None
    revision_note: str | None = None
    files: list[str] = []


class Publication(Strict):
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
    releases: list[Release] = Field(min_length=1)


class OutOfScope(Strict):
    """Files that are deliberately not loaded, by patterns of their name or of the path the report shows."""

    files: list[str]
    reason: str


class Breakdown(Strict):
    """One way of splitting figures: our value code → published labels, the first of which is what we show."""

    label: str
    values: dict[str, list[str]]

    def codes(self) -> dict[str, str]:
        """Published label, case-folded → our value code."""
        return {label.strip().casefold(): code for code, labels in self.values.items() for label in labels}


class Break(Strict):
    """A point from which a series cannot be compared with what went before, for everyone or for one area."""

    period_start: date
    note: str
    geography_code: str | None = None


class Definition(Strict):
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
    value_labels: dict[int, str] = {}
    decimals: int = Field(ge=0, le=4)
    signed: bool = False
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
    def _is_whole(self) -> "Definition":
        if self.key_metric and not self.key_reason:
            raise ValueError("a key metric needs key_reason")
        if (self.unit == "category") != bool(self.value_labels):
            raise ValueError("a category, and nothing else, has value_labels")
        return self
