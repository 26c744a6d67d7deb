"""`inclusion published`: load releases, list what was received, rebuild the seed."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.revisions import revisions

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Load, list and re-seed published statistics, and say what was revised.\n\n"
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
