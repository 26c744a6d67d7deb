"""The questions that the figures of an area invite, criterion by criterion."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboards.tables.figure_cell import figure_text
from dashboards.tables.measures import read_row
from dashboards.words.inspections import question, unanswered
from dashboards.words.strength import strength_of
from dashboards.words.topics import Question

Row = Mapping[str, Any]
_MOVED = ("rising", "falling")


def invited(criteria: Sequence[Question], metrics: pl.DataFrame, rows: Mapping[str, Row]) -> pl.DataFrame:
    """Criterion and Question, furthest from the usual spread first: a row a measure that differs or has moved.

    `metrics` are topic_rows.by_question of the criteria, `rows` those of store.area_figures by metric. A criterion
    without any value asks for the area's own evidence.
    """
    asked = []
    for criterion in criteria:
        found, shown = [], False
        for metric in metrics.filter(pl.col("theme") == criterion.heading).iter_rows(named=True):
            row = rows.get(metric["metric_id"])
            if row is None or row["status"] != "shown":
                continue
            shown = True
            said = read_row(row, metric["polarity"])
            if said.bearing != "none" or {row["trend_verdict_code"], row["previous_verdict_code"]} & set(_MOVED):
                words = question(metric["label"], figure_text(row, metric), row["period"], said)
                found.append((strength_of(row), words))
        asked += [(criterion.heading, words) for _, words in sorted(found, key=lambda each: -each[0])]
        if not shown:
            asked.append((criterion.heading, unanswered(criterion.heading)))
    return pl.DataFrame(asked, schema={"Criterion": pl.String, "Question": pl.String}, orient="row")
