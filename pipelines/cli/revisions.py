"""`inclusion published revisions`: what releases changed of what was known before."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer


def revisions(
    release: Annotated[str | None, typer.Option(help="Only what this release changed: ehc_plans_2025.")] = None,
    metric: Annotated[str | None, typer.Option(help="Only this metric.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area: code or name.")] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="Write every revised figure into this file.")] = None,
) -> None:
    """Say which published figures a later release or correction changed, by how much, and why if the release says so.

    Examples:  inclusion published revisions --release ehc_plans_2025
               inclusion published revisions --metric ehc_20wk_pct --area Leeds --csv revised.csv
    """
    from pipelines.publish.errors import StoreError
    from pipelines.publish.history import as_text
    from pipelines.publish.history import revisions as find
    from pipelines.publish.reader import current_version, open_version
    from pipelines.settings import load_settings

    try:
        found = find(open_version(current_version(load_settings(), "public"), threads=2), release, metric, area)
    except StoreError as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(1) from fault
    print(as_text(found))
    if table is not None and found.figures:
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(found.figures[0]))
            writer.writeheader()
            writer.writerows(found.figures)
