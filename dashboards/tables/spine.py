"""The spine chart of an area: a row a measure, with its value, its place among all areas and the reading in words."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

import polars as pl

from dashboards.charts.spine import Spine, spine_picture
from dashboards.tables.figure_cell import figure_cell, figure_text
from dashboards.tables.html import Cell, Group, Table, render, text
from dashboards.tables.measures import BESIDE, read_row, reading_cell
from dashboards.theme.palette import Palette
from dashboards.words.codes import FAMILIES, POLARITIES, words_of
from dashboards.words.notes import Notes
from dashboards.words.numbers import number, on_one_scale
from dashboards.words.strength import evidence_of, strength_of
from dashboards.words.verdicts import BEARING_WORDS, Bearing

Row = Mapping[str, Any]
Pair = tuple[Row, Row]
COLUMNS = {"neighbours_2025": "Similar areas", "england": "England"}
BEARINGS: tuple[Bearing, ...] = ("unfavourable", "favourable", "neutral", "none")
_SERIES = ["metric_id", "period_start", "source"]
SPREAD = ("lowest", "p25", "p75", "highest")


def spine_table(
    area: Row,
    metrics: pl.DataFrame,
    figures: pl.DataFrame,
    spreads: pl.DataFrame,
    colours: Palette,
    strongest: bool,
    breakdown: str = "total",
) -> str:
    """HTML of the measures that have a figure, by family; with `strongest`, by bearing, the strongest evidence first.

    `figures` is store.area_figures, `spreads` queries.spread.spreads of the same group of children, whose `breakdown`
    the links to measures keep.
    """
    drawn = figures.join(metrics, on="metric_id", how="semi", maintain_order="left")
    held = {row["metric_id"]: row for row in drawn.iter_rows(named=True)}
    mine = spreads.join(drawn, on=_SERIES, how="semi", maintain_order="left")
    spread = {_series(row): row for row in mine.iter_rows(named=True)}
    listed = [
        (metric, held[metric["metric_id"]]) for metric in metrics.iter_rows(named=True) if metric["metric_id"] in held
    ]
    if strongest:
        listed.sort(key=lambda pair: (-strength_of(pair[1]), pair[0]["label"]))
    notes = Notes()
    groups = [
        Group(
            [
                _row(area, metric, figure, spread.get(_series(figure)), colours, breakdown, notes)
                for metric, figure in members
            ],
            heading,
        )
        for heading, members in (_by_bearing(listed) if strongest else _by_family(listed)).items()
    ]
    order = ", strongest evidence first" if strongest else ""
    caption = f"{area['name']} among all local authorities: latest figures{order}. Higher values lie to the right."
    names = [COLUMNS[each] for each in _beside(area)]
    columns = ("Measure", "Here", "Among all areas", *names, "Reading")
    return render(Table(caption, columns, groups, frozenset(names), "measures spines cards", notes.listed()))


def _beside(area: Row) -> list[str]:
    """The comparators whose values stand in columns: none beside England, no similar areas beside a region."""
    beside = BESIDE.get(area["level"], tuple(COLUMNS))
    return [each for each in COLUMNS if each in beside]


def _series(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _SERIES)


def _by_family(listed: Sequence[Pair]) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = {}
    for metric, figure in listed:
        groups.setdefault(words_of(FAMILIES, metric["family"]), []).append((metric, figure))
    return groups


def _by_bearing(listed: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Less favourable first, because that is what a reader who asks for differences has to look into."""
    groups: dict[str, list[Pair]] = {BEARING_WORDS[bearing]: [] for bearing in BEARINGS}
    for metric, figure in listed:
        groups[read_row(figure, metric["polarity"]).bearing_words].append((metric, figure))
    return {words: members for words, members in groups.items() if members}


def spine_of(area: Row, figure: Row, metric: Row, among: Row | None) -> Spine | None:
    """What the picture draws; None where the value, England's or the spread is not there, or for a number."""
    england = figure["value"] if area["level"] == "national" else figure["england_comparator_value"]
    if figure["status"] != "shown" or england is None or among is None or not on_one_scale(metric):
        return None
    spread = {name: among[name] for name in SPREAD}
    return Spine(
        value=figure["value"], england=england, similar=figure["neighbours_2025_comparator_value"],
        evidence=evidence_of(figure), **spread,
    )  # fmt: skip


def _row(
    area: Row, metric: Row, figure: Row, among: Row | None, colours: Palette, breakdown: str, notes: Notes
) -> list[Cell]:
    choices = {"metric": metric["metric_id"], "area": area["geography_code"]}
    link = "metric?" + urlencode(choices | ({} if breakdown == "total" else {"by": breakdown}))
    polarity = words_of(POLARITIES, metric["polarity"])
    said = read_row(figure, metric["polarity"])
    name = metric["short_label"] or metric["label"]
    here = figure_cell(figure, metric, with_interval=False)
    return [
        Cell(f'<a href="{escape(link)}">{escape(name)}</a><small>{escape(polarity)}</small>'),
        Cell(f"{here.html}<small>{escape(figure['period'])}</small>", here.kind),
        _picture_cell(area, metric, figure, among, colours),
        *(_value(figure[f"{each}_comparator_value"], metric) for each in _beside(area)),
        reading_cell(said, notes),
    ]


def _picture_cell(area: Row, metric: Row, figure: Row, among: Row | None, colours: Palette) -> Cell:
    spine = spine_of(area, figure, metric, among)
    if spine is None or among is None:
        return Cell(f"<small>{_not_drawn(metric, figure)}</small>")
    low, p25, p75, high = (number(among[name], metric["unit"], metric["decimals"]) for name in SPREAD)
    alt = (
        f"{area['short_name']} {figure_text(figure, metric)}; England {_words(spine.england, metric)}; "
        f"similar areas {_words(spine.similar, metric)}; {among['areas']} areas from {low} to {high}, "
        f"the middle half from {p25} to {p75}"
    )
    return Cell(
        spine_picture(spine, alt, colours) + f'<small class="ends"><span>{low}</span><span>{high}</span></small>'
    )


def _not_drawn(metric: Row, figure: Row) -> str:
    if figure["status"] != "shown":
        return "Not drawn: no value"
    if metric["unit"] == "category":
        return "Not drawn: not a number"
    if not on_one_scale(metric):
        return "Not drawn: a number depends on the size of the area"
    return "Not drawn: no figure of England or of other areas for this period"


def _value(value: float | None, metric: Row) -> Cell:
    return (
        text(None)
        if value is None
        else Cell(escape(number(value, metric["unit"], metric["decimals"], with_unit=False)))
    )


def _words(value: float | None, metric: Row) -> str:
    return "no value" if value is None else number(value, metric["unit"], metric["decimals"])
