"""Which release a file belongs to, when its figures became known, and the receipt that says so."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import polars as pl

from pipelines.published.mapping import Mapping
from pipelines.published.patterns import fits
from pipelines.published.problems import FileOutcome
from pipelines.published.sources import SourceFile
from pipelines.published.vocabulary import Publication, Release

REFUSED = {
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "rule": pl.String,
    "found": pl.String,
    "do": pl.String,
}


def release_of(
    publication: Publication, mapping: Mapping, stem: str, latest: int | None, published_on: datetime | None
) -> Release:
    """Which release a file belongs to: by its name `stem`, the latest period it holds, or its publication date.

    A release that `publications.yaml` does not list yet is named after its year or month.
    """
    for release in publication.releases:
        if fits(stem, release.files):
            return release
    if any(release.reporting_year is not None for release in publication.releases):
        year = (latest or 0) + mapping.reporting_year_offset
        for release in publication.releases:
            if release.reporting_year == year:
                return release
        return Release(id=f"{publication.id}_{year}", published=published_on or _now(), reporting_year=year)
    newest = max(publication.releases, key=lambda release: release.published)
    if published_on is None or published_on <= newest.published:
        return newest
    return Release(id=f"{publication.id}_{published_on:%Y_%m}", published=published_on)


def clocks(
    receipts: list[dict[str, Any]],
    earlier: dict[str, Any] | None,
    release: Release,
    mapping: Mapping,
    stem: str,
    published_on: datetime | None,
) -> tuple[datetime, datetime]:
    """(known from, received at) of a file. One that was read before, or is in the seed, keeps the clocks it had.

    Another file for the same dataset and release is a correction, known later; of a dataset in `parts`, a file `stem`
    is a part, and only another file of the same name corrects it.
    """
    if earlier:
        return datetime.fromisoformat(earlier["known_from"]), datetime.fromisoformat(earlier["received_at"])
    before = [r for r in receipts if r["release_id"] == release.id and r["dataset"] == mapping.dataset]
    first = not any(not mapping.parts or r["source_file"].casefold() == stem.casefold() for r in before)
    received = _now()
    if not first:
        return published_on or received, received
    # A later edition of a release whose first one we never had was not known when that came out.
    return max(release.published, published_on or release.published), received


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def receipt_of(
    outcome: FileOutcome,
    mapping: Mapping,
    publication: Publication,
    release: Release,
    source: SourceFile,
    known_from: datetime,
    received: datetime,
) -> dict[str, Any]:
    """The receipt of a file that is about to land, as receipt.json holds it."""
    return {
        "receipt_id": outcome.receipt_id,
        "release_id": release.id,
        "dataset": mapping.dataset,
        "publication_id": publication.id,
        "source_file": source.stem,
        "source_bytes": len(source.content or b""),
        "published_on": release.published.isoformat(),
        "received_at": received.isoformat(),
        "known_from": known_from.isoformat(),
        "mapping_id": mapping.path.name,
        "mapping_sha256": mapping.sha256,
        "code_version": version("inclusion"),
        "rows": {
            "read": outcome.read,
            "loaded": outcome.loaded,
            "refused": outcome.refused,
            "out_of_scope": outcome.out_of_scope,
        },
        "out_of_scope_reasons": outcome.out_of_scope_reasons,
        "figures": outcome.figures,
        "metrics": outcome.metrics,
        "areas": outcome.areas,
        "periods": outcome.periods,
        "warnings": outcome.warnings,
        "columns": outcome.columns,
    }


def refused_rows(outcome: FileOutcome) -> pl.DataFrame:
    """Every fault of a file as a table, to be kept beside its figures."""
    return pl.DataFrame(
        [(p.file, p.row, p.column, p.rule, p.found, p.do) for p in outcome.problems], schema=REFUSED, orient="row"
    )
