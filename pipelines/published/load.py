"""Load published releases: find the mapping of each file, read it, check it, land it, and say what became of it."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import structlog

from pipelines.published import catalogue
from pipelines.published.drift import columns_of, find_drift, say_renames, with_renames
from pipelines.published.figures import BREAKDOWN, FIGURES
from pipelines.published.geography import boundary_set_on, load_areas
from pipelines.published.lait_long import read_lait_long, read_lait_table
from pipelines.published.landing import land, read_receipts, sweep
from pipelines.published.mapping import Mapping, load_mappings, load_out_of_scope, load_publications
from pipelines.published.observing import Lent
from pipelines.published.patterns import fits
from pipelines.published.problems import FileOutcome, LoadReport, Problem, quantity
from pipelines.published.reading import Reading
from pipelines.published.receipts import clocks, receipt_of, refused_rows, release_of
from pipelines.published.sources import SourceFile, open_sources
from pipelines.published.tables import read_table
from pipelines.published.text_table import TextTable
from pipelines.published.tidy import read_tidy
from pipelines.published.vocabulary import Publication, Release
from pipelines.settings import Settings

log = structlog.get_logger()
Progress = Callable[[str], None]


def load_paths(
    settings: Settings,
    paths: list[Path],
    *,
    published_on: datetime | None = None,
    partial: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """Land every file under `paths` that a mapping knows; report on every file, whatever became of it.

    Strict unless `partial`: a file with a refused row or a missing column lands nothing. The same content again is
    "already loaded". Raises nothing for what a file holds: read the report.
    """
    sweep(settings)
    report = LoadReport()
    queue = [(source, _mapping_of(source)) for source in open_sources(paths)]
    # A dataset that lends its counts comes before those that borrow them.
    order = {mapping.dataset: n for n, mapping in enumerate(_lenders_first())}
    queue.sort(key=lambda pair: (order[pair[1].dataset] if isinstance(pair[1], Mapping) else -1, pair[0].name))
    receipts = read_receipts(settings)
    for source, mapping in queue:
        started = time.monotonic()
        outcome = _load_one(settings, source, mapping, receipts, published_on, partial)
        if outcome.outcome in ("loaded", "loaded in part"):
            receipts = read_receipts(settings)
        outcome.seconds = round(time.monotonic() - started, 2)
        report.files.append(outcome)
        log.info("published file", file=outcome.file, outcome=outcome.outcome, seconds=outcome.seconds)
        if progress and not outcome.unnamed:
            progress(f"{outcome.file}: {outcome.outcome}, {outcome.figures:,} figures ({outcome.seconds:.1f} s)")
    return report


def _left_out(source: SourceFile) -> str | None:
    """Why a file is deliberately not loaded, if it is one of those."""
    for entry in load_out_of_scope():
        if fits(source.stem, entry.files) or fits(source.name, entry.files):
            return entry.reason
    return None


def _mapping_of(source: SourceFile) -> Mapping | str | None:
    """The mapping of a file, or why it is deliberately not loaded."""
    named = (mapping for mapping in load_mappings() if fits(source.stem, mapping.files))
    return _left_out(source) or next(named, None)


def _lenders_first() -> list[Mapping]:
    mappings = list(load_mappings())
    borrowing = {m.dataset for m in mappings if any(metric.denominator_from for metric in m.metrics)}
    return sorted(mappings, key=lambda m: (m.dataset in borrowing, m.dataset))


def _load_one(
    settings: Settings,
    source: SourceFile,
    mapping: Mapping | str | None,
    receipts: list[dict[str, Any]],
    published_on: datetime | None,
    partial: bool,
) -> FileOutcome:
    if isinstance(mapping, str):
        return FileOutcome(source.name, "out of scope", reason=mapping)
    if source.content is None:
        problem = Problem(source.name, "The file cannot be opened", source.fault or "", source.remedy)
        return FileOutcome(source.name, "refused", problems=[problem])
    if mapping is None:
        return FileOutcome(source.name, "out of scope", warnings=["no mapping contract names a file like this"])
    outcome = FileOutcome(source.name, "refused", dataset=mapping.dataset, receipt_id=source.receipt_id)
    same = (source.receipt_id, mapping.dataset)
    earlier = next((r for r in receipts if (r["receipt_id"], r["dataset"]) == same), None)
    read_before = earlier is not None and not earlier["is_seed"]
    if earlier and read_before and earlier["mapping_sha256"] == mapping.sha256:
        return _already(outcome, earlier)
    table, reading = _read_and_compare(outcome, source, mapping, receipts)
    _account(outcome, table, reading, mapping)
    if outcome.nothing_to_load or (outcome.problems and not partial):
        # Refused whole: rows that were right are refused with the rest.
        outcome.refused, outcome.loaded = outcome.refused + outcome.loaded, 0
        return outcome
    publication = load_publications()[mapping.publication]
    release = release_of(publication, mapping, source.stem, reading.latest, published_on)
    outcome.release_id = release.id
    known_from, received = clocks(receipts, earlier, release, mapping, source.stem, published_on)
    figures = _complete(reading, mapping, publication, release, source, source.receipt_id, known_from)
    _summarise(outcome, figures)
    if read_before:
        outcome.warnings.append("read again, because its mapping has changed; known from the same moment as before")
    land(
        settings,
        receipt_of(outcome, mapping, publication, release, source, known_from, received),
        figures,
        refused_rows(outcome),
        replaces=earlier["folder"] if earlier and read_before else None,
    )
    outcome.outcome = "loaded in part" if outcome.problems else "loaded"
    return outcome


def _read_and_compare(
    outcome: FileOutcome, source: SourceFile, mapping: Mapping, receipts: list[dict[str, Any]]
) -> tuple[TextTable, Reading]:
    """Read a file, and note in `outcome` where it differs from its mapping."""
    table, reading = _read(source, mapping, receipts)
    outcome.drift = drift = find_drift(table, mapping, source.name, receipts)
    reading.faults = say_renames(drift, reading.faults)
    if drift.sure:
        # Read on under the names that leave no doubt, so that one report names everything; the faults stay.
        renamed = [fault for fault in reading.faults if fault.column in drift.sure]
        table, reading = _read(source, with_renames(mapping, drift.sure), receipts)
        reading.faults = renamed + say_renames(drift, reading.faults)
    drift.count(reading)
    outcome.columns = columns_of(table)
    return table, reading


def _summarise(outcome: FileOutcome, figures: pl.DataFrame) -> None:
    outcome.figures = figures.height
    outcome.metrics = sorted(figures["metric_id"].unique())
    outcome.areas = figures["geography_code"].n_unique()
    outcome.periods = sorted({str(day) for day in figures["period_end"].unique()})
    differing = figures.filter(pl.col("quality_flags").str.contains("counts_disagree")).height
    if differing:
        outcome.warnings.append(
            f"the published counts do not give the published percentage in {quantity(differing, 'figure')}: "
            "the percentage is shown, flagged counts_disagree, without the counts"
        )


def _already(outcome: FileOutcome, receipt: dict[str, Any]) -> FileOutcome:
    rows = receipt["rows"]
    outcome.outcome, outcome.release_id = "already loaded", receipt["release_id"]
    outcome.read, outcome.loaded, outcome.refused = rows["read"], rows["loaded"], rows["refused"]
    outcome.out_of_scope, outcome.out_of_scope_reasons = rows["out_of_scope"], receipt["out_of_scope_reasons"]
    outcome.figures, outcome.metrics, outcome.areas = receipt["figures"], receipt["metrics"], receipt["areas"]
    outcome.periods = receipt["periods"]
    return outcome


def _read(source: SourceFile, mapping: Mapping, receipts: list[dict[str, Any]]) -> tuple[TextTable, Reading]:
    content, file = source.content or b"", source.name
    definitions = catalogue.load_catalogue().definitions
    if mapping.layout == "lait_long":
        table = read_lait_table(content, file)
        return table, read_lait_long(table, mapping, load_areas(), definitions, file) if not table.faults else Reading()
    table = read_table(content, mapping, file)
    if table.faults:
        return table, Reading()
    lent, missing = _borrowed(receipts, mapping, file)
    if missing:
        table.faults += missing
        return table, Reading()
    return table, read_tidy(table, mapping, load_areas(), definitions, lent, file)


def _borrowed(receipts: list[dict[str, Any]], mapping: Mapping, file: str) -> tuple[Lent, list[Problem]]:
    """Figures of the newest receipt of each lending dataset of this publication."""
    lent: Lent = {}
    absent: dict[str, list[str]] = {}
    for metric in mapping.metrics:
        if metric.denominator_from is None:
            continue
        lender = metric.denominator_from
        newest = [r for r in receipts if r["dataset"] == lender.dataset and not r["is_seed"]]
        if not newest:
            absent.setdefault(lender.dataset, []).append(metric.id)
            continue
        figures = pl.read_parquet(newest[-1]["folder"] / "figures.parquet")
        wanted = ["geography_code", "period_start", *BREAKDOWN, "value", "status_reason"]
        lent[(lender.dataset, lender.metric)] = figures.filter(pl.col("metric_id") == lender.metric).select(wanted)
    missing = [
        Problem(
            file,
            "Another file of the release is needed first",
            f"no {dataset} file has been loaded, which {' and '.join(metrics)} are a share of",
            "Load the folder or ZIP of the whole release.",
        )
        for dataset, metrics in absent.items()
    ]
    return lent, missing


def _account(outcome: FileOutcome, table: TextTable, reading: Reading, mapping: Mapping) -> None:
    outcome.problems = [*table.faults, *reading.faults, *table.refused, *reading.problems]
    outcome.warnings = [*table.notes, *reading.warnings]
    outcome.out_of_scope_reasons = reading.scope_counts()
    if table.blank:
        outcome.out_of_scope_reasons["the row is blank"] = table.blank
    outcome.read = table.read
    outcome.refused = len(table.refused) + len(reading.refused_rows)
    outcome.nothing_to_load = not any(part.height for part in reading.figures)
    if outcome.nothing_to_load and (table.faults or reading.faults):
        # A file whose columns are not there has had none of its rows read as figures.
        outcome.refused, outcome.out_of_scope_reasons = table.read, {}
    elif outcome.nothing_to_load and not outcome.problems:
        found = f"nothing that {mapping.path.name} reads ({mapping.title})"
        do = "Check that this is the right file; the reasons its rows are out of scope stand above."
        outcome.problems.append(Problem(outcome.file, "The file holds no figure in scope", found, do))
    outcome.out_of_scope = sum(outcome.out_of_scope_reasons.values())
    outcome.loaded = outcome.read - outcome.refused - outcome.out_of_scope


def _complete(
    reading: Reading,
    mapping: Mapping,
    publication: Publication,
    release: Release,
    source: SourceFile,
    receipt_id: str,
    known_from: datetime,
) -> pl.DataFrame:
    figures = pl.concat(reading.figures, how="diagonal").with_columns(
        geography_vintage=pl.lit(boundary_set_on(release.published.date())),
        source=pl.lit(publication.id),
        statistical_status=pl.lit(publication.statistical_status),
        release_id=pl.lit(release.id),
        dataset=pl.lit(mapping.dataset),
        receipt_id=pl.lit(receipt_id),
        known_from=pl.lit(known_from),
        source_file=pl.lit(source.stem),
    )
    figures = figures.select(pl.col(name).cast(kind) for name, kind in FIGURES.items())
    return figures.sort("metric_id", "geography_code", "period_start", *BREAKDOWN)
