"""A gap between two groups, in words, as fct_comparison judged it: a difference where the two intervals lie apart."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboards.words.breakdowns import value_label
from dashboards.words.headlines import plural
from dashboards.words.numbers import difference

Row = Mapping[str, Any]
APART = ("higher", "lower")
FEW_GROUPS = "figures by group are not set out here, as a child could be recognised among so few."
TESTED = (*APART, "not_different")


def gap_words(row: Row, group: str, beside: str, decimals: int | None) -> str:
    """ "4.5 percentage points higher for girls: …", or why nothing is said. `row` is one of topic_rows.gaps."""
    if row["verdict_code"] == "not_different":
        return f"No clear difference: the intervals of {group} and {beside} overlap"
    if row["verdict_code"] in APART:
        size = difference(row["difference"], row["unit"], decimals)
        return f"{size} {row['verdict_code']} for {group} than for {beside}"
    reason = row["verdict_reason"].rstrip(".")
    return f"Not tested: {reason[0].lower()}{reason[1:]}"


def gaps_headline(area: str, rows: pl.DataFrame, characteristic: str) -> str:
    """How many comparisons lie apart, overlap and are not tested, over rows of topic_rows.gaps. Ends in a full stop."""
    if rows.is_empty():
        return f"No figure of {area} by {characteristic.lower()} is held in this version."
    apart, tested = (rows.filter(pl.col("verdict_code").is_in(codes)).height for codes in (APART, TESTED))
    rest = rows.height - tested
    measures = plural(rows["metric_id"].n_unique(), "measure")
    if not tested:
        return f"{area} has figures by {characteristic.lower()} for {measures}; none can be tested for a difference."
    are = "are clear differences" if apart > 1 else "is a clear difference"
    said = f"{area}, {measures} by {characteristic.lower()}: {apart or 'none'} of {plural(tested, 'comparison')} {are}"
    return said + (f"; {rest} more cannot be tested." if rest else ".")


def apart_sentence(area: str, rows: pl.DataFrame, breakdown: str) -> str:
    """Which groups of one measure lie apart from all children of the area, over rows of topic_rows.gaps."""
    tested = rows.filter(pl.col("verdict_code").is_in(TESTED)).height
    if not tested:
        return f"None can be tested beside all children of {area}."
    parts = []
    for code in APART:
        names = rows.filter(verdict_code=code)["value_1"].to_list()
        if names:
            parts.append(f"{code} than all children here: {', '.join(value_label(breakdown, each) for each in names)}")
    said = "; ".join(parts) if parts else "none lies apart from all children here"
    return f"Of {plural(tested, 'group')} tested, {said}. With many groups, some lie apart by chance alone."


def named(groups: Sequence[str], tested: int) -> str:
    """Groups in a cell; "none" when there are none, "not tested" when none could be one."""
    return "; ".join(groups) if groups else "none" if tested else "not tested"
