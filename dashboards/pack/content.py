"""What the pack of one area holds: words and pictures, in order, for the template. No figure is worked out here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from dashboards import store
from dashboards.charts.comparison import beside_rows, comparison_chart
from dashboards.charts.trend import breaks_of, trend_chart
from dashboards.documents import glossary
from dashboards.downloads import licence
from dashboards.filters import EVERYTHING, Filters, narrowed
from dashboards.pack.pictures import beside_picture, trend_picture
from dashboards.pack.rows import Sources, table_groups, without_rows
from dashboards.pack.summary import plain_summary
from dashboards.pack.typesetting import as_pdf
from dashboards.queries.evidence import earlier_years
from dashboards.queries.evidence import evidence as evidence_of
from dashboards.queries.spread import groups_held
from dashboards.tables.families import family_sentence
from dashboards.tables.measures import used_statuses
from dashboards.theme.palette import LIGHT
from dashboards.words.codes import BASES, FAMILIES, words_of
from dashboards.words.evidence import facts
from dashboards.words.headlines import plural
from dashboards.words.notes import Notes
from dashboards.words.numbers import day, number
from dashboards.words.places import FEW_CHILDREN, place_label, place_line
from dashboards.words.statuses import STATUSES, status_of

Row = Mapping[str, Any]
Words = dict[str, Any]
MOST_PERIODS = 5
# The terms of docs/glossary.md that a reader of the pack meets.
_TERMS = {
    "AP", "area", "basis", "EHC plan (EHCP)", "figure", "GSS code", "ICB", "interval", "LAIT", "over-dispersion",
    "period", "polarity", "release", "SEN support", "similar areas", "statistical status", "suppressed", "SYNTHETIC",
    "version",
}  # fmt: skip


def pack_pdf(code: str, filters: Filters, short: bool = False) -> bytes:
    """The pack of an area as it is today; see pack_content, in_short and typesetting.as_pdf."""
    content = pack_content(code, [], date.today(), filters, charts=not short)
    return as_pdf(in_short(content) if short else content)


def in_short(content: Words) -> Words:
    """The plain summary alone: a cover with stamp and publications, and its two pages."""
    titles = sorted({each["title"] for each in content["sources"]})
    title = content["title"].replace("Evidence pack", "Plain summary")
    return content | {
        "short": True,
        "title": title,
        "stamp": [*content["stamp"][:5], ["Publications", "; ".join(titles)]],
        "summary": content["summary"] | {"counts": content["summary"]["counts"].replace("this pack", "the whole pack")},
        "families": [],
    }


def pack_content(
    code: str, families: Sequence[str], made_on: date, filters: Filters = EVERYTHING, charts: bool = True
) -> Words:
    """The pack of the area with this code, for some families (all when none is named), narrowed by the page's filters.

    Charts are of all children, so a pack about one need has none. Raises KeyError for a code that is not an area of
    this version.
    """
    version = store.version()
    places = {row["geography_code"]: row for row in store.areas().iter_rows(named=True)}
    area = places[code]
    part = places[area["sub_region_code"]]["name"] if area["sub_region_code"] in places else None
    metrics, figures = store.metrics(), store.area_figures(code, *filters.group)
    if filters:
        metrics = narrowed(metrics, figures, groups_held(), filters)
    chosen = [each for each in FAMILIES if each in metrics["family"].to_list() and (not families or each in families)]
    metrics = metrics.filter(pl.col("family").is_in(chosen))
    by_metric = {row["metric_id"]: row for row in figures.iter_rows(named=True)}
    sources = Sources()
    keys = metrics.filter(pl.col("key_metric"))
    entries = {} if filters.need or not charts else _entries(area, keys, by_metric, sources, made_on)
    synthetic = version.world == "synthetic"
    return {
        "title": f"{'SYNTHETIC: ' if synthetic else ''}Evidence pack: {place_label(area)}",
        "synthetic": synthetic,
        "short": False,
        "area": place_label(area),
        "line": place_line(area, part),
        "made": {"year": made_on.year, "month": made_on.month, "day": made_on.day, "words": day(made_on)},
        "stamp": _stamp(version, [FAMILIES[each] for each in chosen], bool(families), filters),
        "version": version.version_id,
        "licence": licence(),
        "notes": _notes(area, filters),
        "summary": plain_summary(area, metrics, by_metric),
        "families": [
            {
                "title": FAMILIES[family],
                "headline": family_sentence(area, mine, figures),
                "groups": table_groups(area, mine, by_metric, store.area_series(code, *filters.group), sources, notes),
                "notes": notes.listed(),
                "without": without_rows(mine, by_metric),
                "care": _care(held),
                "no_interval": sorted(set(held["interval_reason"].drop_nulls())),
                "entries": [entries[each] for each in mine["metric_id"] if each in entries],
            }
            for family in chosen
            for mine in (metrics.filter(pl.col("family") == family),)
            for notes in (Notes(),)
            for held in (mine.filter(pl.col("metric_id").is_in(list(by_metric))),)
        ],
        "key": [
            {
                "status": each,
                "symbol": status_of(each).symbol,
                "label": STATUSES[each].label,
                "meaning": status_of(each).meaning,
            }
            for each in used_statuses(metrics, figures)
        ],
        "similar": _similar(code),
        "sources": _sources(sources),
        "glossary": [
            {"term": term, "meaning": meaning.replace("`", "")} for term, meaning in glossary() if term in _TERMS
        ],
    }


def _stamp(version: store.Version, families: Sequence[str], some: bool, filters: Filters) -> list[list[str]]:
    published = datetime.fromisoformat(version.created_at)
    return [
        ["Data version", version.version_id],
        ["Published here", f"{day(published.date())} at {published:%H:%M} UTC, by code {version.code_version}"],
        ["World", "SYNTHETIC: invented places" if version.world == "synthetic" else "Real: published statistics"],
        ["Families", ", ".join(families) if some or filters else f"all ({', '.join(families)})"],
        ["Filters", filters.words() or "none"],
        ["Measures", "all that the filters leave" if filters else "all in the tables; charts for the key measures"],
        ["Figures", "the latest of each measure for children of this need; no charts, which are of all children"]
        if filters.need
        else ["Figures", "the latest total of each measure; no breakdown by group or need"],
    ]


def _notes(area: Row, filters: Filters) -> list[str]:
    joints = {"predecessor": "replaced", "successor": "was replaced by"}
    notes = [f"This pack holds only {filters.words()}."] if filters else []
    notes += [
        f"{area['name']} {joints[change['relation']]} {change['name']} on {day(change['changed_on'])}. "
        "Figures are shown as published for each."
        for change in store.changes_of_area(area["geography_code"]).iter_rows(named=True)
    ]
    if not area["comparable"]:
        notes.append(FEW_CHILDREN)
    return notes


def _entries(
    area: Row, keys: pl.DataFrame, figures: Mapping[str, Row], sources: Sources, made_on: date
) -> dict[str, Words]:
    """The key measures with any row for this area, each with its charts."""
    code, country, near = area["geography_code"], store.country(), store.neighbours(area["geography_code"])
    ids = [each for each in keys["metric_id"] if each in figures]
    everywhere = store.series(ids, [code, *filter(None, (country, area["region_code"])), *near])
    series = everywhere.partition_by("metric_id", as_dict=True)
    compared = store.comparisons(ids, code)
    evidence = {row["metric_id"]: row for row in evidence_of(code).iter_rows(named=True)}
    entries = {}
    for metric in keys.filter(pl.col("metric_id").is_in(ids)).iter_rows(named=True):
        rows = series[(metric["metric_id"],)]
        own = rows.filter(geography_code=code)
        beside = beside_rows(area, rows, own["period_start"][-1], country, near)
        mine = compared.filter(metric_id=metric["metric_id"])
        entries[metric["metric_id"]] = _entry(area, metric, own, mine, beside) | {
            "source": sources.number(figures[metric["metric_id"]]),
            "evidence": _evidence(evidence.get(metric["metric_id"]), area["level"], made_on),
        }
    return entries


def _entry(area: Row, metric: Row, own: pl.DataFrame, compared: pl.DataFrame, beside: pl.DataFrame) -> Words:
    bridged = earlier_years(metric["metric_id"], area["geography_code"])
    trend = trend_chart(area, metric, own, compared, LIGHT, bridged)
    last = own.row(-1, named=True)
    similar = compared.filter(comparator="neighbours_2025", period_start=last["period_start"]).to_dicts()
    chart = comparison_chart(area, metric, beside, similar[0] if similar else None, LIGHT)
    hidden = [f"{row['period']} {status_of(row['status']).label}" for row in own.to_dicts() if row["status"] != "shown"]
    shown = own.filter(status="shown")
    # A large area has more of everything: numbers are not set beside those of other areas.
    is_number, drawn = metric["unit"] == "count", metric["unit"] != "category"
    table = trend.rows.tail(MOST_PERIODS).drop("Source")
    earlier = trend.rows.height - table.height
    return {
        "name": metric["label"],
        "description": metric["description"],
        "basis": f"Counted by {words_of(BASES, metric['geography_basis'])}.",
        "reason": metric["key_reason"],
        "standard": _standard(metric),
        "headline": trend.headline,
        "trend": trend_picture(metric, own, compared, area["short_name"], bridged)
        if drawn and shown.height > 1
        else "",
        "trend_alt": trend.alt + (f" Without a value: {'; '.join(hidden)}." if hidden else ""),
        "table": {"columns": table.columns, "rows": [list(row) for row in table.rows()]},
        "earlier": f"{plural(earlier, 'earlier period')} in the chart and on the page of this measure."
        if earlier
        else "",
        "beside": beside_picture(metric, beside.to_dicts()) if drawn and not is_number and beside.height > 1 else "",
        "beside_alt": chart.alt,
        "beside_headline": "A number, not a rate: it is not set beside other areas." if is_number else chart.headline,
        "no_interval": None if shown["lower"].drop_nulls().len() else metric["interval_reason"],
        "period": last["period"],
        "breaks": list(breaks_of(metric, own, bridged).values()),
        "care": metric["caveats"],
    }


def _evidence(row: Row | None, level: str, today: date) -> list[Words]:
    told = facts(row, level, today) if row else {}
    return [{"name": name, "words": told[name]} for name in ("Coverage", "Freshness", "Next release") if name in told]


def _standard(metric: Row) -> str | None:
    if metric["standard_value"] is None:
        return None
    return f"{metric['standard_label']}: {number(metric['standard_value'], metric['unit'], 0)}"


def _care(metrics: pl.DataFrame) -> list[Words]:
    """Each caveat once, with the measures that it is about."""
    held: dict[str, list[str]] = {}
    for metric in metrics.filter(pl.col("caveats").is_not_null()).iter_rows(named=True):
        held.setdefault(metric["caveats"], []).append(metric["label"])
    return [{"text": caveat, "measures": labels} for caveat, labels in held.items()]


def _similar(code: str) -> list[str]:
    names = {row["geography_code"]: row["short_name"] for row in store.areas().iter_rows(named=True)}
    return [names[each] for each in store.neighbours(code) if each in names]


def _sources(sources: Sources) -> list[Words]:
    facts = {row["source"]: row for row in store.sources().iter_rows(named=True)}
    return [
        {
            "number": each["number"],
            "title": each["title"],
            "publisher": each["publisher"] or "",
            "published": day(each["published_on"]),
            "status": each["status"],
            "licence": facts.get(each["source"], {}).get("licence") or "",
            "next": facts.get(each["source"], {}).get("next_release") or "not announced here",
        }
        for each in sources.listed()
    ]
