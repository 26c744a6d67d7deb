"""What each family of measures says of an area, a sentence each."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

import polars as pl

from dashboards.tables.measures import standings
from dashboards.words.codes import FAMILIES
from dashboards.words.headlines import family_headline
from dashboards.words.strength import against_of, against_words


def family_sentence(area: Mapping[str, Any], metrics: pl.DataFrame, figures: pl.DataFrame) -> str:
    """How the measures of one family stand: against similar areas (or England where only it compares), or England."""
    held = figures.filter(pl.col("metric_id").is_in(metrics["metric_id"].implode()), status="shown")
    against = against_words(held.iter_rows(named=True), against_of(area["level"])[1])
    return family_headline(area["name"], *standings(metrics, figures), against=against)


def family_sentences(
    area: Mapping[str, Any], metrics: pl.DataFrame, figures: pl.DataFrame, kept: Mapping[str, str | None]
) -> str:
    """HTML list with a sentence for each family that has a measure; each family's name leads to its table.

    `kept` are the choices of the link that a family's link keeps.
    """
    lines = []
    for family, words in FAMILIES.items():
        mine = metrics.filter(pl.col("family") == family)
        if mine.height:
            choices = {"area": area["geography_code"], "family": family} | {k: v for k, v in kept.items() if v}
            link = escape("area?" + urlencode(choices))
            sentence = escape(family_sentence(area, mine, figures))
            lines.append(f'<li><a href="{link}">{escape(words)}</a>. {sentence}</li>')
    return f'<ul class="families">{"".join(lines)}</ul>'
