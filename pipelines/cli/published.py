"""`inclusion published`: load, draft, fetch and list releases, say what they revised, rebuild the seed."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.revisions import revisions

if TYPE_CHECKING:
    from pipelines.published.ees_api import EesApi
    from pipelines.published.mapping import Mapping

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Load, list, fetch and re-seed published statistics, and say what was revised.\n\n"
    "A release file is read by the mapping contract in data_contracts/published that names it. Every row of it is "
    "loaded, refused with a reason, or out of scope with a reason; the three add up to the rows read.",
)

app.command(name="revisions")(revisions)

SLOW_SECONDS = 2.0


@app.command(no_args_is_help=True)
def load(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders, ZIP or gzip archives.")],
    published_on: Annotated[
        datetime | None,
        typer.Option(
            help="When the release, or this correction of it, was published. "
            "Known releases have their date in publications.yaml; without either, the time of loading is used.",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
        ),
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Load the good rows of a file that has wrong ones.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Write the whole report as JSON into this file.")] = None,
    land_only: Annotated[
        bool, typer.Option("--land-only", help="Only take the figures in; do not rebuild and publish.")
    ] = False,
) -> None:
    """Load published release files and bring the dashboards up to date.

    A file with a missing column, an unknown area, text in a number or a torn row is refused whole, and the report
    names every fault at once: file, row, column, what was found, what to do. --partial loads its good rows.
    The same file again changes nothing. A different file for the same release is a correction: the earlier
    figures stay known as they were.

    Exit code 0 when every file is loaded, already loaded or out of scope; 1 when a file was refused or a check failed.

    Examples:  inclusion published load release.zip
               inclusion published load folder --report faults.json
               inclusion published load requests.csv --published-on 2026-06-25 --partial
    """
    _take_in(paths, published_on, partial=partial, report=report, land_only=land_only)


@app.command(no_args_is_help=True)
def draft(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A data file: CSV, XLSX or ODS, also packed.")],
    out: Annotated[Path | None, typer.Option(help="Write the draft into this file, which must not exist yet.")] = None,
) -> None:
    """Draft a mapping of a file that no mapping names.

    Guesses the layout, area, time, breakdowns and figures, and finds percentages with their counts by doing the sum
    on every row. What only a person can say is left as texts that begin with FILL IN; loading refuses a draft until
    they are filled in, and names each.

    Example:  inclusion published draft waiting_times.xlsx --out data_contracts/published/waiting_times.yaml
    """
    from pipelines.published.drafting import DraftError, draft_of
    from pipelines.published.mapping import ContractError

    if out is not None and out.exists():
        typer.echo(f"{out} is there already. Give another name, or remove it first.", err=True)
        raise typer.Exit(1)
    try:
        text = draft_of(path)
    except (DraftError, ContractError) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{out}: {text.count('FILL IN:'):,} texts to fill in")


@app.command(no_args_is_help=True)
def pull(
    data_set: Annotated[
        str, typer.Argument(metavar="DATA_SET", help="The identifier of a data set, or the address of its page.")
    ] = "",
    search: Annotated[
        str, typer.Option(help="List publications with this text in their title, and their data sets; fetch nothing.")
    ] = "",
    version: Annotated[str, typer.Option(help="A version such as 1.0, or 1.* for the newest of a series.")] = "",
    dataset: Annotated[
        str, typer.Option("--as", metavar="DATASET", help="Read it by this mapping, whatever its title is.")
    ] = "",
    versions: Annotated[
        bool, typer.Option("--versions", help="List the versions of the data set; fetch nothing.")
    ] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Load what is right of a file that has faults.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the whole report as JSON into this file.")] = None,
    download_only: Annotated[bool, typer.Option("--download-only", help="Fetch the file; do not load it.")] = False,
) -> None:
    """Fetch a data set from Explore education statistics and load it. THIS USES THE NETWORK.

    No other command does, and nothing runs this one for you. It asks the public API at INCLUSION_EES_API_URL
    (version 1; no key needed), keeps what it fetched in the store and does not fetch again what has not changed.
    A download that broke off is taken up where it ended when the same command is given again.

    Examples:  inclusion published pull --search "education health and care"
               inclusion published pull 63cfc86e-c334-4e58-2912-08da0807d53c --as ehc_requests
    """
    from pipelines.published.downloading import DownloadError
    from pipelines.published.ees_api import EesApi, data_set_id_of
    from pipelines.published.file_names import left_out, mapping_of
    from pipelines.published.mapping import load_mappings
    from pipelines.settings import load_settings

    settings = load_settings()
    mapping = _mapping_named(dataset)
    api = EesApi(settings, say=lambda line: typer.echo(line, err=True))
    try:
        if search:
            _list_data_sets(api, search)
            return
        identifier = data_set_id_of(data_set)
        if versions:
            for each in api.versions(identifier):
                typer.echo(f"{each.version:<8} {each.said()}")
            return
        pulled = api.pull(identifier, version or None, mapping)
    except (DownloadError, ValueError) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{pulled.data_set.title}, version {pulled.version.version}, {pulled.version.said()}: {pulled.path}")
    name = pulled.path.name.removesuffix(".gz")
    if mapping is None and mapping_of(name) is None and left_out(name) is None:
        typer.echo(
            "No mapping names a file of this title. Give --as DATASET if it is an edition of one of "
            f"{', '.join(m.dataset for m in load_mappings())}; else begin a mapping: "
            f"inclusion published draft {pulled.path}"
        )
        return
    if not download_only:
        _take_in([pulled.path], pulled.version.published_on, partial=partial, report=report, land_only=False)


def _mapping_named(dataset: str) -> "Mapping | None":
    from pipelines.published.mapping import load_mappings, mapping_for

    if not dataset:
        return None
    try:
        return mapping_for(dataset)
    except KeyError:
        known = ", ".join(mapping.dataset for mapping in load_mappings())
        typer.echo(f"There is no dataset {dataset}. Those there are: {known}", err=True)
        raise typer.Exit(2) from None


def _list_data_sets(api: "EesApi", search: str) -> None:
    found = False
    for publication in api.publications(search):
        found = True
        typer.echo(publication.title)
        for data_set in api.data_sets(publication.id):
            typer.echo(
                f"  {data_set.id}  {data_set.title}, version {data_set.latest.version}, {data_set.latest.said()}"
            )
    if not found:
        typer.echo(
            f"The API has no publication with {search!r} in its title. Many are not in the API yet: download the "
            "release from its page and give the file to `inclusion published load`."
        )


def _take_in(
    paths: list[Path], published_on: datetime | None, *, partial: bool, report: Path | None, land_only: bool
) -> None:
    """Load, report, and bring the dashboards up to date. Exits with 1 or 2 as `load` says."""
    from pipelines.logs import configure_logs
    from pipelines.published.load import load_paths
    from pipelines.published.mapping import ContractError
    from pipelines.settings import load_settings

    settings = load_settings()
    configure_logs(settings)
    try:
        outcome = load_paths(
            settings, paths, published_on=_at_half_past_nine(published_on), partial=partial, progress=_Progress()
        )
    except ContractError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from fault
    typer.echo(outcome.as_text(), nl=False)
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(outcome.as_json(), encoding="utf-8")
    if outcome.landed and not land_only:
        from pipelines.run import PipelineFailed, run_pipeline

        try:
            typer.echo(run_pipeline(settings).summary)
        except PipelineFailed as fault:
            typer.echo(str(fault), err=True)
            raise typer.Exit(1) from None
    if not outcome.ok:
        raise typer.Exit(1)


@app.command()
def seed() -> None:
    """Rebuild seeds/published/headline_figures.parquet from what is loaded.

    Load the releases first (`inclusion published load --land-only PATH`); then commit the new seed.
    """
    from pipelines.published.seed import SEED, SeedTooLargeError, build_seed
    from pipelines.settings import load_settings

    try:
        built = build_seed(load_settings())
    except SeedTooLargeError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from fault
    typer.echo(f"{SEED.name}: {built['figures']:,} figures of {built['receipts']} files, {built['bytes']:,} bytes")


@app.command(name="list")
def list_receipts() -> None:
    """List every file received: release, dataset, when it became known, rows and figures."""
    from pipelines.published.landing import read_receipts
    from pipelines.settings import load_settings

    receipts = read_receipts(load_settings())
    if not receipts:
        typer.echo("Nothing has been loaded yet. `inclusion run` starts from the figures in the repository.")
        return
    for r in receipts:
        rows = r["rows"]
        typer.echo(
            f"{r['release_id']:<16} {r['dataset']:<22} {r['receipt_id'][:12]}  known {r['known_from'][:16]}  "
            f"{rows['read']:>8,} rows = {rows['loaded']:,} loaded + {rows['refused']:,} refused + "
            f"{rows['out_of_scope']:,} out of scope  {r['figures']:>9,} figures  {r['source_file']}"
            + ("  (headline figures, from the repository)" if r["is_seed"] else "")
        )


def _at_half_past_nine(day: datetime | None) -> datetime | None:
    # Statistics are published at 09:30; a bare date means that moment.
    return day.replace(hour=9, minute=30) if day and (day.hour, day.minute) == (0, 0) else day


class _Progress:
    """Prints a line per file once the whole takes longer than two seconds."""

    def __init__(self) -> None:
        from time import monotonic

        self._clock, self._started, self._waiting = monotonic, monotonic(), list[str]()

    def __call__(self, line: str) -> None:
        self._waiting.append(line)
        if self._clock() - self._started > SLOW_SECONDS:
            for waiting in self._waiting:
                print(waiting, file=sys.stderr, flush=True)
            self._waiting.clear()
