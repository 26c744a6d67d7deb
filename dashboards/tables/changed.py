"""Areas whose figures changed by more than chance, and standards with how many areas meet them."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

import polars as pl

from dashboards.tables.html import Cell, Group, Table, render, text
from dashboards.words.changes import change_bearing, change_words, from_to
from dashboards.words.numbers import number

Row = Mapping[str, Any]


def changed_table(clear: pl.DataFrame, metrics: Mapping[str, Row], where: str) -> str:
    """HTML of the clear changes of queries.changes.changes, areas by name, a heading each."""
    groups = [
        Group([_row(row, metrics[row["metric_id"]]) for row in rows.iter_rows(named=True)], str(name))
        for (name,), rows in clear.sort("sort_name", "metric_id").group_by("name", maintain_order=True)
    ]
    columns = ("Measure", "From and to", "Change", "Which way", "Periods")
    return render(Table(f"Changes larger than chance in {where}, areas by name", columns, groups, kind="cards"))


MOST_NAMED = 12


def standards_table(rows: pl.DataFrame, where: str) -> str:
    """HTML of queries.changes.standards; a sentence where there is none."""
    if rows.is_empty():
        return "<p>No measure with a figure has a standard.</p>"
    cells = []
    for row in rows.iter_rows(named=True):
        link = "england?" + urlencode({"metric": row["metric_id"]})
        limit = number(row["standard_value"], row["unit"], 0)
        least = "at least" if row["polarity"] == "higher_better" else "at most"
        england = None if row["england"] is None else number(row["england"], row["unit"], row["decimals"])
        cells.append(
            [
                Cell(
                    f'<a href="{escape(link)}">{escape(row["label"])}</a><small>{escape(row["standard_label"])}</small>'
                ),
                text(f"{least} {limit}"),
                text(f"{row['meeting']:,} of {row['areas']:,}"),
                text(_named(row)),
                text(england),
                text(row["period"]),
            ]
        )
    columns = ("Measure and standard", "Standard", "Areas that meet it", "Which", "England", "Period")
    return render(
        Table(
            f"Standards, and local authorities of {where} with a figure that meet them",
            columns,
            [Group(cells)],
            kind="cards",
        )
    )


def _named(row: Row) -> str:
    if not row["meeting"]:
        return "none"
    return str(row["met_by"]) if row["meeting"] <= MOST_NAMED else "see the measure"


def _row(row: Row, metric: Row) -> list[Cell]:
    link = "metric?" + urlencode({"metric": row["metric_id"], "area": row["geography_code"]})
    return [
        Cell(f'<a href="{escape(link)}">{escape(metric["label"])}</a>'),
        text(from_to(row, metric)),
        text(change_words(row, metric)),
        text(change_bearing(row, metric)),
        text(f"{row['comparator_label']} to {row['period']}"),
    ]
