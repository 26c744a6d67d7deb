"""Area SEND inspections: what each found, and what has moved since the newest."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import polars as pl

from dashboards.charts.trend import breaks_of
from dashboards.tables.figure_cell import figure_cell, figure_text, interval_reason
from dashboards.tables.html import Cell, Group, Table, render, text
from dashboards.words.codes import STATISTICAL_STATUSES, words_of
from dashboards.words.numbers import difference
from dashboards.words.topics import INSPECTIONS_2016, INSPECTIONS_2023
from dashboards.words.verdicts import CHANGE_WORDS

Row = Mapping[str, Any]
FRAMEWORKS = {"Framework of 2023": INSPECTIONS_2023, "Framework of 2016 to 2022": INSPECTIONS_2016}


def history_table(area: Row, metrics: Mapping[str, Row], rows: pl.DataFrame) -> str:
    """HTML of topic_rows.totals of the inspection measures, newest first: a row an inspection, area and source."""
    groups = []
    for framework, ids in FRAMEWORKS.items():
        held = rows.filter(pl.col("metric_id").is_in(ids)).sort("period_start", descending=True)
        cells = []
        for (_, began, name, title), part in held.group_by(
            "geography_code", "period", "area", "publication_title", maintain_order=True
        ):
            by_metric = {row["metric_id"]: row for row in part.iter_rows(named=True)}
            status = words_of(STATISTICAL_STATUSES, part["statistical_status"][0])
            found = [_found(metrics[each], by_metric.get(each)) for each in ids if each in metrics]
            cells.append(
                [
                    Cell(f"Began {text(began).html}<small>{text(name).html}</small>"),
                    Cell(f"<ul>{''.join(filter(None, found))}</ul>"),
                    Cell(f"{text(title).html}<small>{text(status).html}</small>", "src"),
                ]
            )
        if cells:
            groups.append(Group(cells, framework))
    caption = f"Area SEND inspections: {area['name']}, newest first"
    return render(Table(caption, ("Inspection", "What it found", "Source"), groups))


def _found(metric: Row, row: Row | None) -> str:
    """One finding as a list item; empty where the question did not arise or the publisher left it blank."""
    if row is None or row["status"] != "shown":
        return ""
    return f"<li>{escape(metric['short_label'] or metric['label'])}: <b>{escape(figure_text(row, metric))}</b></li>"


def since_table(area: Row, metrics: pl.DataFrame, rows: pl.DataFrame, series: pl.DataFrame, began: date) -> str:
    """HTML of topic_rows.since: a row a measure by criterion. `series` are topic_rows.totals of the area."""
    moved = {row["metric_id"]: row for row in rows.iter_rows(named=True)}
    groups = []
    for (theme,), part in metrics.group_by("theme", maintain_order=True):
        listed = [metric for metric in part.to_dicts() if metric["metric_id"] in moved]
        if listed:
            cells = [_moved(metric, moved[metric["metric_id"]], series) for metric in listed]
            groups.append(Group(cells, theme))
    columns = ("Measure", "At the inspection", "Now", "Difference", "Reading")
    caption = f"Before and after the inspection that began on {began.day} {began:%B %Y}: {area['name']}"
    return render(Table(caption, columns, groups, frozenset(), "measures cards"))


def _moved(metric: Row, row: Row, series: pl.DataFrame) -> list[Cell]:
    before = {"status": "shown", **{name: row[f"before_{name}"] for name in ("value", "lower", "upper")}}
    # Another publication that gives some year between the two is no break when both ends are from one.
    either = [row["before_source"], row["source"]]
    own = series.filter(pl.col("metric_id") == metric["metric_id"], pl.col("source").is_in(either)).sort("period_start")
    broken = {
        note.rstrip(".")
        for start, note in breaks_of(metric, own).items()
        if row["before_start"] < start <= row["period_start"]
    }
    return [
        text(metric["label"]),
        _value(before, metric, row["before_period"]),
        _value(row, metric, row["period"]),
        text(None if broken or metric["unit"] == "category" or row["difference"] is None else _difference(row, metric)),
        Cell(_reading(row, metric, broken), "read"),
    ]


def _value(row: Row, metric: Row, period: str) -> Cell:
    cell = figure_cell(row, metric, with_interval=metric["unit"] not in ("count", "category"))
    html = cell.html.replace("no interval", f'<abbr title="{escape(interval_reason(metric))}">no interval</abbr>')
    return Cell(f"{html}<small>{text(period).html}</small>", cell.kind)


def _difference(row: Row, metric: Row) -> str:
    if not row["difference"]:
        return "No change"
    way = "Up" if row["difference"] > 0 else "Down"
    return f"{way} {difference(row['difference'], metric['unit'], metric['decimals'])}"


def _reading(row: Row, metric: Row, broken: set[str]) -> str:
    """The trend that fct_comparison found, over its own years; nothing across a break."""
    if broken:
        return f"Not compared, as there is a break between the two. {escape('. '.join(sorted(broken)))}."
    if metric["unit"] == "category":
        return "Not tested: an answer in words"
    code = row["trend_code"]
    if code not in CHANGE_WORDS:
        return f"Not tested. {escape(row['trend_reason'] or '')}".strip()
    told = "no clear change" if code == "no_clear_change" else code
    return f'<span aria-hidden="true">{CHANGE_WORDS[code]}</span> {told.capitalize()} over {escape(row["trend_label"])}'
