"""The measures of one area as one table: a row a metric, grouped by theme."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any
from urllib.parse import urlencode

import polars as pl

from dashboards.tables.evidence import evidence_fold
from dashboards.tables.figure_cell import figure_cell, figure_text, interval_reason, status_cell
from dashboards.tables.html import Cell, Group, Table, render, text
from dashboards.tables.sparkline import sparkline
from dashboards.words.codes import POLARITIES, STATISTICAL_STATUSES, words_of
from dashboards.words.headlines import Standing
from dashboards.words.notes import Notes, with_note
from dashboards.words.numbers import day, difference, measured
from dashboards.words.strength import strength_of, told_against
from dashboards.words.verdicts import CHANGE_WORDS, Reading, Verdict, bearing_of, level_to_tell, reading

Row = Mapping[str, Any]
COMPARATORS = {"england": "England", "region": "Region", "neighbours_2025": "Similar areas"}
# What an area can be set beside: nothing is beside England but its own past.
BESIDE = {"national": (), "region": ("england",), "sub_region": ("england",)}
SIMILAR = "similar areas"
# What tells which comparator a figure is read by, and how it stands against that.
READ_BY = [f"{each}_{what}" for each in ("neighbours_2025", "england") for what in ("verdict_code", "adjusted_z")]


def measures_table(
    area: Row,
    metrics: pl.DataFrame,
    figures: pl.DataFrame,
    series: pl.DataFrame,
    family: str,
    evidence: pl.DataFrame,
    today: date,
) -> str:
    """The table of one family as HTML. `figures`, `series` and `evidence` are store.area_figures, store.area_series and
    store.evidence of the area.
    """
    # Only of the measures asked for: an area has hundreds, a page asks for a table of a few several times.
    evidence, figures, series = (
        every.join(metrics, on="metric_id", how="semi", maintain_order="left") for every in (evidence, figures, series)
    )
    quality = {row["metric_id"]: row for row in evidence.iter_rows(named=True)}
    by_metric = {row["metric_id"]: row for row in figures.iter_rows(named=True)}
    history = series.partition_by("metric_id", as_dict=True)
    beside = BESIDE.get(area["level"], tuple(COMPARATORS))
    names = [COMPARATORS[each] for each in beside]
    groups, notes = [], Notes()
    for (theme,), rows in metrics.group_by("theme", maintain_order=True):
        cells = []
        for metric in rows.iter_rows(named=True):
            key = metric["metric_id"]
            row = by_metric.get(key)
            fold = evidence_fold(quality.get(key), area["level"], today, row["revised"] if row else 0)
            cells.append(_row(area, metric, row, history.get((key,)), beside, fold, notes))
        groups.append(Group(cells, str(theme or "")))
    caption = f"{family}: latest figures for {area['name']}"
    columns = ("Measure", "Value", "Trend", "Change", *names, "Reading", "Source")
    return render(Table(caption, columns, groups, frozenset(names), "measures cards", notes.listed()))


def standings(metrics: pl.DataFrame, figures: pl.DataFrame) -> tuple[list[Standing], int]:
    """How each measure with a value stands against what it is read by, and how many measures have no value."""
    told = figures.join(metrics, on="metric_id", how="semi").select("metric_id", "status", *READ_BY)
    by_metric = {row["metric_id"]: row for row in told.iter_rows(named=True)}
    standing = []
    for metric in metrics.iter_rows(named=True):
        row = by_metric.get(metric["metric_id"])
        if row is None or row["status"] != "shown":
            continue
        code = row[f"{told_against(row)}_verdict_code"]
        bearing = bearing_of(code or "", metric["polarity"])
        standing.append(Standing(metric["short_label"] or metric["label"], code, bearing, strength_of(row)))
    return standing, metrics.height - len(standing)


def read_row(row: Row, polarity: str) -> Reading:
    """The words of a row of store.area_figures: against similar areas, or England for an area that has none."""
    level = level_to_tell(_verdict(row, "neighbours_2025", SIMILAR), _verdict(row, "england", "England"))
    trend = _verdict(row, "trend", row["trend_comparator_label"])
    return reading(level, trend, _verdict(row, "previous", row["previous_comparator_label"]), polarity)


def _row(
    area: Row,
    metric: Row,
    row: Row | None,
    history: pl.DataFrame | None,
    beside: tuple[str, ...],
    fold: str,
    notes: Notes,
) -> list[Cell]:
    name = _name_cell(area, metric)
    if row is None:
        status = "not_collected" if metric["latest_period"] is None else "not_published"
        return [name, status_cell(status), *[text(None)] * (len(beside) + 3), Cell(fold or text(None).html, "src")]
    said = read_row(row, metric["polarity"])
    return [
        name,
        _value_cell(metric, row),
        Cell(_spark(area, metric, history)),
        _change_cell(metric, row),
        *(_comparator_cell(metric, row, comparator) for comparator in beside),
        reading_cell(said, notes),
        _source_cell(row, fold),
    ]


def _name_cell(area: Row, metric: Row) -> Cell:
    link = "metric?" + urlencode({"metric": metric["metric_id"], "area": area["geography_code"]})
    polarity = words_of(POLARITIES, metric["polarity"])
    return Cell(f'<a href="{escape(link)}">{escape(metric["label"])}</a><small>{escape(polarity)}</small>')


def _value_cell(metric: Row, row: Row) -> Cell:
    cell = figure_cell(row, metric)
    older = metric["latest_end"] is not None and row["period_end"] < metric["latest_end"]
    note = f"; others have {metric['latest_period']}" if older else ""
    html = cell.html.replace("no interval", f'<abbr title="{escape(interval_reason(metric))}">no interval</abbr>')
    return Cell(f"{html}<small>{escape(row['period'] + note)}</small>", cell.kind)


def course(area: Row, metric: Row, history: pl.DataFrame | None) -> tuple[list[float | None], str, str] | None:
    """The values of a sparkline, its words and the line below it; None without a value, no values for a single one.

    `history` are rows of store.area_series of one measure.
    """
    rows = [] if history is None else history.filter(pl.col("value").is_not_null()).to_dicts()
    if history is None or not rows:
        return None
    first, last = rows[0], rows[-1]
    if first is last:
        return [], "", "one period only"
    alt = (
        f"{area['name']}: {figure_text(first, metric)} in {first['period']}, "
        f"{figure_text(last, metric)} in {last['period']}"
    )
    newest = history["period"][-1] == last["period"]
    span = f"{first['period']} on" if newest else f"{first['period']} to {last['period']}"
    return history["value"].to_list(), alt, span


def _spark(area: Row, metric: Row, history: pl.DataFrame | None) -> str:
    drawn = course(area, metric, history)
    if drawn is None:
        return text(None).html
    values, alt, span = drawn
    return f"{sparkline(values, alt)}<small>{escape(span)}</small>"


def change_words(metric: Row, row: Row) -> tuple[str, str, str] | None:
    """The change since the period before as symbol, size and what the test says; None without a period before."""
    change, since = row["previous_difference"], row["previous_comparator_label"]
    code = row["previous_verdict_code"]
    if change is None:
        return None
    way = "Up" if change > 0 else "Down" if change < 0 else "No change"
    size = f"{way} {difference(change, metric['unit'], metric['decimals'])}" if change else way
    told = {"no_clear_change": "no clear change", "rising": "a clear rise", "falling": "a clear fall"}.get(
        code, "not tested"
    )
    return CHANGE_WORDS.get(code, ""), size, f"from {since}: {told}"


def _change_cell(metric: Row, row: Row) -> Cell:
    words = change_words(metric, row)
    if words is None:
        return text(None)
    symbol, size, told = words
    mark = f'<span aria-hidden="true">{symbol}</span> ' if symbol else ""
    return Cell(f"{mark}{escape(size)}<small>{escape(told)}</small>")


def _comparator_cell(metric: Row, row: Row, comparator: str) -> Cell:
    value = row[f"{comparator}_comparator_value"]
    if value is None:
        return text(None)
    return Cell(escape(measured(value, metric, with_unit=False)))


def reading_cell(said: Reading, notes: Notes) -> Cell:
    """Symbol, sentence and bearing; why there is no comparison is a note below the table."""
    tag = f'<small class="bear bear-{said.bearing}">{escape(said.bearing_words)}</small>' if said.bearing_words else ""
    note = f"<small>{escape(with_note(said.untold, said.reason, notes))}</small>" if said.untold else ""
    return Cell(f'<span class="sym" aria-hidden="true">{said.symbol}</span> {escape(said.sentence)}{tag}{note}', "read")


def _source_cell(row: Row, fold: str) -> Cell:
    title = escape(row["publication_title"] or row["source"])
    status = words_of(STATISTICAL_STATUSES, row["statistical_status"])
    return Cell(f"{title}<small>{escape(day(row['published_on']))}. {escape(status)}</small>{fold}", "src")


def _verdict(row: Row, comparator: str, against: str | None) -> Verdict | None:
    code = row[f"{comparator}_verdict_code"]
    return Verdict(code, against or "", row[f"{comparator}_verdict_reason"]) if code else None


def used_statuses(metrics: pl.DataFrame, figures: pl.DataFrame) -> Sequence[str]:
    """The statuses other than `shown` that the table shows, for its key."""
    held = figures.filter(pl.col("metric_id").is_in(metrics["metric_id"].implode()))
    missing = metrics.filter(~pl.col("metric_id").is_in(figures["metric_id"].implode()))
    codes = set(held["status"].unique().to_list()) - {"shown"}
    codes |= {"not_collected" if each is None else "not_published" for each in missing["latest_period"]}
    return sorted(codes)
