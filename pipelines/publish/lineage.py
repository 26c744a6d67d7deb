"""How one figure was made: the formula with its numbers, what it was read or counted from, and how it changed since."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from pipelines.publish.errors import FigureNotFound
from pipelines.publish.figure_lookup import Area, Period, find_areas, find_metric, find_period
from pipelines.publish.history import chosen, known_by, known_table, rows_of
from pipelines.publish.tables import FIGURE_KEY, PUBLISHED_STATUSES

_PER = {"percent": 100.0, "rate_per_1000": 1_000.0, "rate_per_100": 100.0, "ratio": 1.0}


@dataclass(frozen=True)
class Receipt:
    """A file behind a figure: what it was called, where in it the figure stands, what became of its rows.

    A figure counted from several returns has no file of its own: then `receipt_id` and what follows from it are None.
    """

    receipt_id: str | None
    release_id: str
    dataset: str
    published_on: date | None
    received_at: datetime | None
    source_file: str | None
    source_row: int | None
    source_column: str | None
    rows_read: int | None
    rows_loaded: int | None
    rows_refused: int | None
    rows_out_of_scope: int | None


@dataclass(frozen=True)
class Revision:
    """What was known of the figure between two moments; `known_to` is None for what is known now."""

    known_from: datetime
    known_to: datetime | None
    value: float | None
    numerator: float | None
    denominator: float | None
    status: str
    receipt_id: str | None
    source_file: str | None


@dataclass(frozen=True)
class OtherSource:
    """The same figure as another publication gives it."""

    source: str
    title: str
    statistical_status: str
    value: float | None
    status: str


@dataclass(frozen=True)
class Explanation:
    """Everything behind one figure. `recomputed` is None where the source gives no counts.

    `receipts` are all the files it comes from: `receipt` alone, or each of the returns that it was counted from.
    """

    metric: dict[str, Any]
    geography_code: str
    geography_name: str
    geography_level: str
    geography_basis: str
    geography_vintage: str
    period: Period
    breakdowns: dict[str, str]
    value: float | None
    status: str
    status_reason: str | None
    statistical_status: str
    numerator: float | None
    denominator: float | None
    formula: str
    recomputed: float | None
    lower: float | None
    upper: float | None
    interval_method: str
    quality_flags: list[str]
    source: str
    publication_title: str
    publisher: str | None
    licence: str | None
    receipt: Receipt
    receipts: list[Receipt]
    known_from: datetime
    revisions: list[Revision]
    other_sources: list[OtherSource]
    version_id: str
    version_created_at: str
    code_version: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON: dates as ISO text."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=lambda value: value.isoformat()))
        return plain


def explain(
    con: duckdb.DuckDBPyConnection,
    metric: str,
    geography: str,
    period: str,
    breakdowns: dict[str, str] | None = None,
    source: str | None = None,
    known_on: date | None = None,
) -> Explanation:
    """Explain one figure of a version opened by reader.open_version.

    `geography` is a GSS code, a 3-digit code or a name; `period` a label ("2024", "2023/24", "January 2025"); without
    `source` the preferred one answers. With `known_on` everything is as it was known at the end of that day, later
    revisions and sources left out. Raises FigureNotFound naming what there is.
    """
    metric_id = find_metric(con, metric)
    facts = _one(con, "SELECT * FROM dim_metric WHERE metric_id = ?", [metric_id])
    cut = dict(breakdowns or {})
    area, when = _area_and_period(con, facts, find_areas(con, geography), period, known_on)
    rows = _all(
        con,
        "SELECT * FROM fct_metric WHERE metric_id = ? AND geography_code = ? AND period_type = ? AND period_start = ? "
        "AND period_end = ? ORDER BY known_from",
        [metric_id, area.code, when.period_type, when.start, when.end],
    )
    rows = known_by(rows, known_on) if known_on else rows
    row = chosen(con, _of_breakdown(rows, cut, metric_id, area), source, known_on)
    same = [each for each in rows if all(each[column] == row[column] for column in FIGURE_KEY)]
    published = _first(con, "SELECT * FROM dim_source WHERE source = ?", [row["source"]])
    version = _one(con, "SELECT * FROM version_info", [])
    formula, recomputed = _formula(facts, row)
    return Explanation(
        metric=facts,
        geography_code=area.code,
        geography_name=area.name,
        geography_level=area.level,
        period=when,
        breakdowns=cut,
        formula=formula,
        recomputed=recomputed,
        quality_flags=[flag for flag in str(row["quality_flags"] or "").split(",") if flag],
        publication_title=published.get("publication_title") or row["source"],
        publisher=published.get("publisher"),
        licence=published.get("licence"),
        receipt=_receipt(con, row),
        receipts=_receipts(con, row),
        revisions=[_revision(each) for each in same if each["source"] == row["source"]],
        other_sources=[
            _other(con, each) for each in same if each["source"] != row["source"] and each["known_to"] is None
        ],
        version_id=version["version_id"],
        version_created_at=version["created_at"],
        code_version=version["code_version"],
        **{name: row[name] for name in _COPIED},
    )


_COPIED = (
    "geography_basis",
    "geography_vintage",
    "value",
    "status",
    "status_reason",
    "statistical_status",
    "numerator",
    "denominator",
    "lower",
    "upper",
    "interval_method",
    "source",
    "known_from",
)


def _area_and_period(
    con: duckdb.DuckDBPyConnection, metric: dict[str, Any], areas: list[Area], text: str, known_on: date | None
) -> tuple[Area, Period]:
    """The first area (current ones come first) that has a figure in the period; else the first area's error."""
    fault: FigureNotFound | None = None
    for area in areas:
        rows = con.execute(
            "SELECT DISTINCT f.period_type, f.period_start, f.period_end, coalesce(p.label, f.period_start::VARCHAR) "
            f"FROM {known_table(known_on)} f LEFT JOIN dim_period p USING (period_type, period_start, period_end) "
            "WHERE f.metric_id = ? AND f.geography_code = ? ORDER BY 2, 1",
            [metric["metric_id"], area.code],
        ).fetchall()
        try:
            periods = [Period(*row) for row in rows]
            return area, find_period(text, periods, metric["metric_id"], area.name, metric["period_type"])
        except FigureNotFound as problem:
            fault = fault if fault and not periods else problem
    raise fault or FigureNotFound("There is no such area.")


def _of_breakdown(rows: list[dict[str, Any]], cut: dict[str, str], metric_id: str, area: Area) -> list[dict[str, Any]]:
    """The current rows of one breakdown. Raises FigureNotFound with the breakdowns there are."""
    current = [row for row in rows if row["known_to"] is None]
    found = [row for row in current if _cut_of(row) == cut]
    if found:
        return found
    there = sorted({" and ".join(f"{b}={v}" for b, v in _cut_of(row).items()) or "no breakdown" for row in current})
    asked = " and ".join(f"{b}={v}" for b, v in cut.items()) or "no breakdown"
    raise FigureNotFound(f"There is no {metric_id} for {area.name} with {asked}. There is: {', '.join(there[:40])}.")


def _cut_of(row: dict[str, Any]) -> dict[str, str]:
    pairs = ((row["breakdown_1"], row["value_1"]), (row["breakdown_2"], row["value_2"]))
    return {breakdown: value for breakdown, value in pairs if breakdown != "total"}


def _formula(metric: dict[str, Any], row: dict[str, Any]) -> tuple[str, float | None]:
    """The formula with its numbers, and its result from the counts (None without counts)."""
    top, bottom, unit = row["numerator"], row["denominator"], metric["unit"]
    upper_words = metric["numerator_label"] or "numerator"
    lower_words = metric["denominator_label"] or "denominator"
    if row["value"] is None:
        return f"no value: {row['status_reason'] or row['status']}", None
    if top is not None and bottom and unit in _PER:
        result = _PER[unit] * top / bottom
        times = f"{_PER[unit]:,.0f} × " if _PER[unit] != 1 else ""
        return (
            f"{times}{upper_words} ÷ {lower_words} = {times}{top:,.10g} ÷ {bottom:,.10g} = {result:,.4f}",
            result,
        )
    if unit == "count":
        how = "published" if row["statistical_status"] in PUBLISHED_STATUSES else "counted in the returns"
        return f"{upper_words}: {row['value']:,.10g}, as {how}", None
    return f"{row['value']:,.10g}, as published ({upper_words} ÷ {lower_words}; the file gives no counts)", None


def _receipt(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> Receipt:
    release = _first(
        con, "SELECT * FROM dim_release WHERE receipt_id = ? AND dataset = ?", [row["receipt_id"], row["dataset"]]
    )
    given: dict[str, Any] = {name: release.get(name) for name in Receipt.__dataclass_fields__}
    return Receipt(**{name: row.get(name, given[name]) for name in given})


def _receipts(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> list[Receipt]:
    """Every file behind a figure, by name."""
    if row["receipt_id"] is not None:
        return [_receipt(con, row)]
    releases = _all(
        con,
        "SELECT r.* FROM bridge_receipt_set s JOIN dim_release r USING (receipt_id) WHERE s.receipt_set_id = ? "
        "ORDER BY r.source_file, r.receipt_id",
        [row["receipt_set_id"]],
    )
    listed: list[dict[str, Any]] = [
        {name: each.get(name) for name in Receipt.__dataclass_fields__} for each in releases
    ]
    return [Receipt(**each) for each in listed]


def _revision(row: dict[str, Any]) -> Revision:
    return Revision(**{name: row[name] for name in Revision.__dataclass_fields__})


def _other(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> OtherSource:
    named = _first(con, "SELECT publication_title FROM dim_source WHERE source = ?", [row["source"]])
    title = named.get("publication_title") or row["source"]
    return OtherSource(row["source"], title, row["statistical_status"], row["value"], row["status"])


def _all(con: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> list[dict[str, Any]]:
    return rows_of(con.execute(query, values))


def _first(con: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> dict[str, Any]:
    return next(iter(_all(con, query, values)), {})


def _one(con: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> dict[str, Any]:
    found = _first(con, query, values)
    if not found:
        raise FigureNotFound("This version does not hold the figure. Run `inclusion store verify`.")
    return found
