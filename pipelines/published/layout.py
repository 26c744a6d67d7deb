"""How a published table is laid out: where its header, areas, periods, breakdowns and rows of interest stand."""

import re
from typing import Literal

from pydantic import Field, model_validator

from pipelines.published.vocabulary import Strict

AreaLevel = Literal["country", "region", "la", "icb", "sub_icb", "any"]


class Header(Strict):
    """The header of a table that has titles above it. Give `find` or `row`; without either the header is row 1.

    `find`: the header is the first row one of whose cells starts with this text. `depth`: rows it runs over.
    `skip`: rows between the header and the data.
    """

    find: str | None = None
    row: int = Field(default=1, ge=1)
    depth: int = Field(default=1, ge=1, le=4)
    footnote_digits: bool = False
    skip: int = Field(default=0, ge=0)


class Fixed(Strict):
    """The level of every row of a table that has no column for it."""

    fixed: AreaLevel


class Area(Strict):
    """Where the area of a row stands. Without `code` and `name`, in the columns of EES files.

    `levels`: the file's word for a level → ours. `set_aside`: patterns of names or codes that are no areas of ours.
    """

    level: str | Fixed = "geographic_level"
    code: str | None = None
    name: str | None = None
    levels: dict[str, AreaLevel] = {}
    set_aside: list[str] = []
    region_totals: bool = False
    nhs: bool = False

    @property
    def fixed(self) -> AreaLevel | None:
        return self.level.fixed if isinstance(self.level, Fixed) else None

    @property
    def added_up(self) -> bool:
        """Whether rows are of sub-ICB locations, whose counts are added to their ICB."""
        return self.fixed == "sub_icb" or "sub_icb" in self.levels.values()


class Time(Strict):
    """Where the period of a row stands; one way of saying it. Without any, in the columns of EES files."""

    column: str | None = None
    identifier: str | None = None
    identifier_fixed: str | None = None
    fixed: str | None = None
    file_name: str | None = None
    title: str | None = None
    header: bool = False
    start: str | None = None
    end: str | None = None
    day: str | None = None

    @model_validator(mode="after")
    def _says_it_one_way(self) -> "Time":
        ways = [self.column, self.fixed, self.file_name, self.title, self.header or None, self.start, self.day]
        if sum(way is not None for way in ways) != 1 or (self.start is None) != (self.end is None):
            raise ValueError("give one of column, fixed, file_name, title, header, start with end, day")
        if (self.identifier or self.identifier_fixed) and not self.column:
            raise ValueError("identifier and identifier_fixed belong to column")
        if self.identifier and self.identifier_fixed:
            raise ValueError("give identifier or identifier_fixed")
        for pattern in (self.file_name, self.title):
            if pattern is not None and not _takes_a_part(pattern):
                raise ValueError(f"{pattern!r} must be a regular expression with the period as its first group")
        return self

    def columns(self) -> list[str]:
        """Columns of the table that say the period, at most two."""
        return [c for c in (self.column, self.identifier, self.start, self.end, self.day) if c]


def _takes_a_part(pattern: str) -> bool:
    try:
        return re.compile(pattern).groups > 0
    except re.error:
        return False


EES_TIME = Time(column="time_period", identifier="time_identifier")


class Pivot(Strict):
    """A long table: each value of the column `names` becomes a column that holds the cells of `values`."""

    names: str
    values: str


class Dimension(Strict):
    """A column that splits the rows: its values in `totals` are the whole, the others values of `breakdown`."""

    column: str
    breakdown: str
    totals: list[str] = ["Total"]


class Characteristic(Strict):
    """The two columns that say which breakdown a row belongs to, and which value of it."""

    topic: str = "breakdown_topic"
    value: str = "breakdown"
