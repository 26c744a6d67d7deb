"""What was known when: a figure's rows as of a day, which of several sources speaks, and what releases changed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import duckdb

from pipelines.publish.errors import FigureNotFound
from pipelines.publish.figure_lookup import find_areas, find_metric
from pipelines.publish.tables import FIGURE_KEY, PREFERENCE

# Long enough to read, short enough for a screen; --csv writes them all.
_MOST = 40


def known_by(rows: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """Rows of fct_metric as they stood at the end of `day`: later ones left out, what ended later still open."""
    end = datetime.combine(day + timedelta(days=1), time.min)
    return [
        row | {"known_to": None if row["known_to"] is None or row["known_to"] >= end else row["known_to"]}
        for row in rows
        if row["known_from"] < end
    ]


def known_table(known_on: date | None) -> str:
    """The table of what is current, or was at the end of a day."""
    return f"as_known_on(DATE '{known_on}')" if known_on else "fct_metric_current"


def chosen(
    con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], source: str | None, known_on: date | None
) -> dict[str, Any]:
    """Of the rows of one figure that of the source asked for, or of the one preferred then. Raises FigureNotFound."""
    if source is not None:
        of_source = [row for row in rows if row["source"] == source]
        if not of_source:
            listed = ", ".join(sorted({row["source"] for row in rows}))
            raise FigureNotFound(f"The source {source!r} does not give this figure. Sources that do: {listed}.")
        return of_source[0]
    same = {column: rows[0][column] for column in FIGURE_KEY}
    given = [row for row in rows if same.items() <= row.items()]
    if len({row["source"] for row in given}) == 1:  # Nothing to prefer: not asked of every part.
        return given[0]
    key = " AND ".join(f"{column} = ?" for column in same)
    first = f"SELECT source FROM {known_table(known_on)} WHERE {key} ORDER BY {PREFERENCE} LIMIT 1"
    preferred = con.execute(first, list(same.values())).fetchall()[0][0]
    return next(row for row in given if row["source"] == preferred)


@dataclass(frozen=True)
class Revisions:
    """Figures that releases changed: how many of each release and metric, and each of them, newest first."""

    by_release: list[dict[str, Any]]
    figures: list[dict[str, Any]]


def revisions(
    con: duckdb.DuckDBPyConnection, release: str | None = None, metric: str | None = None, area: str | None = None
) -> Revisions:
    """What fct_revision holds of a release, a metric and an area (id, code or name), those that are given.

    Raises FigureNotFound for a release, metric or area that there is not.
    """
    if release and not con.execute("SELECT 1 FROM dim_release WHERE release_id = ?", [release]).fetchall():
        held = con.execute("SELECT DISTINCT release_id FROM dim_release ORDER BY ALL").fetchall()
        raise FigureNotFound(f"There is no release {release!r}. There is: {', '.join(each for (each,) in held)}.")
    asked: dict[str, Any] = {
        "release_id": [release] if release else None,
        "metric_id": [find_metric(con, metric)] if metric else None,
        "geography_code": [each.code for each in find_areas(con, area)] if area else None,
    }
    wanted = {column: values for column, values in asked.items() if values}
    where = " AND ".join(["true", *(f"list_contains(?, r.{column})" for column in wanted)])
    given = list(wanted.values())
    grouped = con.execute(
        f"""SELECT release_id, revised_on, metric_id, count(*) AS figures, count(DISTINCT geography_code) AS areas,
            max(abs(difference)) AS largest_difference,
            any_value(revision_note) AS revision_note
        FROM fct_revision r WHERE {where} GROUP BY ALL ORDER BY revised_on DESC, release_id, metric_id""",
        given,
    )
    by_release = rows_of(grouped)
    each = con.execute(
        f"""SELECT r.*, g.name AS area, coalesce(p.label, r.period_start::VARCHAR) AS period
        FROM fct_revision r LEFT JOIN dim_geography g USING (geography_code)
        LEFT JOIN dim_period p USING (period_type, period_start, period_end)
        WHERE {where} ORDER BY revised_on DESC, release_id, metric_id, area, period_start, value_1, value_2""",
        given,
    )
    return Revisions(by_release, rows_of(each))


def as_text(found: Revisions) -> str:
    """The report as plain lines: what each release changed, then the figures."""
    if not found.figures:
        return "No figure of those asked for was changed by a later release."
    lines = [f"{len(found.figures):,} figure(s) revised."]
    for row in found.by_release:
        gap = "" if row["largest_difference"] is None else f", the most by {row['largest_difference']:,.4g}"
        lines.append(
            f"{row['release_id']}, known from {row['revised_on']:%d %B %Y}: {row['metric_id']}, "
            f"{row['figures']:,} figure(s) of {row['areas']:,} area(s){gap}. "
            + (f"Why: {row['revision_note']}" if row["revision_note"] else "The release does not say why.")
        )
    lines.append("")
    lines += [_line(row) for row in found.figures[:_MOST]]
    if len(found.figures) > _MOST:
        lines.append(
            f"... and {len(found.figures) - _MOST:,} more: narrow with --metric or --area, or write --csv FILE."
        )
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    split = " and ".join(
        f"{breakdown} {value}"
        for breakdown, value in ((row["breakdown_1"], row["value_1"]), (row["breakdown_2"], row["value_2"]))
        if breakdown != "total"
    )
    what = f"{row['metric_id']}, {row['area'] or row['geography_code']}, {row['period']}" + (
        f", {split}" if split else ""
    )
    if row["change"] == "counts_only":
        counts = ", ".join(
            f"{name} {_number(row[f'{name}_before'])} to {_number(row[name])}" for name in ("numerator", "denominator")
        )
        return f"  {what}: {_number(row['value'])} as before ({counts})"
    before = _number(row["value_before"]) if row["value_before"] is not None else row["status_before"]
    after = _number(row["value"]) if row["value"] is not None else row["status"]
    size = "" if row["difference"] is None else f" ({row['difference']:+,.4g}"
    size += "" if not size else ")" if row["difference_percent"] is None else f", {row['difference_percent']:+,.1f}%)"
    return f"  {what}: {before} to {after}{size}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.6g}"


def rows_of(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of an answer by column name."""
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
