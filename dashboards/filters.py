"""The filters of the area page: theme, need and strength of evidence, each kept in the link."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from dashboards.choices import choose
from dashboards.words.breakdowns import breakdown_label, listed_at, value_label
from dashboards.words.strength import EVIDENCE, evidence_of

NEED = "primary_need"
AUTISM = "asd"


@dataclass(frozen=True)
class Filters:
    """What the reader asked for; None leaves everything in."""

    theme: str | None = None
    need: str | None = None
    evidence: str | None = None

    def __bool__(self) -> bool:
        return bool(self.theme or self.need or self.evidence)

    @property
    def group(self) -> tuple[str, str]:
        """The group of children asked for, as a breakdown and a value."""
        return (NEED, self.need) if self.need else ("total", "total")

    def words(self) -> str:
        """What the filters leave, for a sentence above the figures; empty without one."""
        said = []
        if self.need:
            said.append(f"children whose {breakdown_label(NEED).lower()} is {value_label(NEED, self.need).lower()}")
        if self.theme:
            said.append(f"the theme {self.theme}")
        if self.evidence:
            said.append(f"measures in which the area is {EVIDENCE[self.evidence].lower()}")
        return "; ".join(said)


EVERYTHING = Filters()


def choose_filters(metrics: pl.DataFrame, groups: pl.DataFrame, columns: Sequence[object]) -> Filters:
    """Draw the three filters, one in each of `columns`. `groups` is queries.spread.groups_held."""
    themes = metrics["theme"].drop_nulls().unique(maintain_order=True).sort().to_list()
    needs = groups.filter(pl.col("breakdown_1") == NEED)["value_1"].unique().to_list()
    needs.sort(key=lambda each: listed_at(NEED, each))
    boxes = iter(columns)

    def box(name: str, label: str, options: list[str], words: dict[str, str], empty: str) -> str | None:
        with next(boxes):  # type: ignore[attr-defined]
            return choose(name, label, options, words.__getitem__, placeholder=empty)

    return Filters(
        theme=box("theme", "Theme", themes, {each: each for each in themes}, "All themes"),
        need=box("need", "Need", needs, {each: value_label(NEED, each) for each in needs}, "All children"),
        evidence=box("evidence", "Strength of evidence", list(EVIDENCE), EVIDENCE, "Any"),
    )


def narrowed(metrics: pl.DataFrame, figures: pl.DataFrame, groups: pl.DataFrame, filters: Filters) -> pl.DataFrame:
    """The measures the filters leave. `figures` is store.area_figures of the filters' group.

    With a need, those published by need; without one, those that are published for all children or for nobody yet.
    """
    by_need = groups.filter(pl.col("breakdown_1") == NEED)["metric_id"].implode()
    by_group_only = pl.col("latest_period").is_null() & pl.col("metric_id").is_in(groups["metric_id"].implode())
    kept = metrics.filter(pl.col("metric_id").is_in(by_need) if filters.need else ~by_group_only)
    if filters.theme:
        kept = kept.filter(pl.col("theme") == filters.theme)
    if filters.evidence:
        held = [row["metric_id"] for row in figures.iter_rows(named=True) if evidence_of(row) == filters.evidence]
        kept = kept.filter(pl.col("metric_id").is_in(held))
    return kept
