"""Keys: the bands of the tile map, and the symbol of each reason there is no value."""

from collections.abc import Iterable
from html import escape

import polars as pl

from dashboards.charts.funnel import NOUNS
from dashboards.theme.palette import Palette
from dashboards.words.headlines import plural
from dashboards.words.statuses import status_of


def band_legend(bands: list[tuple[str, str, int]], colours: Palette, rows: pl.DataFrame, level: str = "la") -> str:
    """An HTML list of the bands of charts.tiles.bands and of the statuses among the areas of a level."""
    noun = NOUNS[level]
    items = [
        f'<li><span class="swatch" style="background:{colour}"></span> {escape(low)} to {escape(high)}: '
        f"{plural(count, noun)}</li>"
        for (low, high, count), colour in zip(bands, colours.scale, strict=True)
    ]
    codes = rows.filter(pl.col("level") == level)["status"].fill_null("not_published")
    for code in sorted(set(codes) - {"shown"}):
        status = status_of(code)
        items.append(
            f'<li class="st-{code}"><span class="sym" aria-hidden="true">{status.symbol}</span> '
            f"{escape(status.label)}: "
            f"{plural(codes.to_list().count(code), noun)}</li>"
        )
    return f'<ul class="key st">{"".join(items)}</ul>'


def status_legend(codes: Iterable[str]) -> str:
    """An HTML list of statuses: symbol, label and meaning of each."""
    items = "".join(
        f'<li class="st-{each.code}"><span class="sym" aria-hidden="true">{each.symbol}</span> '
        f"<b>{escape(each.label)}</b>: {escape(each.meaning)}</li>"
        for each in map(status_of, codes)
    )
    return f'<ul class="key st">{items}</ul>'
