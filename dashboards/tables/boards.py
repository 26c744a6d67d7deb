"""Integrated care boards: how an area overlaps with them, and what is published for each."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

import polars as pl

from dashboards.tables.figure_cell import figure_cell, figure_text, status_cell
from dashboards.tables.html import Cell, Group, Table, render, text
from dashboards.tables.measures import reading_cell
from dashboards.tables.plain import plain_table
from dashboards.tables.sparkline import sparkline
from dashboards.words.boards import board_name, part
from dashboards.words.codes import STATISTICAL_STATUSES, words_of
from dashboards.words.notes import Notes
from dashboards.words.numbers import day, measured
from dashboards.words.verdicts import Verdict, reading

Row = Mapping[str, Any]


def overlap_table(area: Row, boards: pl.DataFrame) -> str:
    """HTML of topic_rows.boards: a row a board."""
    listed = [
        {
            "Board": board_name(row["name"]),
            f"Part of {area['short_name']} in it": part(row["weight"]),
            f"Part of the board in {area['short_name']}": part(row["share_of_icb"]),
            "Counted by": row["weight_basis"],
            "Also serves": row["shared_with"],
        }
        for row in boards.iter_rows(named=True)
    ]
    return plain_table(pl.DataFrame(listed), f"How {area['name']} and its boards overlap", frozenset())


def waits_table(
    board: Row, metrics: pl.DataFrame, rows: pl.DataFrame, country: pl.DataFrame, judged: pl.DataFrame
) -> str:
    """HTML of the newest figures of one board by service.

    `metrics` are topic_rows.by_question, `rows` and `country` topic_rows.totals of the board and of England, `judged`
    store.comparisons of the board.
    """
    verdicts: dict[tuple[Any, Any], dict[str, Row]] = {}
    notes = Notes()
    for row in judged.iter_rows(named=True):
        verdicts.setdefault((row["metric_id"], row["period_start"]), {})[row["comparator"]] = row
    history = rows.partition_by("metric_id", as_dict=True)
    england = {(row["metric_id"], row["period_start"]): row for row in country.iter_rows(named=True)}
    groups = [
        Group(
            [
                _row(board, metric, history.get((metric["metric_id"],)), england, verdicts, notes)
                for metric in part_.to_dicts()
            ],
            name,
        )
        for (name,), part_ in metrics.group_by("theme", maintain_order=True)
    ]
    columns = ("Measure", "Value", "Period", "Month by month", "England", "Reading", "Source")
    caption = f"Newest figures of {board_name(board['name'])}, whole board"
    return render(Table(caption, columns, groups, frozenset({"England"}), "measures cards", notes.listed()))


def _row(
    board: Row,
    metric: Row,
    own: pl.DataFrame | None,
    england: Mapping[tuple[Any, Any], Row],
    verdicts: Mapping[tuple[Any, Any], Mapping[str, Row]],
    notes: Notes,
) -> list[Cell]:
    if own is None:
        status = "not_collected" if metric["latest_period"] is None else "not_published"
        return [text(metric["label"]), status_cell(status), *[text(None)] * 5]
    last = own.row(-1, named=True)
    beside = england.get((metric["metric_id"], last["period_start"]))
    query = urlencode({"metric": metric["metric_id"], "area": board["icb_code"]})
    value = figure_cell(last, metric, with_interval=metric["unit"] != "count")
    title = text(last["publication_title"] or last["source"]).html
    status = words_of(STATISTICAL_STATUSES, last["statistical_status"])
    return [
        Cell(f'<a href="england?{escape(query)}">{text(metric["label"]).html}</a>'),
        value,
        text(last["period"]),
        Cell(_spark(board, metric, own)),
        text(None)
        if beside is None or beside["status"] != "shown"
        else Cell(text(measured(beside["value"], metric, with_unit=False)).html),
        _reading(metric, verdicts.get((metric["metric_id"], last["period_start"]), {}), notes),
        Cell(f"{title}<small>{day(last['published_on'])}. {text(status).html}</small>", "src"),
    ]


def _reading(metric: Row, rows: Mapping[str, Row], notes: Notes) -> Cell:
    def verdict(name: str, against: str | None) -> Verdict | None:
        row = rows.get(name)
        return Verdict(row["verdict_code"], against or row["comparator_label"], row["verdict_reason"]) if row else None

    said = reading(verdict("england", "England"), verdict("trend", None), verdict("previous", None), metric["polarity"])
    return reading_cell(said, notes)


def _spark(board: Row, metric: Row, own: pl.DataFrame) -> str:
    rows = own.filter(pl.col("status") == "shown").to_dicts()
    if len(rows) < 2:
        return "<small>one period only</small>" if rows else text(None).html
    first, last = rows[0], rows[-1]
    alt = (
        f"{board_name(board['name'])}: {figure_text(first, metric)} in {first['period']}, {figure_text(last, metric)} "
        f"in {last['period']}"
    )
    values = own["value"].to_list()
    return sparkline(values, alt) + f"<small>{len(rows)} periods, {text(first['period']).html} on</small>"
