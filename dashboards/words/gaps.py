"""A gap between two groups, in words: a difference only where the two intervals lie apart."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboards.words.headlines import plural
from dashboards.words.numbers import difference

Row = Mapping[str, Any]
APART = ("higher", "lower")
_NOT_TESTED = {
    "number": "Not tested: a number, without how many children there are in each group",
    "no_interval": "Not tested: published without the counts behind it",
    "few": "Not tested: fewer than 30 children in a group",
    "small_area": "Not tested: so few children live here that one more or less would move the share by several points",
    "not_shown": "Not tested: a value is not shown",
}


def gap_words(row: Row, group: str, beside: str, decimals: int | None) -> str:
    """ "4.5 percentage points higher for girls: …", or why nothing is said. `row` is one of topic_rows.gaps."""
    if row["gap"] in _NOT_TESTED:
        return _NOT_TESTED[row["gap"]]
    size = difference(row["difference"], row["unit"], decimals)
    if row["gap"] == "overlap":
        return f"No clear difference: the intervals of {group} and {beside} overlap"
    return f"{size} {row['gap']} for {group} than for {beside}"


def gaps_headline(area: str, rows: pl.DataFrame, characteristic: str) -> str:
    """How many comparisons lie apart, overlap and are not tested, over rows of topic_rows.gaps. Ends in a full stop."""
    if rows.is_empty():
        return f"No figure of {area} by {characteristic.lower()} is held in this version."
    apart, overlap = (rows.filter(pl.col("gap").is_in(codes)).height for codes in (APART, ("overlap",)))
    rest = rows.height - apart - overlap
    measures = plural(rows["metric_id"].n_unique(), "measure")
    tested = apart + overlap
    if not tested:
        return f"{area} has figures by {characteristic.lower()} for {measures}; none can be tested for a difference."
    are = "are clear differences" if apart > 1 else "is a clear difference"
    said = f"{area}, {measures} by {characteristic.lower()}: {apart or 'none'} of {plural(tested, 'comparison')} {are}"
    return said + (f"; {rest} more cannot be tested." if rest else ".")


def named(groups: Sequence[str], tested: int) -> str:
    """Groups in a cell; "none" when there are none, "not tested" when none could be one."""
    return "; ".join(groups) if groups else "none" if tested else "not tested"
