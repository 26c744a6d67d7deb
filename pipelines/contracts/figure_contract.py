"""The contract of a published figure, read and validated. Cheap to import."""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.settings import PROJECT_ROOT

FIGURE_CONTRACT = PROJECT_ROOT / "data_contracts" / "published" / "figure.odcs.yaml"
_ROW_RULE = "SELECT COUNT(*) FROM ${object} WHERE "


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """One ODCS quality rule. Only what the figure contract uses is allowed, so that no rule is read and ignored."""

    id: str | None = None
    description: str | None = None
    type: Literal["library", "sql"] = "library"
    metric: Literal["duplicateValues", "invalidValues"] | None = None
    arguments: dict[str, list[str]] = {}
    query: str | None = None
    must_be: Literal[0] = Field(alias="mustBe")

    @model_validator(mode="after")
    def _is_a_rule_we_can_run(self) -> "Rule":
        wanted = {"duplicateValues": {"properties"}, "invalidValues": {"validValues"}}
        if self.type == "sql":
            if not (self.query or "").startswith(_ROW_RULE):
                raise ValueError(f"{self.id}: a sql rule starts with {_ROW_RULE!r}")
        elif self.metric is None or set(self.arguments) != wanted[self.metric]:
            raise ValueError(f"{self.id or self.metric}: a library rule names its metric and that metric's arguments")
        return self

    @property
    def condition(self) -> str:
        """The SQL condition that a failing row meets."""
        return (self.query or "").removeprefix(_ROW_RULE)


class Limits(_Strict):
    """Bounds of a column; dates as ISO text."""

    minimum: float | str | None = None
    maximum: float | str | None = None
    min_length: int | None = Field(default=None, alias="minLength")
    max_length: int | None = Field(default=None, alias="maxLength")


class Property(_Strict):
    """One column."""

    name: str
    description: str
    logical_type: Literal["string", "date", "timestamp", "number", "integer"] = Field(alias="logicalType")
    physical_type: str = Field(alias="physicalType")
    required: bool
    limits: Limits | None = Field(default=None, alias="logicalTypeOptions")
    quality: list[Rule] = []


class TableContract(_Strict):
    """One table: its columns in order, and the rules over whole rows."""

    name: str
    description: str
    logical_type: Literal["object"] = Field(alias="logicalType")
    physical_type: str = Field(alias="physicalType")
    quality: list[Rule]
    properties: list[Property]


class FigureContract(_Strict):
    """An ODCS v3 document of one table."""

    api_version: Literal["v3.1.0"] = Field(alias="apiVersion")
    kind: Literal["DataContract"]
    id: str
    name: str
    version: str
    status: str
    domain: str
    description: dict[str, str]
    schema_: list[TableContract] = Field(alias="schema", min_length=1, max_length=1)

    @property
    def table(self) -> TableContract:
        return self.schema_[0]


def load_figure_contract(path: Path = FIGURE_CONTRACT) -> FigureContract:
    """Read the contract. Raises pydantic.ValidationError naming the field that is wrong."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return FigureContract.model_validate(content)
