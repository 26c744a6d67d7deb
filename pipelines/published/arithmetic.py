"""Which columns are a count, what it is a share of, and the percentage: found by doing the sum on every row."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.published.profiles import Profile, as_numbers

Numbers = NDArray[Any]
_ROWS = 2_000  # A sum that is right on so many rows is right.
_FEWEST = 5
_AGREE = 0.95


@dataclass(frozen=True)
class Share:
    """`percent` is 100 × `part` / the sum of `whole`, to `decimals`; `rows`: how many rows can tell."""

    percent: str
    part: str
    whole: tuple[str, ...]
    decimals: int
    rows: int


def find_shares(frame: pl.DataFrame, profiles: dict[str, Profile]) -> list[Share]:
    """For each column that may be a percentage, the counts behind it, if the file has them.

    Of several pairs that give it the one with the part most like it in name is taken.
    """
    percents = [p for p in profiles.values() if p.may_be_percent and (p.decimals > 0 or named_percent(p.name))]
    counts = [p.name for p in profiles.values() if p.is_count and not named_percent(p.name)]
    if not percents or len(counts) < 2:
        return []
    # From all over the file: older years may lack a column.
    rows = frame.gather_every(max(1, frame.height // _ROWS))
    matrix = np.column_stack([as_numbers(rows[name]).fill_null(np.nan).to_numpy() for name in counts])
    shares = []
    for percent in percents:
        published = as_numbers(rows[percent.name]).fill_null(np.nan).to_numpy()
        found = [
            Share(percent.name, part, (counts[n],), percent.decimals, int(told))
            for n in range(len(counts))
            for part, told, agree in zip(counts, *_try(published, matrix, matrix[:, n], percent.decimals), strict=True)
            if told >= _FEWEST and agree >= _AGREE and part != counts[n]
        ]
        found = found or _of_a_sum(percent, published, matrix, counts)
        if found:
            shares.append(max(found, key=lambda s: (_alike(s.percent, s.part), _alike(s.whole[0], s.part), s.rows)))
    return shares


def _of_a_sum(percent: Profile, published: Numbers, matrix: Numbers, counts: list[str]) -> list[Share]:
    """Shares of a count in itself and one other: in time, of in time and late."""
    found = []
    for n, part in enumerate(counts):
        with np.errstate(invalid="ignore", divide="ignore"):
            half = 0.5 * 10.0**-percent.decimals + 1e-6
            whole = matrix[:, [n]] + matrix
            telling = np.isfinite(whole) & (whole > 0) & (matrix > 0) & (published > 0)[:, None]
            right = np.abs(100 * matrix[:, [n]] / whole - published[:, None]) <= half
        told = telling.sum(axis=0)
        agree = (telling & right).sum(axis=0) / np.maximum(told, 1)
        found += [
            Share(percent.name, part, (part, other), percent.decimals, int(told[i]))
            for i, other in enumerate(counts)
            if i != n and told[i] >= _FEWEST and agree[i] >= _AGREE
        ]
    return found


def share_of(published: pl.Series, part: pl.Series, whole: pl.Series, decimals: int, base: float = 100) -> float:
    """Of the rows that can tell, the share on which base × part / whole, rounded, is the published figure."""
    cells = [series.fill_null(np.nan).to_numpy() for series in (published, part, whole)]
    told, agree = _try(cells[0], cells[1][:, None], cells[2], decimals, base)
    return float(agree[0]) if told[0] >= _FEWEST else 0.0


def _try(
    published: Numbers, parts: Numbers, whole: Numbers, decimals: int, base: float = 100
) -> tuple[Numbers, Numbers]:
    """For each column of `parts`: on how many rows the sum can tell something, and on which share of them it is right.

    A row whose figure is 0, or whose part is the whole, comes out with almost any pair.
    """
    usable = np.isfinite(published) & (published > 0) & np.isfinite(whole) & (whole > 0)
    published, parts, whole = published[usable], parts[usable], whole[usable][:, None]
    with np.errstate(invalid="ignore", over="ignore"):
        telling = np.isfinite(parts) & (parts != whole)
        right = np.abs(base * parts / whole - published[:, None]) <= 0.5 * 10.0**-decimals + 1e-6
        told = telling.sum(axis=0)
        return told, (telling & right).sum(axis=0) / np.maximum(told, 1)


def named_percent(name: str) -> bool:
    """Whether the name of a column says that it holds percentages or rates."""
    words = name.replace(" ", "_").split("_")
    return bool({"pc", "pct", "percent", "percentage", "perc", "%", "rate", "pt"} & set(words)) or "%" in name


def _alike(one: str, other: str) -> float:
    first, second = (" ".join(w for w in n.replace("_", " ").split() if not named_percent(w)) for n in (one, other))
    return SequenceMatcher(None, first, second).ratio()
