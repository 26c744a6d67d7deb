"""The public catalogue: every metric's definition, every source, every release received."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.published.mapping import (
    ContractError,
    Mapping,
    MetricMapping,
    load_breakdowns,
    load_mappings,
    load_publications,
)
from pipelines.published.reconciliations import rule_rows
from pipelines.published.vocabulary import Definition, Publication
from pipelines.settings import Settings


@dataclass(frozen=True)
class CatalogueEntry:
    """One metric: its definition, the mapping that defines it, and every source that gives it (best first)."""

    metric_id: str
    definition: Definition
    mapping: Mapping
    metric: MetricMapping
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """All metrics in the order of the contracts, and all publications."""

    entries: tuple[CatalogueEntry, ...]
    publications: dict[str, Publication]

    @property
    def definitions(self) -> dict[str, Definition]:
        return {entry.metric_id: entry.definition for entry in self.entries}

    def families(self) -> dict[str, int]:
        """Number of metrics in each family."""
        return dict(Counter(entry.definition.family for entry in self.entries))


@lru_cache(maxsize=2)
def load_catalogue() -> Catalogue:
    """Read and validate all contracts. Cheap to import.

    Raises ContractError for a metric that no mapping defines, or that two mappings define.
    """
    publications = load_publications()
    defined: dict[str, tuple[Mapping, MetricMapping]] = {}
    sources: dict[str, set[str]] = {}
    for mapping in load_mappings():
        for metric in mapping.metrics:
            sources.setdefault(metric.id, set()).add(mapping.publication)
            if metric.definition is None:
                continue
            if metric.id in defined:
                raise ContractError(
                    f"{metric.id} is defined in {defined[metric.id][0].path.name} and {mapping.path.name}"
                )
            defined[metric.id] = (mapping, metric)
    undefined = sorted(set(sources) - set(defined))
    if undefined:
        raise ContractError(f"no mapping defines {', '.join(undefined)}")
    _add_up_amounts_only(
        {metric_id: definition for metric_id, (_, metric) in defined.items() if (definition := metric.definition)}
    )
    entries = []
    for metric_id, (mapping, metric) in defined.items():
        assert metric.definition is not None
        best_first = tuple(sorted(sources[metric_id], key=lambda s: publications[s].priority))
        entries.append(CatalogueEntry(metric_id, metric.definition, mapping, metric, best_first))
    return Catalogue(tuple(entries), publications)


def _add_up_amounts_only(definitions: dict[str, Definition]) -> None:
    for mapping in load_mappings():
        for metric in mapping.metrics if mapping.area and mapping.area.added_up else []:
            if metric.value and definitions[metric.id].unit not in ("count", "gbp"):
                raise ContractError(
                    f"{mapping.path.name}: {metric.id} is a figure of sub-ICB locations in "
                    f"{definitions[metric.id].unit}, and only numbers and amounts can be added up to a board. Give its "
                    "counts, or leave it out"
                )


def write_catalogue(settings: Settings, out_dir: Path) -> None:
    """Write dim_metric, dim_source, dim_release, dim_breakdown and dim_reconciliation into `out_dir`, each whole or not
    at all.

    Beside them nothing_yet/figures.parquet, which the model reads while no release has been loaded.
    """
    import polars as pl

    from pipelines.published.figures import FIGURES

    out_dir.mkdir(parents=True, exist_ok=True)
    tables = {
        "dim_metric": pl.DataFrame(metric_rows(), schema=_METRIC, orient="row"),
        "dim_source": pl.DataFrame(_source_rows(), schema=_SOURCE, orient="row"),
        "dim_release": pl.DataFrame(_release_rows(settings), schema=_RELEASE, orient="row"),
        "dim_breakdown": pl.DataFrame(_breakdown_rows(), schema=_BREAKDOWN, orient="row"),
        "dim_reconciliation": pl.DataFrame(
            rule_rows(set(load_catalogue().definitions), set(load_publications())), schema=_RECONCILIATION, orient="row"
        ),
    }
    for name, table in tables.items():
        part = out_dir / f".{name}.part"
        types = {"published_on": pl.Datetime("us"), "known_from": pl.Datetime("us"), "received_at": pl.Datetime("us")}
        times = [pl.col(c).str.to_datetime(time_unit="us").cast(t) for c, t in types.items() if c in table.columns]
        table.with_columns(times).write_parquet(part)
        part.replace(out_dir / f"{name}.parquet")
    nothing_yet = out_dir / "nothing_yet"
    nothing_yet.mkdir(exist_ok=True)
    pl.DataFrame(schema=FIGURES).write_parquet(nothing_yet / "figures.parquet")


def metric_rows() -> list[dict[str, Any]]:
    """One row per metric, as dim_metric holds it."""
    rows = []
    for entry in load_catalogue().entries:
        d = entry.definition
        rows.append(
            {
                "metric_id": entry.metric_id,
                **d.model_dump(exclude={"known_breaks", "value_labels"}),
                "value_labels": json.dumps(d.value_labels, ensure_ascii=False) if d.value_labels else None,
                "period_type": entry.mapping.period_of(entry.metric),
                "geography_basis": entry.mapping.basis_of(entry.metric),
                "stat_method": stat_method(entry.metric, d),
                "interval_reason": None if stat_method(entry.metric, d) != "none" else interval_reason(d),
                "known_breaks": json.dumps([b.model_dump(mode="json", exclude_none=True) for b in d.known_breaks]),
                "source_title": load_publications()[entry.sources[0]].title,
            }
        )
    return rows


def stat_method(metric: MetricMapping, definition: Definition) -> str:
    """How an interval is made for this metric: `proportion_wilson`, `rate_byar` or `none`."""
    if not metric.has_counts or metric.interval == "none" or definition.signed:
        return "none"
    return {"percent": "proportion_wilson", "rate_per_1000": "rate_byar", "rate_per_100": "rate_byar"}.get(
        definition.unit, "none"
    )


def interval_reason(definition: Definition) -> str:
    """Why a metric has no interval, in words for the page."""
    if definition.interval_reason:
        return definition.interval_reason
    if definition.unit == "count":
        return "a count of everyone, not a sample or a share"
    if definition.unit == "gbp":
        return "money, not a count of children"
    if definition.signed:
        return "a balance, not a share of a whole"
    if definition.unit == "category":
        return "a category, not a number"
    return "published without the counts behind it"


def _source_rows() -> list[dict[str, Any]]:
    return [
        {
            "source": p.id,
            "publication_title": p.title,
            "publisher": p.publisher,
            "licence": p.licence,
            "statistical_status": p.statistical_status,
            "priority": p.priority,
            "next_release": p.next_release,
            "contact": p.contact,
            "attribution": p.attribution,
        }
        for p in load_publications().values()
    ]


def _release_rows(settings: Settings) -> list[dict[str, Any]]:
    from pipelines.published.landing import read_receipts

    notes = {release.id: release.revision_note for p in load_publications().values() for release in p.releases}
    return [
        {
            "receipt_id": r["receipt_id"],
            "release_id": r["release_id"],
            "dataset": r["dataset"],
            "source": r["publication_id"],
            "source_file": r["source_file"],
            "published_on": r["published_on"],
            "known_from": r["known_from"],
            "received_at": r["received_at"],
            **{f"rows_{name}": r["rows"][name] for name in ("read", "loaded", "refused", "out_of_scope")},
            "is_seed": r["is_seed"],
            "code_version": r["code_version"],
            "mapping_id": r["mapping_id"],
            "mapping_sha256": r["mapping_sha256"],
            "revision_note": notes.get(r["release_id"]),
        }
        for r in read_receipts(settings)
    ]


def _breakdown_rows() -> list[dict[str, Any]]:
    return [
        {"breakdown": code, "breakdown_label": b.label, "value": value, "value_label": labels[0], "sort_key": n}
        for code, b in load_breakdowns().items()
        for n, (value, labels) in enumerate(b.values.items(), start=1)
    ]


_METRIC: dict[str, type] = {
    "metric_id": str,
    "label": str,
    "short_label": str,
    "family": str,
    "theme": str,
    "domain_row": int,
    "description": str,
    "numerator_label": str,
    "denominator_label": str,
    "unit": str,
    "value_labels": str,
    "decimals": int,
    "signed": bool,
    "polarity": str,
    "period_type": str,
    "geography_basis": str,
    "stat_method": str,
    "interval_reason": str,
    "key_metric": bool,
    "key_reason": str,
    "headline_order": int,
    "standard_label": str,
    "standard_value": float,
    "caveats": str,
    "known_breaks": str,
    "source_title": str,
}
_SOURCE: dict[str, type] = {
    "source": str,
    "publication_title": str,
    "publisher": str,
    "licence": str,
    "statistical_status": str,
    "priority": int,
    "next_release": str,
    "contact": str,
    "attribution": str,
}
_RELEASE: dict[str, type] = {
    "receipt_id": str,
    "release_id": str,
    "dataset": str,
    "source": str,
    "source_file": str,
    "published_on": str,
    "known_from": str,
    "received_at": str,
    "rows_read": int,
    "rows_loaded": int,
    "rows_refused": int,
    "rows_out_of_scope": int,
    "is_seed": bool,
    "code_version": str,
    "mapping_id": str,
    "mapping_sha256": str,
    "revision_note": str,
}
_BREAKDOWN: dict[str, type] = {
    "breakdown": str,
    "breakdown_label": str,
    "value": str,
    "value_label": str,
    "sort_key": int,
}
_RECONCILIATION: dict[str, type] = {
    "position": int,
    "comparison": str,
    "metric_id": str,
    "unit": str,
    "source": str,
    "other_source": str,
    "geography_code": str,
    "period_from": date,
    "period_to": date,
    "tolerance_absolute": float,
    "tolerance_percent": float,
    "explanation": str,
}
