"""The rows of the pack's tables as words: what the cells of the area page say, without its HTML."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboards.tables.figure_cell import figure_text, interval_reason
from dashboards.tables.measures import BESIDE, COMPARATORS, change_words, course, read_row
from dashboards.tables.sparkline import sparkline_svg
from dashboards.words.codes import POLARITIES, STATISTICAL_STATUSES, words_of
from dashboards.words.evidence import revised
from dashboards.words.notes import Notes, with_note
from dashboards.words.numbers import interval, measured
from dashboards.words.statuses import status_of

Row = Mapping[str, Any]
Words = dict[str, Any]


def table_groups(
    area: Row,
    metrics: pl.DataFrame,
    figures: Mapping[str, Row],
    series: pl.DataFrame,
    sources: "Sources",
    notes: Notes,
) -> list[Words]:
    """The measures with a row, by theme; why one is not compared becomes one of `notes`.

    `figures` are store.area_figures by metric, `series` is store.area_series.
    """
    history = series.partition_by("metric_id", as_dict=True)
    held = metrics.filter(pl.col("metric_id").is_in(list(figures)))
    return [
        {
            "theme": str(theme or ""),
            "rows": [
                measure_row(
                    area, metric, figures[metric["metric_id"]], history.get((metric["metric_id"],)), sources, notes
                )
                for metric in rows.iter_rows(named=True)
            ],
        }
        for (theme,), rows in held.group_by("theme", maintain_order=True)
    ]


def measure_row(
    area: Row, metric: Row, row: Row, history: pl.DataFrame | None, sources: "Sources", notes: Notes
) -> Words:
    """One measure: name, value or status, sparkline, change, comparators, reading, source."""
    said = read_row(row, metric["polarity"])
    change = change_words(metric, row)
    return {
        "name": metric["label"],
        "polarity": words_of(POLARITIES, metric["polarity"]),
        "value": value_words(metric, row),
        "trend": _spark(area, metric, history),
        "change": dict(zip(("symbol", "size", "told"), change, strict=True)) if change else None,
        "beside": beside_words(area, metric, row),
        "reading": {
            "symbol": said.symbol,
            "sentence": said.sentence,
            "bearing": said.bearing,
            "bearing_words": said.bearing_words,
            "note": with_note(said.untold, said.reason, notes) if said.untold else None,
        },
        "source": sources.number(row),
        "revised": revised(row["revised"]) if row["revised"] else "",
    }


def without_rows(metrics: pl.DataFrame, figures: Mapping[str, Row]) -> list[Words]:
    """The measures that have no row for this area, listed by reason: on paper they would fill pages with dashes."""
    missing = metrics.filter(~pl.col("metric_id").is_in(list(figures)))
    listed = []
    for code, rows in (
        ("not_published", missing.drop_nulls("latest_period")),
        ("not_collected", missing.filter(pl.col("latest_period").is_null())),
    ):
        status = status_of(code)
        if rows.height:
            labels = rows["label"].to_list()
            listed.append({"status": code, "symbol": status.symbol, "text": status.label, "measures": labels})
    return listed


def value_words(metric: Row, row: Row | None, code: str | None = None) -> Words:
    """The value with interval and period, or the status with the reason given."""
    if row is None or row["status"] != "shown":
        status = status_of(code or (row["status"] if row else None) or "not_published")
        return {
            "status": status.code,
            "symbol": status.symbol,
            "text": status.label,
            "reason": row["status_reason"] if row else None,
            "period": row["period"] if row else None,
        }
    older = metric["latest_end"] is not None and row["period_end"] < metric["latest_end"]
    ends = interval(row["lower"], row["upper"], metric["unit"], metric["decimals"])
    return {
        "status": None,
        "text": figure_text(row, metric),
        "interval": ends,
        "no_interval": None if ends else interval_reason(metric),
        "period": row["period"] + (f"; others have {metric['latest_period']}" if older else ""),
    }


def beside_words(area: Row, metric: Row, row: Row) -> list[Words]:
    """The values of those this area is set beside, by name; one without a value is left out."""
    return [
        {
            "name": COMPARATORS[each],
            "value": measured(value, metric, with_unit=False),
        }
        for each in BESIDE.get(area["level"], tuple(COMPARATORS))
        if (value := row[f"{each}_comparator_value"]) is not None
    ]


def _spark(area: Row, metric: Row, history: pl.DataFrame | None) -> Words | None:
    drawn = course(area, metric, history)
    if drawn is None:
        return None
    values, alt, span = drawn
    return {"svg": sparkline_svg(values), "alt": alt, "note": span}


class Sources:
    """The publications that figures came from, numbered as they are first met, with the status each figure has."""

    def __init__(self) -> None:
        self._held: dict[tuple[Any, ...], Words] = {}

    def number(self, row: Row) -> Words:
        """The number and the statistical status of a row's source."""
        key = (row["publication_title"] or row["source"], row["published_on"], row["statistical_status"])
        entry = self._held.setdefault(
            key,
            {
                "number": len(self._held) + 1,
                "title": key[0],
                "publisher": row["publisher"],
                "published_on": row["published_on"],
                "source": row["source"],
                "status": words_of(STATISTICAL_STATUSES, row["statistical_status"]),
            },
        )
        return {"number": entry["number"], "status": entry["status"]}

    def listed(self) -> Sequence[Words]:
        """Every source that was met."""
        return list(self._held.values())
