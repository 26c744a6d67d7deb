"""The two-page plain summary: which measures differ, in the words of the pages, for somebody who reads nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboards.documents import glossary
from dashboards.pack.rows import beside_words, value_words
from dashboards.tables.measures import read_row
from dashboards.words.headlines import plural
from dashboards.words.strength import against_of, against_words, evidence_of, strength_of

Row = Mapping[str, Any]
Words = dict[str, Any]
# So that the summary keeps to its two pages whatever an area's figures say; more is asked where nothing is compared.
MOST_DIFFERENT, MOST_ASKED, MOST_ASKED_ALONE = 4, 10, 16
_GROUPS = (
    ("unfavourable", "Less favourable than {against}"),
    ("favourable", "More favourable than {against}"),
    ("neutral", "Different from {against}, where neither is better in itself"),
)
_TERMS = ("AP", "EHC plan (EHCP)", "SEN support")


def plain_summary(area: Row, metrics: pl.DataFrame, figures: Mapping[str, Row]) -> Words:
    """The words of both pages. `figures` are rows of store.area_figures by metric."""
    told = [
        (metric, row, read_row(row, metric["polarity"]))
        for metric in metrics.iter_rows(named=True)
        if (row := figures.get(metric["metric_id"])) is not None and row["status"] == "shown"
    ]
    compared = [evidence_of(row) for _, row, _ in told if evidence_of(row) != "not_compared"]
    against = against_words((row for _, row, _ in told), against_of(area["level"])[1])
    groups = []
    for bearing, heading in _GROUPS:
        found = [(metric, row, said) for metric, row, said in told if said.bearing == bearing]
        found.sort(key=lambda each: -strength_of(each[1]))
        groups.append(
            {
                "heading": heading.format(against=against),
                "items": [_item(area, metric, row) for metric, row, _ in found[:MOST_DIFFERENT]],
                "more": len(found) - MOST_DIFFERENT if len(found) > MOST_DIFFERENT else 0,
            }
        )
    return {
        "counts": _counts(area, metrics.height, len(told), len(compared), compared.count("not_different"), against),
        "groups": groups if compared else [],
        "asked": _asked(metrics, figures, MOST_ASKED if compared else MOST_ASKED_ALONE),
        "terms": [{"term": term, "meaning": meaning} for term, meaning in glossary() if term in _TERMS],
    }


def _counts(area: Row, listed: int, shown: int, compared: int, same: int, against: str) -> str:
    first = f"There are {plural(listed, 'measure')} in this pack. {area['name']} has a figure for {shown:,} of them."
    if area["level"] == "national":
        return f"{first} Nothing is set beside the whole country but its own past."
    if not compared:
        return f"{first} None of them can be compared with {against}."
    return (
        f"{first} {compared:,} can be compared with {against}: {compared - same:,} "
        f"{'differs' if compared - same == 1 else 'differ'} by more than chance would explain, and {same:,} "
        f"{'does' if same == 1 else 'do'} not."
    )


def _item(area: Row, metric: Row, row: Row) -> Words:
    said = read_row(row, metric["polarity"])
    beside = "; ".join(f"{each['name']} {each['value']}" for each in beside_words(area, metric, row))
    return {
        "symbol": said.symbol,
        "name": metric["label"],
        "value": f"{value_words(metric, row)['text']} in {row['period']}" + (f" ({beside})" if beside else ""),
        "sentence": said.sentence,
    }


def _asked(metrics: pl.DataFrame, figures: Mapping[str, Row], most: int) -> Sequence[Words]:
    """The headline measures in their order, with what each counts; other key measures fill up what they leave.

    Where filters leave no key measure, those with a figure stand in.
    """
    keys = metrics.filter(pl.col("key_metric"))
    keys = keys if keys.height else metrics.filter(pl.col("metric_id").is_in(list(figures)))
    keys = keys.sort("headline_order", nulls_last=True).head(most)
    rows = []
    for metric in keys.iter_rows(named=True):
        row = figures.get(metric["metric_id"])
        missing = "not_collected" if metric["latest_period"] is None else "not_published"
        said = read_row(row, metric["polarity"]) if row else None
        rows.append(
            {
                "name": metric["label"],
                "counts": metric["description"],
                "value": value_words(metric, row, None if row else missing),
                "symbol": said.symbol if said else "",
                "sentence": said.sentence if said else "",
            }
        )
    return rows
