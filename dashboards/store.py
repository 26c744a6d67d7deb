"""The one query layer: every question a page may ask of the public store, answered as polars frames.

They are put to the version that reading.py has pinned. Frames are shared between sessions: never change one in place.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from dashboards.figure_query import FIGURES, PERIOD, TOTAL, latest_compared, of_group
from dashboards.reading import Version, answered_later, cursor, frame, live_version, pin, version, world
from pipelines.publish.errors import FigureNotFound, NoVersionPublished, StoreError
from pipelines.publish.lineage import Explanation

__all__ = [
    "FIGURES", "PERIOD", "TOTAL", "Explanation", "NoVersionPublished", "StoreError", "Version", "answered_later",
    "frame", "live_version", "pin", "version", "world",
]  # fmt: skip


def frame_of_group(query: str, breakdown: str, value: str, *given: str) -> pl.DataFrame:
    """What a query over totals answers, or, for a group of children, what it answers when asked of that group."""
    if (breakdown, value) == ("total", "total"):
        return frame(query, *given)
    asked = of_group(query, f"${len(given) + 1}", f"${len(given) + 2}")
    return frame(asked, *given, breakdown, value)


def areas() -> pl.DataFrame:
    """Every local authority (former ones too), region and England: the columns of dim_geography."""
    return frame(
        "SELECT * FROM dim_geography WHERE level <> 'icb' AND (is_current OR geography_code IN "
        "(SELECT geography_code FROM fct_metric_current)) "
        "ORDER BY NOT is_current, list_position(['la', 'region', 'sub_region', 'national'], level), sort_name"
    )


def country() -> str | None:
    """The code of the whole country: England's, or that of the SYNTHETIC world; None in a store without areas."""
    codes = areas().filter(pl.col("level") == "national")["geography_code"]
    return str(codes[0]) if codes.len() else None


def metrics() -> pl.DataFrame:
    """The catalogue, in the order of the pages, with the latest period of each metric (null: no figure anywhere)."""
    return frame(
        f"""WITH latest AS (
            SELECT metric_id, max_by(period, period_end) AS latest_period, max(period_start) AS latest_start,
                max(period_end) AS latest_end, count(DISTINCT period_start) AS periods
            FROM ({FIGURES}) WHERE status = 'shown' GROUP BY metric_id)
        SELECT * FROM dim_metric LEFT JOIN latest USING (metric_id)
        ORDER BY family, theme, headline_order NULLS LAST, label"""
    )


def area_figures(area: str, breakdown: str = "total", value: str = "total") -> pl.DataFrame:
    """The latest figure of each metric for one area, beside its comparisons: `england_verdict_code` and so on.

    Totals, unless a group of children is named by its breakdown and value.
    """
    if (breakdown, value) == ("total", "total"):
        return frame("SELECT * FROM page_latest WHERE geography_code = $1 ORDER BY metric_id", area)
    query = f"{latest_compared(FIGURES, TOTAL, 'geography_code = $1')} ORDER BY metric_id"
    return frame_of_group(query, breakdown, value, area)


def area_series(area: str, breakdown: str = "total", value: str = "total") -> pl.DataFrame:
    """Every figure of one area and group, oldest first: metric_id, period, period_start, value, status."""
    query = f"""SELECT metric_id, period, period_start, value, status FROM ({FIGURES}) WHERE geography_code = $1
        ORDER BY metric_id, period_start"""
    return frame_of_group(query, breakdown, value, area)


def series(metric: str | Sequence[str], codes: Sequence[str]) -> pl.DataFrame:
    """Totals of one metric, or of several, for some areas, oldest first, with area names."""
    named = f"SELECT f.*, g.short_name AS area FROM ({FIGURES}) f JOIN dim_geography g USING (geography_code)"
    order = "ORDER BY metric_id, geography_code, period_start"
    if isinstance(metric, str):  # Of every area: the next one that is asked about is answered by the same rows.
        every = frame(f"{named} WHERE metric_id = $1 {order}", metric)
        return every.filter(pl.col("geography_code").is_in(list(codes)))
    asked = f"{named} WHERE {_of(metric)} AND geography_code IN (SELECT unnest($2)) {order}"
    return frame(asked, tuple(metric), tuple(codes))


def comparisons(metric: str | Sequence[str], area: str) -> pl.DataFrame:
    """Every comparison of one area's totals of a metric, or of several, in every period, oldest first."""
    return frame(
        f"""SELECT c.*, coalesce(p.label, c.period_start::VARCHAR) AS period FROM fct_comparison c
        LEFT JOIN dim_period p USING (period_type, period_start, period_end)
        WHERE {_of(metric)} AND geography_code = $2 AND {TOTAL} ORDER BY metric_id, comparator, period_start""",
        metric if isinstance(metric, str) else tuple(metric),
        area,
    )


def _of(metric: str | Sequence[str]) -> str:
    """The condition on parameter 1; that of one metric skips the parts of others."""
    return "metric_id = $1" if isinstance(metric, str) else "metric_id IN (SELECT unnest($1))"


def periods(metric: str) -> pl.DataFrame:
    """The periods of a metric with any value shown, newest first: period, period_start, period_end."""
    return frame(
        f"SELECT DISTINCT period, period_start, period_end FROM ({FIGURES}) WHERE metric_id = ? AND status = 'shown' "
        "ORDER BY period_end DESC",
        metric,
    )


def all_areas(metric: str, start: date, end: date) -> pl.DataFrame:
    """One metric and period for every area: current areas without a row have a null status, former ones do not show.

    Integrated care boards are there only for a metric that boards have. Beside the figure stand the over-dispersed
    limits, the verdict against England and the rank interval.
    """
    return frame(
        f"""WITH figures AS (SELECT * FROM ({FIGURES}) WHERE metric_id = $1 AND period_start = $2 AND period_end = $3)
        SELECT g.geography_code, g.name, g.short_name, g.sort_name, g.level, g.region_code, g.region_name,
            g.tile_col, g.tile_row, g.comparable, f.* EXCLUDE (geography_code), c.comparator_value, c.comparator_label,
            c.difference, c.adjusted_z, c.verdict_code, c.verdict_reason, c.limit_lower_95, c.limit_upper_95,
            c.limit_lower_998, c.limit_upper_998, c.phi, c.rank_lower, c.rank_upper
        FROM dim_geography g LEFT JOIN figures f USING (geography_code)
        LEFT JOIN (SELECT * FROM fct_comparison WHERE metric_id = $1 AND {TOTAL} AND comparator = 'england') c
            ON c.geography_code = g.geography_code AND c.period_type = f.period_type AND c.source = f.source
            AND c.period_start = f.period_start AND c.period_end = f.period_end
        WHERE (f.status IS NOT NULL OR (g.is_current AND NOT EXISTS (
                SELECT 1 FROM figures x JOIN bridge_geography_predecessor b ON x.geography_code = b.predecessor_code
                WHERE b.successor_code = g.geography_code)))
            AND (g.level <> 'icb' OR EXISTS (
                SELECT 1 FROM figures x JOIN dim_geography b USING (geography_code) WHERE b.level = 'icb'))
        ORDER BY g.level, g.sort_name""",
        metric,
        start,
        end,
    )


def neighbours(area: str, model: str = "2025") -> list[str]:
    """The codes of an area's statistical neighbours, closest first."""
    every = frame("SELECT * FROM bridge_neighbour ORDER BY neighbour_rank")
    return every.filter(geography_code=area, model=model)["neighbour_code"].to_list()


def changes_of_area(area: str) -> pl.DataFrame:
    """The areas that became this one or that this one became: other_code, name, relation, changed_on."""
    every = frame(
        """SELECT b.successor_code AS code, b.predecessor_code AS other_code, g.name, 'predecessor' AS relation,
            b.changed_on, b.weight
        FROM bridge_geography_predecessor b JOIN dim_geography g ON g.geography_code = b.predecessor_code
        UNION ALL
        SELECT b.predecessor_code, b.successor_code, g.name, 'successor', b.changed_on, b.weight
        FROM bridge_geography_predecessor b JOIN dim_geography g ON g.geography_code = b.successor_code
        ORDER BY relation, name"""
    )
    return every.filter(code=area).drop("code")


def returns_in() -> pl.DataFrame:
    """Every body a return is expected from, the latest period of each return: the columns of fct_returns_in."""
    return frame(
        "SELECT * FROM fct_returns_in QUALIFY reference_date = max(reference_date) OVER (PARTITION BY return_name) "
        "ORDER BY return_name, body_name"
    )


def rows_of_metric(metric: str) -> pl.DataFrame:
    """Every current row of a metric: all areas, periods, breakdowns and sources, as fct_metric holds them."""
    return frame(
        "SELECT f.*, g.name AS geography_name FROM fct_metric_current f LEFT JOIN dim_geography g USING "
        "(geography_code) WHERE metric_id = ? ORDER BY ALL",
        metric,
    )


def sources() -> pl.DataFrame:
    """The publications, with what we hold of each: figures, metrics, first and last release date."""
    return frame(
        """SELECT s.*, count(f.metric_id) AS figures, count(DISTINCT f.metric_id) AS metrics,
            (SELECT max(published_on) FROM dim_release r WHERE r.source = s.source) AS last_published
        FROM dim_source s LEFT JOIN fct_metric_current f ON f.source = s.source GROUP BY ALL ORDER BY s.priority"""
    )


def find_area(text: str) -> str:
    """The code of the area with this name or code, the current one of several. Raises FigureNotFound (a StoreError)."""
    from pipelines.publish.figure_lookup import find_areas

    return find_areas(cursor(), text)[0].code


def explanation(metric: str, area: str, period: str) -> Explanation | None:
    """How one figure was made; None when this version holds no such figure."""
    from pipelines.publish.lineage import explain

    try:
        return explain(cursor(), metric, area, period)
    except FigureNotFound:
        return None
