"""`inclusion explain`: how one figure was made."""

import json
import sys
from datetime import datetime
from typing import Annotated, Literal, NoReturn

import typer

from pipelines.settings import load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def command(
    metric: Annotated[str, typer.Argument(help="Metric id, for example ehc_20wk_pct.")],
    geography: Annotated[str, typer.Argument(help="GSS code, 3-digit code or name: E92000001, 383, Leeds.")],
    period: Annotated[str, typer.Argument(help='Period as shown: 2024, "2023/24", "January 2025", 2024-25.')],
    breakdown: Annotated[
        list[str] | None, typer.Option(help="One breakdown as name=value; give it twice for two.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Explain this source's figure, not the preferred one's.")] = None,
    audience: Annotated[
        Literal["public", "restricted"], typer.Option(help="Which store. Figures from real returns are restricted.")
    ] = "public",
    known_on: Annotated[
        datetime | None,
        typer.Option("--as-known-on", help="As it was known at the end of this day.", formats=["%Y-%m-%d"]),
    ] = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="Plain text or JSON.")] = "text",
) -> None:
    """Say how one figure was made: formula, numerator, denominator, release or returns, file, row, revisions.

    Examples:  inclusion explain ehc_20wk_pct E92000001 2024
               inclusion explain ehc_20wk_pct Leeds 2023 --as-known-on 2024-07-01
    """
    from pipelines.publish.errors import StoreError
    from pipelines.publish.lineage import explain
    from pipelines.publish.lineage_text import as_text
    from pipelines.publish.reader import current_version, open_version

    cut = {}
    for pair in breakdown or []:
        name, equals, value = pair.partition("=")
        if not equals:
            _fail(f"--breakdown {pair!r} is not name=value, for example --breakdown sex=girls.")
        cut[name.strip()] = value.strip()
    try:
        version = current_version(load_settings(), audience)
        made = explain(
            open_version(version, threads=2), metric, geography, period, cut, source, known_on and known_on.date()
        )
    except StoreError as fault:
        _fail(str(fault))
    if known_on and form == "text":
        print(f"As known at the end of {known_on:%d %B %Y}:")
    print(json.dumps(made.as_dict(), indent=1, ensure_ascii=False) if form == "json" else as_text(made))


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
