"""Groups of children beside one another: two groups by measure, or all groups of one measure."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.tables.figure_cell import figure_cell
from dashboards.tables.html import Cell, Group, Table, render, text
from dashboards.words.breakdowns import listed_at, value_label
from dashboards.words.codes import POLARITIES, STATISTICAL_STATUSES, words_of
from dashboards.words.gaps import APART, TESTED, gap_words, named
from dashboards.words.headlines import plural
from dashboards.words.numbers import measured
from dashboards.words.topics import PAIR_WORDS
from dashboards.words.verdicts import Verdict, level_sentence

Row = Mapping[str, Any]
ALL = "all children"


def pairs_table(area: Row, metrics: pl.DataFrame, rows: pl.DataFrame, breakdown: str, groups: tuple[str, str]) -> str:
    """HTML of topic_rows.gaps for one pair of groups: a row a measure. `metrics` are topic_rows.by_question."""
    by_metric = {row["metric_id"]: row for row in rows.iter_rows(named=True)}
    one, other = (PAIR_WORDS[each] for each in groups)
    first, second = (value_label(breakdown, each) for each in groups)
    built = []
    for (theme,), part in metrics.group_by("theme", maintain_order=True):
        listed = [metric for metric in part.to_dicts() if metric["metric_id"] in by_metric]
        if listed:
            built.append(Group([_pair(metric, by_metric[metric["metric_id"]], one, other) for metric in listed], theme))
    columns = ("Measure", first, second, "Reading", f"England: {first.lower()} and {second.lower()}", "Source")
    return render(Table(f"{one.capitalize()}, {other}: {area['name']}", columns, built, frozenset(), "measures cards"))


def _pair(metric: Row, row: Row, one: str, other: str) -> list[Cell]:
    england = [row["country_value"], row["country_beside_value"]]
    beside = {"status": row["beside_status"], "status_reason": row["beside_reason"], "value": row["beside_value"],
              "lower": row["beside_lower"], "upper": row["beside_upper"]}  # fmt: skip
    interval = metric["unit"] != "count"
    return [
        _name(metric),
        figure_cell(row, metric, interval),
        figure_cell(beside, metric, interval),
        Cell(_said(row, metric, one, other), "read"),
        text(None) if None in england else text(" and ".join(measured(each, metric) for each in england)),
        _source(row),
    ]


def overview_table(area: Row, metrics: pl.DataFrame, rows: pl.DataFrame, breakdown: str) -> str:
    """HTML of topic_rows.gaps of many groups: a row a measure, with the groups whose interval lies apart."""
    built = []
    for (theme,), part in metrics.group_by("theme", maintain_order=True):
        cells = []
        for metric in part.to_dicts():
            own = rows.filter(pl.col("metric_id") == metric["metric_id"])
            if own.is_empty() or metric["unit"] == "count":
                continue
            apart = {
                code: sorted(
                    own.filter(pl.col("verdict_code") == code)["value_1"], key=lambda each: listed_at(breakdown, each)
                )
                for code in APART
            }
            tested = own.filter(pl.col("verdict_code").is_in(TESTED)).height
            cells.append([
                _name(metric),
                text(own["period"][0]),
                text(f"{tested} of {plural(own.height, 'group')}"),
                *(text(named([value_label(breakdown, each) for each in apart[code]], tested)) for code in APART),
            ])  # fmt: skip
        if cells:
            built.append(Group(cells, theme))
    columns = ("Measure", "Period", "Could be tested", f"Higher than {ALL}", f"Lower than {ALL}")
    caption = f"Groups whose interval lies apart from that of {ALL} of the measure: {area['name']}"
    return render(Table(caption, columns, built, frozenset(), "measures cards"))


def groups_table(area: Row, metric: Row, rows: pl.DataFrame, breakdown: str) -> str:
    """HTML of topic_rows.gaps of one measure: a row a group, in the order of the contract."""
    ordered = sorted(rows.to_dicts(), key=lambda row: listed_at(breakdown, row["value_1"]))
    interval = metric["unit"] != "count"
    cells = []
    for row in ordered:
        england = (
            level_sentence(Verdict(row["england_code"], "England", row["england_reason"]))
            if row["england_code"]
            else None
        )
        cells.append(
            [
                text(value_label(breakdown, row["value_1"])),
                figure_cell(row, metric, interval),
                text(None if row["denominator"] is None else f"{row['denominator']:,.0f}"),
                Cell(_said(row, metric, "this group", ALL), "read"),
                text(None if row["country_value"] is None else measured(row["country_value"], metric)),
                Cell(text(england).html, "read"),
            ]
        )
    columns = ("Group", "Value", "Children", f"Beside {ALL} here", "England", "Beside the same group in England")
    caption = f"{metric['label']}, {ordered[0]['period'] if ordered else ''}: {area['name']}"
    return render(Table(caption, columns, [Group(cells)], frozenset({"Children", "England"}), "measures cards"))


def _said(row: Row, metric: Row, one: str, other: str) -> str:
    return text(gap_words(row, one, other, metric["decimals"])).html


def _name(metric: Row) -> Cell:
    return Cell(f"{text(metric['label']).html}<small>{text(words_of(POLARITIES, metric['polarity'])).html}</small>")


def _source(row: Row) -> Cell:
    title = text(row["publication_title"] or row["source"]).html
    status = text(words_of(STATISTICAL_STATUSES, row["statistical_status"])).html
    return Cell(f"{title}<small>{text(row['period']).html}. {status}</small>", "src")
