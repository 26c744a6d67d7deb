"""Any areas by any measures: the latest figures as one table, and each measure over time as a small multiple."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

import polars as pl

from dashboards.charts.multiples import Line, small_multiple, value_ticks
from dashboards.charts.trend import breaks_of
from dashboards.tables.figure_cell import figure_cell, figure_text, status_cell
from dashboards.tables.html import Cell, Group, Table, render
from dashboards.theme.palette import Palette
from dashboards.words.codes import POLARITIES, words_of
from dashboards.words.verdicts import LEVEL_WORDS

Row = Mapping[str, Any]


def compared_table(areas: Sequence[Row], metrics: Sequence[Row], figures: Mapping[str, pl.DataFrame]) -> str:
    """HTML with a row a measure and a column an area, both in the order chosen.

    `figures` is store.area_figures by code. Each figure is set beside England, the one comparison that all areas share.
    """
    held = {code: {row["metric_id"]: row for row in rows.iter_rows(named=True)} for code, rows in figures.items()}
    rows = []
    for metric in metrics:
        cells = [_cell(held[area["geography_code"]].get(metric["metric_id"]), metric) for area in areas]
        polarity = words_of(POLARITIES, metric["polarity"])
        rows.append([Cell(f"{escape(metric['label'])}<small>{escape(polarity)}</small>"), *cells])
    columns = ("Measure", *(str(area["short_name"]) for area in areas))
    caption = "Latest figures, each beside England's"
    return render(Table(caption, columns, [Group(rows)], kind="measures cards"))


def multiples(
    areas: Sequence[Row], metrics: Sequence[Row], series: Mapping[str, pl.DataFrame], colours: Palette
) -> str:
    """HTML grid with a picture a measure. `series` is store.series of the areas, by measure."""
    figures = []
    for metric in metrics:
        rows = series[metric["metric_id"]]
        lines = lines_of(areas, rows)
        breaks = sorted({start for area in areas for start in breaks_of(metric, rows_of(rows, area))})
        if metric["unit"] == "category":
            continue
        picture = small_multiple(metric, lines, breaks, value_ticks(lines, metric), colours)
        link = "england?" + urlencode({"metric": metric["metric_id"]})
        note = "<small>Lines stop where the method changed.</small>" if breaks else ""
        polarity = f"<small>{escape(words_of(POLARITIES, metric['polarity']))}</small>"
        name = f'<a href="{escape(link)}">{escape(metric["label"])}</a>'
        figures.append(f"<figure><figcaption>{name}{polarity}</figcaption>{picture}{note}</figure>")
    return f'<div class="multiples">{"".join(figures)}</div>'


def lines_of(areas: Sequence[Row], rows: pl.DataFrame) -> list[Line]:
    """A line an area, in the order of `areas`, from rows of store.series."""
    return [
        Line(
            str(area["short_name"]),
            rows_of(rows, area).select("period_start", "period", "value").rows(),
        )
        for area in areas
    ]


def rows_of(rows: pl.DataFrame, area: Row) -> pl.DataFrame:
    """The rows of one area."""
    return rows.filter(pl.col("geography_code") == area["geography_code"])


def values_table(areas: Sequence[Row], metric: Row, rows: pl.DataFrame) -> pl.DataFrame:
    """Every value the picture of a measure draws, as words: a row a period, a column an area."""
    periods = rows.select("period_start", "period").unique().sort("period_start").rows()
    held = {
        (row["geography_code"], row["period_start"]): figure_text(row, metric) for row in rows.iter_rows(named=True)
    }
    return pl.DataFrame(
        [
            {"Period": label} | {str(area["short_name"]): held.get((area["geography_code"], start)) for area in areas}
            for start, label in periods
        ]
    )


def _cell(row: Row | None, metric: Row) -> Cell:
    if row is None:
        return status_cell("not_collected" if metric["latest_period"] is None else "not_published")
    cell = figure_cell(row, metric)
    code = row["england_verdict_code"]
    symbol, words = LEVEL_WORDS.get(code or "", ("", ""))
    said = f'<small><span class="sym" aria-hidden="true">{symbol}</span> {words} England</small>' if words else ""
    untold = "<small>Not compared with England</small>" if code == "not_compared" else ""
    return Cell(f"{cell.html}<small>{escape(row['period'])}</small>{said}{untold}", cell.kind)
