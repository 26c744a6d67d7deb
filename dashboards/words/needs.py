"""What an area's figures for children of one need come to, in words counted from the rows beneath."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.words.breakdowns import value_label
from dashboards.words.headlines import plural
from dashboards.words.strength import EVIDENCE, against_of, evidence_of, strength_of, told_against
from dashboards.words.verdicts import bearing_of

Row = Mapping[str, Any]


def need_headline(area: Row, metrics: pl.DataFrame, figures: pl.DataFrame, need: str) -> str:
    """How many measures of children with a need are clearly less favourable, by name and by strength of evidence.

    `metrics` are those published by need, `figures` store.area_figures of the need. Children of one need are few: where
    nothing is a difference, that is said, and how many could be tested at all.
    """
    polarity = dict(metrics.select("metric_id", "polarity").rows())
    label = {row["metric_id"]: row["short_label"] or row["label"] for row in metrics.iter_rows(named=True)}
    shown = [row for row in figures.iter_rows(named=True) if row["metric_id"] in polarity and row["status"] == "shown"]
    who = f"children whose primary need is {value_label('primary_need', need).lower()}"
    against = against_of(area["level"])[1]
    if not shown:
        return f"No figure for {who} is held for {area['name']}."
    found: dict[str, list[Row]] = {"unfavourable": [], "favourable": [], "neutral": []}
    tested = 0
    for row in shown:
        code = row[f"{told_against(row)}_verdict_code"] or ""
        tested += evidence_of(row) != "not_compared"
        if evidence_of(row) == "different":
            found[bearing_of(code, polarity[row["metric_id"]])].append(row)
    if not against:
        return f"{plural(len(shown), 'measure')} of {who} {'has' if len(shown) == 1 else 'have'} a figure."
    opening = f"{area['name']}, {who}: {plural(len(shown), 'measure')} with a figure, {tested} of them testable."
    parts = [
        f"{len(rows)} {words} ({', '.join(label[row['metric_id']] for row in _strongest(rows))})"
        for bearing, words in (
            ("unfavourable", f"less favourable than {against}"),
            ("favourable", f"more favourable than {against}"),
            ("neutral", f"different from {against}, where neither side is better"),
        )
        if (rows := found[bearing])
    ]
    if not parts:
        return f"{opening} None differs from {against} by more than areas usually do."
    return f"{opening} {'; '.join(parts)}."


def nothing_left(metrics: pl.DataFrame, figures: pl.DataFrame, evidence: str) -> str:
    """Why the filter of evidence left nothing, and what the measures without it are."""
    ids = metrics["metric_id"].to_list()
    found = [evidence_of(row) for row in figures.iter_rows(named=True) if row["metric_id"] in ids]
    counted = "; ".join(f"{found.count(each)} {words.lower()}" for each, words in EVIDENCE.items() if each in found)
    return (
        f"No measure is {EVIDENCE[evidence].lower()}. Of {plural(len(found), 'measure')} with a row here: {counted}. "
        "They are shown below, strongest evidence first."
    )


def _strongest(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=strength_of, reverse=True)
