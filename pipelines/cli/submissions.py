"""`inclusion submissions`: what was sent in, and saying that it is right."""

import getpass
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pipelines.settings import load_settings

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, add_completion=False, help="List, explain and authorise submissions."
)


@app.command(name="list")
def list_submissions(
    return_name: Annotated[str | None, typer.Option("--return", metavar="NAME", help="Only of this return.")] = None,
    body: Annotated[str | None, typer.Option(metavar="CODE", help="Only of this body.")] = None,
    period: Annotated[str | None, typer.Option(metavar="P", help="Only of this period.")] = None,
) -> None:
    """List every submission, the latest first: number, when, return, body, period, what became of it, who sent it."""
    from pipelines.published.geography import load_areas
    from pipelines.services.submissions import history

    settings = load_settings()
    # An authority is filed under its nine-character code, whichever is given.
    filed = load_areas(settings.geography_dir).by_number.get(body, body) if body else None
    records = history(settings, return_name, filed, period)
    if not records:
        print("Nothing has been sent in yet.")
    for record in records:
        print(
            f"{record.submission_id[:12]}  {record.received_at:%Y-%m-%d %H:%M}  {record.return_name:<14} "
            f"{record.body:<10} {record.period:<12} {record.standing:<26} {record.who}  {record.file_name}"
        )


@app.command()
def show(
    number: Annotated[str, typer.Argument(help="First characters of a submission or receipt number.")],
    report: Annotated[
        Path | None,
        typer.Option(help="Write what was found, row by row, into this CSV. For the sender: it quotes cells."),
    ] = None,
) -> None:
    """Say everything the ledger holds about one submission, with the number of rows that broke each rule."""
    from pipelines.services.submissions import find, report_of

    settings = load_settings()
    record = find(settings, number)
    if record is None:
        _fail(f"There is not exactly one submission whose number begins with {number!r}: inclusion submissions list")
    print(f"Submission  {record.submission_id}\nReceipt     {record.receipt_id or 'none'}")
    print(f"Return      {record.return_name} of {record.body} for {record.period}\nStanding    {record.standing}")
    print(f"File        {record.file_name}, sha256 {record.sha256}")
    print(f"Sent        {record.received_at:%Y-%m-%d %H:%M:%S} UTC by {record.who}")
    if record.authorised_by:
        print(f"Authorised  {record.authorised_at:%Y-%m-%d %H:%M:%S} UTC by {record.authorised_by}")
    for heading in ("rows", "matched", "rules"):
        counted = record.counts.get(heading, {})
        print(f"{heading.capitalize():<11} " + (", ".join(f"{k} {n:,}" for k, n in counted.items()) or "none"))
    if report is not None:
        found = report_of(settings, record)
        if found is None:
            _fail("Its report was deleted with its file; check the file again with inclusion check.")
        found.write_csv(report)


@app.command()
def authorise(
    number: Annotated[str, typer.Argument(help="First characters of a submission or receipt number.")],
    who: Annotated[str | None, typer.Option(help="Who answers for it; the name you are logged in with.")] = None,
) -> None:
    """Record that you answer for an accepted return. Figures do not wait for it."""
    from pipelines.services.submissions import STATEMENT, NotAuthorised, find
    from pipelines.services.submissions import authorise as record_it

    settings = load_settings()
    record = find(settings, number)
    if record is None:
        _fail(f"There is not exactly one submission whose number begins with {number!r}: inclusion submissions list")
    try:
        record = record_it(settings, record.submission_id, who or getpass.getuser())
    except NotAuthorised as fault:
        _fail(str(fault))
    print(f"Authorised by {record.authorised_by}: {STATEMENT}")


@app.command(name="delete-old-files")
def delete_old_files() -> None:
    """Delete raw files that have been kept for longer than the setting raw_days says. Every submission does so too."""
    from pipelines.services.submit import delete_old_raw_files

    settings = load_settings()
    print(f"{delete_old_raw_files(settings):,} deleted; files are kept for {settings.raw_days} days.")


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
