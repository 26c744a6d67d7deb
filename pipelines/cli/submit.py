"""`inclusion submit`: send in a return."""

import getpass
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pipelines.settings import load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(no_args_is_help=True)
def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX, Parquet, or a ZIP of one file a table.")],
    return_name: Annotated[str, typer.Option("--return", metavar="NAME", help="Which return, for example sen2.")],
    body: Annotated[str, typer.Option(metavar="CODE", help="Whose return it is: the code of an area or school.")],
    period: Annotated[str, typer.Option(metavar="P", help="For example 2025 or 2025-spring.")],
    who: Annotated[str | None, typer.Option(help="Who sends it; the name you are logged in with by default.")] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Write every violation into this file: .json, .csv, or .xlsx (your own sheets, marked)."),
    ] = None,
    land_only: Annotated[
        bool, typer.Option("--land-only", help="Only take the return in; do not rebuild and publish.")
    ] = False,
) -> None:
    """Send in a return and bring the restricted figures up to date.

    The file is checked as `inclusion check` checks it. One that breaks an error-level rule is refused whole, and what
    was there before stays. An accepted one takes the place of the one before for the same body and period, which
    stays in the history (`inclusion submissions list`). The same file again changes nothing.

    Identifiers are used to recognise children and then dropped; the file itself is deleted after 30 days (raw_days).

    Exit code 0 when the return is accepted or already there, 1 when it is refused, 2 when it could not be taken in.

    Example:  inclusion submit sen2.zip --return sen2 --body 330 --period 2025
    """
    from pipelines.logs import configure_logs
    from pipelines.services.report import FORMATS, report_file
    from pipelines.services.submit import SubmitFailed, submit

    settings = load_settings()
    configure_logs(settings)
    if report is not None and report.suffix not in FORMATS:
        _fail(f"A report is one of {', '.join(FORMATS)}.", 2)
    try:
        outcome = submit(settings, file, return_name, body, period, who or getpass.getuser(), _progress)
    except SubmitFailed as fault:
        _fail(str(fault), 2)
    print(outcome.message)
    if outcome.report is not None:
        if not outcome.violations.is_empty():
            print(outcome.report.as_text(), end="")
        if report is not None:
            report.parent.mkdir(parents=True, exist_ok=True)
            report.write_bytes(report_file(settings, outcome.report, file.read_bytes(), report.suffix))
    if outcome.state == "refused":
        raise typer.Exit(1)
    if not land_only:
        from pipelines.run import PipelineFailed, run_pipeline

        try:
            print(run_pipeline(settings).summary)
        except PipelineFailed as fault:
            _fail(f"The return is in, but figures could not be made from it. {fault}", 1)


def _progress(line: str) -> None:
    print(f"{line} …", file=sys.stderr, flush=True)


def _fail(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(code)
