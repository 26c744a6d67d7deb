"""What a column of an unknown table seems to hold, told from its cells: areas, periods, words, counts, percentages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import polars as pl

from pipelines.published.geography import load_areas
from pipelines.published.periods import MONTHS, read_period
from pipelines.published.reading import NUMBER
from pipelines.published.symbols import MEANINGS
from pipelines.published.text_table import ROW
from pipelines.published.vocabulary import PeriodType

LEVEL_WORDS = {
    "national", "regional", "local authority", "local authority district", "school", "provider", "institution", "ward",
    "region", "country", "icb", "sub icb", "la",
}  # fmt: skip
IDENTIFIERS = {
    "calendar year": "calendar_year", "academic year": "academic_year", "financial year": "financial_year",
    "reporting year": "reporting_year", "autumn term": "term", "spring term": "term", "summer term": "term",
    "autumn and spring term": "term",
    **dict.fromkeys(MONTHS, "month"),
    **{f"financial year q{n}": "quarter" for n in (1, 2, 3, 4)},
}  # fmt: skip
# What an area code looks like, known or not: a new area is still an area.
AREA_CODES = {
    "la": re.compile(r"E(06|08|09|10)\d{6}"),
    "region": re.compile(r"E(12|13)\d{6}"),
    "country": re.compile(r"[EK]9[2-4]\d{6}|K0\d{7}"),
    "icb": re.compile(r"E54\d{6}|Q[A-Z0-9]{2}"),
    "sub_icb": re.compile(r"E38\d{6}|\d{2}[A-Z]|[A-Z]\d[A-Z]\d[A-Z]"),
}
_SHOWN = 5_000
_KINDS: tuple[PeriodType, ...] = ("academic_year", "month")


@dataclass(frozen=True)
class Profile:
    """One column; `spelt` is its name as published, or `name` where it has none.

    `cells` are its distinct cells that are not blank, in order of appearance; at most 5,000 of them.
    `numbers` and `symbols`: the shares of the cells that are numbers, and the usual symbols.
    """

    name: str
    spelt: str
    cells: tuple[str, ...]
    distinct: int
    numbers: float
    symbols: float
    lowest: float | None
    highest: float | None
    decimals: int

    @property
    def is_measure(self) -> bool:
        """Whether it holds figures: numbers and symbols, with a number among them."""
        return self.numbers > 0 and self.numbers + self.symbols >= 0.98

    @property
    def may_be_percent(self) -> bool:
        return self.is_measure and self.lowest is not None and self.lowest >= 0 and (self.highest or 0) <= 100

    @property
    def is_count(self) -> bool:
        return self.is_measure and self.decimals == 0 and (self.lowest or 0) >= 0

    def share(self, fits: Callable[[str], bool]) -> float:
        """Of the distinct cells, the share that `fits`."""
        return sum(map(fits, self.cells)) / len(self.cells) if self.cells else 0.0

    @cached_property
    def area_level(self) -> str | None:
        """The level whose codes the column holds; `any` where they are of several; None where it holds none."""
        if self.share(lambda cell: any(form.fullmatch(cell) for form in AREA_CODES.values())) < 0.9:
            return None
        levels = (level for level, form in AREA_CODES.items() if self.share(partial(_is_whole, form)) >= 0.9)
        return next(levels, "any")

    @cached_property
    def holds_la_numbers(self) -> bool:
        """Three-digit numbers of local authorities."""
        known = load_areas().by_number
        return self.distinct > 1 and self.share(lambda cell: cell.removesuffix(".0") in known) >= 0.9

    @cached_property
    def holds_area_names(self) -> bool:
        known = load_areas().by_name
        return self.share(lambda cell: cell.strip("0123456789 ").casefold() in known) >= 0.8

    @cached_property
    def holds_levels(self) -> bool:
        return self.share(lambda cell: cell.casefold() in LEVEL_WORDS) >= 0.9

    @cached_property
    def holds_identifiers(self) -> bool:
        return self.share(lambda cell: cell.casefold() in IDENTIFIERS) >= 0.9

    @cached_property
    def holds_periods(self) -> bool:
        return self.share(is_period) >= 0.9


def _is_whole(form: re.Pattern[str], cell: str) -> bool:
    return form.fullmatch(cell) is not None


def profiles_of(frame: pl.DataFrame, spelling: dict[str, str]) -> dict[str, Profile]:
    """Every column of a table of text, in its order."""
    return {name: profile_of(name, spelling.get(name) or name, frame[name]) for name in frame.columns if name != ROW}


def as_numbers(cells: pl.Series) -> pl.Series:
    """Cells as numbers, null where they are none: "1,234" is 1234, "46.4%" is 46.4."""
    number = pl.when(pl.col("cell").str.contains(NUMBER)).then(pl.col("cell").str.replace_all("[,%]", ""))
    return pl.DataFrame({"cell": cells}).select(number.cast(pl.Float64, strict=False))["cell"]


def is_period(text: str) -> bool:
    """Whether a text can be the period of a figure, of whatever kind."""
    if re.fullmatch(r"\d{4}", text):
        return 1990 <= int(text) <= 2100
    return any(read_period(text, None, kind) is not None for kind in _KINDS)


def profile_of(name: str, spelt: str, column: pl.Series) -> Profile:
    """The profile of one column, or of some rows of it."""
    filled = column.filter(column.fill_null("") != "")
    numbers = as_numbers(filled).drop_nulls()
    numbers = numbers.filter(numbers.is_finite())
    symbols = int(filled.str.to_lowercase().is_in(list(MEANINGS)).sum())
    cells = filled.unique(maintain_order=True)
    after_point = filled.str.extract(r"^[+-]?[\d,]*\.(\d+)%?$").str.len_chars().max()
    return Profile(
        name,
        spelt,
        tuple(cells.head(_SHOWN)),
        cells.len(),
        numbers.len() / (filled.len() or 1),
        symbols / (filled.len() or 1),
        _float(numbers.min()),
        _float(numbers.max()),
        int(after_point) if isinstance(after_point, int) else 0,
    )


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
