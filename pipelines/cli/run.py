"""`inclusion run`: the whole pipeline, once."""

import sys
from typing import Annotated

import typer

from pipelines.settings import load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def run(force: Annotated[bool, typer.Option(help="Rebuild even when nothing has changed.")] = False) -> None:
    """Check, model, compare and publish everything that has been loaded.

    On a fresh clone it loads the seed of headline figures first. When nothing has changed since the live
    version was published it says so and stops. A failed check publishes nothing: the live version stays.
    """
    from pipelines.logs import configure_logs
    from pipelines.run import PipelineFailed, run_pipeline

    settings = load_settings()
    configure_logs(settings)
    try:
        result = run_pipeline(settings, force=force)
    except PipelineFailed as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(1) from None
    print(result.summary, flush=True)
