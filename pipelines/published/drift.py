"""Where a file no longer fits its mapping: columns missing, renamed and new; values, areas and periods nobody knows.

The next edition of a release is read by the mapping of the last one. What still fits is loaded when the loader says so
(`--partial`); everything else is named here, in one place, with what each thing probably is.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from pipelines.published.geography import load_areas
from pipelines.published.mapping import Mapping, MetricMapping
from pipelines.published.periods import read_period
from pipelines.published.problems import Problem, quantity
from pipelines.published.profiles import AREA_CODES, profiles_of
from pipelines.published.reading import Reading, UnknownArea, UnknownPeriod, columns_named
from pipelines.published.renames import Renamed, figures_of, find_renames
from pipelines.published.reshaping import periods_from_header
from pipelines.published.text_table import ROW, TextTable
from pipelines.published.tidy import context_of, read_tidy
from pipelines.published.vocabulary import Definition, PeriodType

SHOWN = 12
_OURS = ("sheet", "_header")  # Columns that reading adds.
_KINDS: tuple[PeriodType, ...] = ("calendar_year", "academic_year", "financial_year", "reporting_year", "term", "month")


@dataclass
class Drift:
    """What of a file its mapping does not fit. `lost`: metrics (with their breakdown) that cannot be made of it.

    `new_columns` stood in no earlier edition and are mapped by nobody. Counts are of rows.
    """

    mapping: str = ""
    renamed: list[Renamed] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    new_columns: list[str] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    periods: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    whole: int = 0

    def __bool__(self) -> bool:
        return bool(
            self.renamed or self.missing or self.new_columns or self.values or self.areas or self.periods or self.lost
        )

    @property
    def sure(self) -> dict[str, str]:
        """Mapped column → column of the file, for those of which the cells leave no doubt."""
        return {r.column: r.candidate for r in self.renamed if r.sure}

    def count(self, reading: Reading) -> None:
        """Take in the breakdown values, areas and periods that `reading` did not know."""
        new = reading.new_values
        self.values = {": ".join(new[reason]): n for reason, n in reading.scope_counts().items() if reason in new}
        self.areas = {_area(area): n for area, n in reading.unknown_areas.most_common()}
        self.periods = {_period(period): n for period, n in reading.unknown_periods.most_common()}

    def lines(self) -> list[str]:
        """The report as a person reads it; empty where everything fits."""
        if not self:
            return []
        lines = [f"  Where the file differs from {self.mapping}:"]
        lines += [f"    renamed: {r.column} seems to be {r.candidate} now ({r.why})" for r in self.renamed]
        lines += [f"    missing: {name}, and nothing like it" for name in self.missing]
        lines += [f"    new column, mapped by nobody: {name}" for name in self.new_columns[:SHOWN]]
        lines += _more(len(self.new_columns) - SHOWN)
        for word, counts in (
            ("new value, not in breakdowns.yaml", self.values),
            ("area not known", self.areas),
            ("period not known", self.periods),
        ):
            lines += [f"    {word}: {what} ({quantity(n, 'row')})" for what, n in list(counts.items())[:SHOWN]]
            lines += _more(len(counts) - SHOWN)
        if self.lost:
            rest = self.whole - len(self.lost)
            able = f"--partial reads {rest:,} of the {self.whole:,} metrics and breakdowns mapped"
            lines.append(f"    {able if rest else 'no metric can be read'}; not:")
            lines += [f"      {name}" for name in self.lost[:SHOWN]] + [
                f"  {line}" for line in _more(len(self.lost) - SHOWN)
            ]
        if self.renamed:
            lines.append(f"    If that is right, add to {self.mapping}:")
            lines += ["      renamed:"] + [f"        {r.column}: [{r.candidate}]" for r in self.renamed]
        return lines


def with_renames(mapping: Mapping, renames: dict[str, str]) -> Mapping:
    """The mapping with these columns read under their new names too."""
    spellings = {column: [*mapping.renamed.get(column, []), new] for column, new in renames.items()}
    return mapping.model_copy(update={"renamed": {**mapping.renamed, **spellings}})


def columns_of(table: TextTable, mapping: Mapping) -> list[str]:
    """The columns of a file, case-folded and sorted, as its receipt keeps them: without a header's periods."""
    return sorted(set(periods_from_header(table, mapping).frame.columns) - {ROW, *_OURS})


def find_drift(table: TextTable, mapping: Mapping, file: str, receipts: list[dict[str, Any]]) -> Drift:
    """Which columns of a file do not fit its mapping, compared with the editions in `receipts` (oldest first).

    Never raises for what a file holds.
    """
    drift = Drift(mapping.path.name, whole=len(mapping.metrics))
    if mapping.layout == "tidy" and table.frame.width > 1:
        before = [r for r in receipts if r["dataset"] == mapping.dataset]
        _compare_columns(drift, periods_from_header(table, mapping), mapping, file, before)
    return drift


def say_renames(drift: Drift, faults: list[Problem]) -> list[Problem]:
    """The faults, those of a missing column with what the column has become, where that is known."""
    known = {r.column: r for r in drift.renamed}
    said = []
    for fault in faults:
        if rename := known.get(fault.column or ""):
            found = f"no column {rename.column}; the closest is {rename.candidate}: {rename.why}"
            do = (
                f"If {rename.candidate} is the same thing, add it under `renamed: {rename.column}:` in "
                f"{drift.mapping}; if not, get the whole file."
            )
            fault = replace(fault, found=found, do=do)
        said.append(fault)
    return said


def _compare_columns(drift: Drift, table: TextTable, mapping: Mapping, file: str, before: list[dict[str, Any]]) -> None:
    context, spare = context_of(mapping)
    measures = [] if mapping.pivot else [c for m in mapping.metrics for c in m.columns()]
    spare += [c for m in mapping.metrics if m.optional for c in m.columns()]
    wanted = list(dict.fromkeys([*context, *measures]))
    present = [c for c in table.frame.columns if c not in (ROW, *_OURS)]
    found = columns_named(present, mapping, wanted)
    missing = [name for name in wanted if name not in found and name not in spare]
    unused = [c for c in present if c not in found.values()]
    if missing and unused:
        profiles = profiles_of(table.frame.select(unused), table.spelling)
        nothing = figures_of([], pl.DataFrame())
        renames = find_renames(missing, table.frame, profiles, mapping, found, nothing, nothing)
        cells = {r.column: r.candidate for r in renames if r.sure}
        if before and set(missing) - set(cells) and all(c in found or c in cells or c in spare for c in context):
            landed = figures_of(mapping.metrics, pl.read_parquet(before[-1]["folder"] / "figures.parquet"))
            offered = [profiles[c].spelt for c in unused if profiles[c].is_measure]
            now = _as_this_file_has_it(table, with_renames(mapping, cells), offered, file) if offered else nothing
            renames = find_renames(missing, table.frame, profiles, mapping, found, landed, now)
        drift.renamed = renames
    drift.missing = [name for name in missing if name not in {r.column for r in drift.renamed}]
    unread = set(missing) - set(drift.sure)
    drift.lost = [_named(m) for m in mapping.metrics if unread & {*m.columns(), *context}]
    taken = {r.candidate.casefold() for r in drift.renamed}
    editions = [] if mapping.parts else [r["columns"] for r in before if "columns" in r]
    earlier = {column for columns in editions for column in columns}
    if editions or missing:
        fresh = [c for c in unused if c not in taken and c not in earlier]
        drift.new_columns = [table.spelling.get(c, c) for c in fresh]


def _as_this_file_has_it(table: TextTable, mapping: Mapping, columns: list[str], file: str) -> pl.DataFrame:
    """Every column that may be one of the missing, read as a plain figure."""
    metrics = [MetricMapping(id=f"column_{n}", value=column) for n, column in enumerate(columns)]
    alone = mapping.model_copy(update={"metrics": metrics, "withheld": []})
    readings = read_tidy(table, alone, load_areas(), {m.id: _PLAIN for m in metrics}, {}, file)
    if not readings.figures:
        return figures_of([], pl.DataFrame())
    named = {m.id: (m.value or "").casefold() for m in metrics}
    figures = pl.concat(readings.figures, how="diagonal").filter(pl.col("breakdown_2") == "total")
    shape = ["geography_code", "period_start", "breakdown_1", "value_1"]
    return figures.select(
        pl.col("metric_id").replace_strict(named, return_dtype=pl.String).alias("column"),
        *shape,
        figure=pl.col("value"),
    ).drop_nulls()


def _area(area: UnknownArea) -> str:
    """The area with what it may be: a new authority looks like one."""
    level = next((level for level, form in AREA_CODES.items() if form.fullmatch(area.code)), None)
    hint = load_areas().suggestion(area.code, area.name)
    if level and not hint.startswith("'"):
        hint = f"perhaps a new area (its form is that of level {level}){'; ' if hint else ''}{hint}"
    return f"{area.said}: {hint}" if hint else area.said


def _period(period: UnknownPeriod) -> str:
    """The period with the kinds it would be one of."""
    said = [kind for kind in _KINDS if read_period(period.text, period.second, kind)]
    kinds = said or [kind for kind in _KINDS if read_period(period.text, None, kind)]
    if not kinds:
        return period.said
    words = " or ".join(kind.replace("_", " ") for kind in kinds)
    return f"{period.said}: {'it would be right for' if said else 'it has the form of'} {words}"


def _named(metric: MetricMapping) -> str:
    own = "".join(f", {breakdown} {value}" for breakdown, value in metric.breakdown.items())
    return f"{metric.id}{own}"


def _more(n: int) -> list[str]:
    return [f"    … and {n:,} more: --report FILE lists every one"] if n > 0 else []


_PLAIN = Definition.model_validate(
    {
        "label": "A column", "short_label": "Column", "family": "delivery", "theme": "None", "domain_row": 1,
        "description": "A column of a file.", "unit": "score", "decimals": 0, "polarity": "neutral",
    }
)  # fmt: skip
