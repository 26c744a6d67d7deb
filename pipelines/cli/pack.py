"""`inclusion pack`: the evidence pack of one area. The dashboards make it, in a process of their own."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.settings import load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def command(
    area: Annotated[str, typer.Argument(help="GSS code, 3-digit code or name: E10000016, 886, Kent.")],
    out: Annotated[Path, typer.Option(help="The PDF to write.")],
    family: Annotated[
        list[str] | None, typer.Option(help="Only this family of measures, such as identification; twice for two.")
    ] = None,
) -> None:
    """Write the evidence pack of one area: a plain summary of two pages, then charts, tables, caveats and sources.

    Example: inclusion pack Kent --out kent.pdf
    """
    load_settings()
    chosen = [f"--family={each}" for each in family or []]
    done = subprocess.run([sys.executable, "-m", "dashboards.pack", f"--out={out}", *chosen, "--", area], check=False)
    raise typer.Exit(done.returncode)
