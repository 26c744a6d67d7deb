"""What is declared about figures that are given twice: how far apart they may be, and why some are further apart.

`data_contracts/published/reconciliations.yaml` holds the rules; dbt compares (`fct_reconciliation`).
"""

from datetime import date
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from pipelines.published.mapping import CONTRACTS, ContractError, explain_faults, read_yaml
from pipelines.published.vocabulary import Strict, Unit

FILE = "reconciliations.yaml"
Comparison = Literal["sources", "sum_of_areas", "ratio_of_areas"]


class Rule(Strict):
    """One rule: the comparisons it fits (a field that is left out fits all), what it allows, what it explains.

    `sources` are the two publications in the order of their priority; tolerances add to what rounding allows.
    """

    comparison: Comparison | None = None
    metrics: list[str] = Field(default=[])
    units: list[Unit] = Field(default=[])
    sources: list[str] = Field(default=[], max_length=2)
    area: str | None = None
    period_from: date | None = None
    period_to: date | None = None
    tolerance_absolute: float = Field(default=0, ge=0)
    tolerance_percent: float = Field(default=0, ge=0, le=100)
    explanation: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Rule":
        if not (self.tolerance_absolute or self.tolerance_percent or self.explanation):
            raise ValueError("give a tolerance or an explanation")
        if self.sources and len(self.sources) != 2:
            raise ValueError("sources are two publications")
        return self


class RuleFile(Strict):
    """The whole file."""

    rules: list[Rule]


@lru_cache(maxsize=2)
def load_rules(folder: Path = CONTRACTS) -> tuple[Rule, ...]:
    """The rules in the order of the file. Raises ContractError naming every wrong field."""
    path = folder / FILE
    try:
        return tuple(RuleFile.model_validate(read_yaml(path)).rules)
    except ValidationError as fault:
        raise explain_faults(path, fault) from fault


def rule_rows(metrics: set[str], publications: set[str]) -> list[dict[str, Any]]:
    """The rules as rows of dim_reconciliation: a row for each metric and unit a rule names, in the order of the file.

    Raises ContractError for a metric or publication that no contract knows.
    """
    rows: list[dict[str, Any]] = []
    for number, rule in enumerate(load_rules(), start=1):
        strangers = [*(set(rule.metrics) - metrics), *(set(rule.sources) - publications)]
        if strangers:
            raise ContractError(f"{FILE}: rule {number} names {', '.join(sorted(strangers))}, which no contract knows")
        ours, theirs = rule.sources or (None, None)
        named: list[str | None] = [*rule.metrics] or [None]
        units: list[str | None] = [*rule.units] or [None]
        for metric, unit in product(named, units):
            rows.append(
                {
                    "position": len(rows) + 1,
                    "comparison": rule.comparison,
                    "metric_id": metric,
                    "unit": unit,
                    "source": ours,
                    "other_source": theirs,
                    "geography_code": rule.area,
                    "period_from": rule.period_from,
                    "period_to": rule.period_to,
                    "tolerance_absolute": rule.tolerance_absolute,
                    "tolerance_percent": rule.tolerance_percent,
                    "explanation": rule.explanation,
                }
            )
    return rows
