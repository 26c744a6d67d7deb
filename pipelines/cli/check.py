"""`inclusion check`: the report on a return, with nothing stored."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(no_args_is_help=True)
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, help="CSV, XLSX, Parquet, ZIP, or a folder.")],
    return_name: Annotated[str, typer.Option("--return", metavar="NAME", help="Which return, for example sen2.")],
    body: Annotated[str | None, typer.Option(metavar="CODE", help="Whose return it is.")] = None,
    period: Annotated[
        str | None, typer.Option(metavar="P", help="For example 2025 or 2025-spring; else the latest census day's.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Write every violation into this file: .json, .csv, or .xlsx (your own sheets, marked)."),
    ] = None,
) -> None:
    """Check a return and say what is wrong, row by row; store nothing.

    The report names table, row (as a spreadsheet shows it), column, rule, what was found and what to do.
    Errors must be corrected; queries need an explanation; remarks are for information. `inclusion submit` reports
    the same.

    Exit code 0 when the return would be accepted, 1 when it would be refused, 2 when it could not be checked.

    Examples:  inclusion check sen2.zip --return sen2 --body 330 --period 2025
               inclusion check pupils.csv --return school_census --report errors.xlsx
    """
    from pipelines.contracts.return_contract import ContractError, load_return
    from pipelines.intake.batch import check_batch
    from pipelines.intake.raw_tables import read_return
    from pipelines.intake.report import report_of
    from pipelines.intake.report_formats import FORMATS, write_report
    from pipelines.intake.workspace import Candidate

    try:
        contract = load_return(return_name)
    except ContractError as fault:
        raise _wrong(str(fault)) from fault
    if body is not None and not contract.is_body(body):
        raise _wrong(f"{body!r} is no code of a body that sends {contract.title}.")
    period = period or contract.latest_period(date.today())
    if not contract.is_period(period):
        raise _wrong(
            f"{period!r} is no period of {contract.title}; for example {contract.latest_period(date.today())}."
        )
    if report is not None and report.suffix not in FORMATS:
        raise _wrong(f"A report is one of {', '.join(FORMATS)}.")
    try:
        candidate = Candidate("check", body, period, read_return(contract, file))
    except OSError as fault:
        raise _wrong(f"{file.name} cannot be opened: {fault.strerror}.") from fault
    outcome = report_of(check_batch(contract, [candidate]), candidate, file)
    typer.echo(outcome.as_text(), nl=False)
    if report is not None:
        write_report(outcome, report)
    if outcome.verdict == "refused":
        raise typer.Exit(1)


def _wrong(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(2)
