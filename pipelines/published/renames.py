"""A mapped column that a file no longer has → the column of the file that it has become, told by what its cells hold.

Evidence, best first: the cells can be nothing else (area codes, periods …); the sum on each row comes out; figures of
earlier periods are those that were loaded before; the figures are near those of the edition before; the name is alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import polars as pl

from pipelines.published.arithmetic import share_of
from pipelines.published.column_roles import Roles, area_roles, roles_of
from pipelines.published.mapping import Mapping, MetricMapping
from pipelines.published.profiles import Profile, as_numbers

_ALIKE = 0.55
_NEAR = 0.35  # Median distance of logarithms: within about 40%.
_FAR = 1.1  # Beyond three times as much, or a third.
_FEWEST = 10


@dataclass(frozen=True)
class Renamed:
    """`column` of the mapping seems to be `candidate` of the file. `sure`: its cells say so, not just its name."""

    column: str
    candidate: str
    why: str
    sure: bool


def find_renames(
    missing: list[str],
    frame: pl.DataFrame,
    profiles: dict[str, Profile],
    mapping: Mapping,
    found: dict[str, str],
    before: pl.DataFrame,
    now: pl.DataFrame,
) -> list[Renamed]:
    """One Renamed at most for each of `missing`; a column of the file answers for one of them.

    `profiles` are of the columns that nothing else uses. `before`: mapped column, area, period, breakdown → figure as
    loaded before; `now`: candidate column → the same, as this file has it (see `figures_of`).
    """
    roles = roles_of(mapping)
    renames: dict[str, Renamed] = {}
    free = dict(profiles)

    def by_sum(column: str) -> Renamed | None:
        known = found | {r.column: r.candidate for r in renames.values()}
        doubtful = {r.column for r in renames.values() if not r.sure}
        return _by_sum(column, free, frame, mapping, known, doubtful)

    ways: list[Callable[[str], Renamed | None]] = [
        lambda column: _by_cells(column, free, roles),
        by_sum,
        lambda column: _by_figures(column, free, before, now),
        lambda column: _by_name(column, free, mapping, roles, before, now),
    ]
    while True:
        # The best evidence first, and again after each find: one column that is known may tell the next.
        tries = (way(column) for way in ways for column in missing if column not in renames)
        rename = next((r for r in tries if r), None)
        if rename is None:
            break
        renames[rename.column] = rename
        free.pop(rename.candidate)
    return [replace(r, candidate=profiles[r.candidate].spelt) for r in renames.values()]


def _by_cells(column: str, free: dict[str, Profile], roles: Roles) -> Renamed | None:
    if column not in roles:
        return None
    what, fits = roles[column]
    fitting = [name for name, profile in free.items() if profile.cells and fits(profile)]
    return (
        Renamed(column, fitting[0], f"it holds {what}, and no other free column does", True)
        if len(fitting) == 1
        else None
    )


def _by_sum(
    column: str,
    free: dict[str, Profile],
    frame: pl.DataFrame,
    mapping: Mapping,
    found: dict[str, str],
    doubtful: set[str],
) -> Renamed | None:
    for metric in mapping.metrics:
        if (
            column not in metric.columns()
            or not metric.published
            or len(metric.numerator) != 1
            or len(metric.denominator) != 1
        ):
            continue
        parts = {"published": metric.published, "part": metric.numerator[0], "whole": metric.denominator[0]}
        others = {role: found[name] for role, name in parts.items() if name != column and name in found}
        if len(others) != 2:
            continue
        role = next(r for r, name in parts.items() if name == column)
        agree = {
            name: _agreement({**others, role: name}, frame, metric)
            for name, profile in free.items()
            if profile.is_measure
        }
        right = [name for name, share in agree.items() if share >= 0.99]
        if len(right) == 1:
            of = " / ".join(parts[r] for r in ("part", "whole"))
            why = f"with it, {of} gives {parts['published']} on every row that can tell"
            return Renamed(column, right[0], why, sure=not doubtful & set(parts.values()))
    return None


def _agreement(columns: dict[str, str], frame: pl.DataFrame, metric: MetricMapping) -> float:
    published, part, whole = (as_numbers(frame[columns[role]]) for role in ("published", "part", "whole"))
    return share_of(published * metric.published_scale, part, whole, metric.published_decimals, metric.base)


def _by_figures(column: str, free: dict[str, Profile], before: pl.DataFrame, now: pl.DataFrame) -> Renamed | None:
    if not before.height or not now.height:
        return None
    mine = before.filter(pl.col("column") == column).drop("column")
    key = ["geography_code", "breakdown_1", "value_1"]
    offered = now.filter(pl.col("column").is_in(list(free)))
    same = (
        mine.join(offered, on=[*key, "period_start"], suffix="_now")
        .group_by("column")
        .agg(n=pl.len(), equal=((pl.col("figure") - pl.col("figure_now")).abs() < 1e-6).mean())
    )
    equal = same.filter((pl.col("n") >= _FEWEST) & (pl.col("equal") >= 0.98))
    if equal.height == 1:
        name, n = equal.select("column", "n").row(0)
        return Renamed(column, name, f"it has the figures that were loaded before, in {n:,} places and periods", True)
    far = _distances(mine, offered)
    near = far.filter((pl.col("n") >= _FEWEST) & (pl.col("far") <= _NEAR))
    if near.height == 1 or (near.height > 1 and near["far"][1] > 1.5 * near["far"][0]):
        name, n = near.select("column", "n").row(0)
        return Renamed(column, name, f"its figures are near those of the edition before, in {n:,} places", False)
    return None


def _distances(mine: pl.DataFrame, offered: pl.DataFrame) -> pl.DataFrame:
    """How far each offered column is from the last figures before: median distance of logarithms over `n` places."""
    key = ["geography_code", "breakdown_1", "value_1"]
    before, now = (
        part.filter(pl.col("figure") > 0).sort("period_start").group_by([*key, *extra], maintain_order=True).last()
        for part, extra in ((mine, []), (offered, ["column"]))
    )
    joined = before.join(now, on=key, suffix="_now")
    distance = (pl.col("figure_now") / pl.col("figure")).log().abs().median()
    return joined.group_by("column").agg(n=pl.len(), far=distance).sort("far", "column")


def _by_name(
    column: str,
    free: dict[str, Profile],
    mapping: Mapping,
    roles: Roles,
    before: pl.DataFrame,
    now: pl.DataFrame,
) -> Renamed | None:
    wants_numbers = column not in roles
    of_areas = area_roles(mapping.area)
    percent = any(metric.published == column and metric.base == 100 for metric in mapping.metrics)
    far = _distances(before.filter(pl.col("column") == column).drop("column"), now)
    others = set(far.filter((pl.col("n") >= _FEWEST) & (pl.col("far") > _FAR))["column"])
    fit = {
        name: SequenceMatcher(None, column.casefold(), name).ratio()
        for name, profile in free.items()
        if profile.cells
        and name not in others
        and profile.is_measure == wants_numbers
        and (not percent or profile.may_be_percent)
        and (column not in of_areas or of_areas[column][1](profile))
    }
    best = max(fit, key=lambda name: fit[name], default=None)
    if best is None or fit[best] < _ALIKE:
        return None
    return Renamed(column, best, "the name is alike, and the cells are of the same kind", False)


def figures_of(metrics: list[MetricMapping], landed: pl.DataFrame) -> pl.DataFrame:
    """Landed figures by the column that they were read from alone: column, area, period, breakdown, figure."""
    shape = ["geography_code", "period_start", "breakdown_1", "value_1"]
    parts = [pl.DataFrame(schema={"column": pl.String, "geography_code": pl.String, "period_start": pl.Date,
                                  "breakdown_1": pl.String, "value_1": pl.String, "figure": pl.Float64})]  # fmt: skip
    for metric in metrics:
        if metric.where:
            continue  # Its figures are some rows of its column, those of another metric the others.
        alone = {"value": metric.value or (None if metric.has_counts else metric.published)}
        alone["numerator"] = metric.numerator[0] if len(metric.numerator) == 1 else None
        alone["denominator"] = metric.denominator[0] if len(metric.denominator) == 1 else None
        own, value = next(iter(metric.breakdown.items()), ("total", "total"))
        rows = landed.filter((pl.col("metric_id") == metric.id) & (pl.col("breakdown_2") == "total"))
        if metric.breakdown:
            rows = rows.filter((pl.col("breakdown_1") == own) & (pl.col("value_1") == value))
            rows = rows.with_columns(breakdown_1=pl.lit("total"), value_1=pl.lit("total"))
        for name, column in alone.items():
            if column and not column.startswith("-"):
                scale = metric.multiply if name == "value" else 1.0
                parts.append(
                    rows.select(pl.lit(column).alias("column"), *shape, figure=pl.col(name) / scale).drop_nulls()
                )
    return pl.concat(parts).unique(maintain_order=True)
