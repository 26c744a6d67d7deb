"""`inclusion synthetic`: the invented England."""

import sys
from collections import Counter
from typing import Annotated

import typer

from pipelines.settings import load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _group() -> None:
    """SYNTHETIC England: invented areas, whole, in a store of their own."""


@app.command()
def make(
    years: Annotated[int, typer.Option(min=1, max=5, help="How many years of returns, the latest last.")] = 2,
) -> None:
    """Make the SEN2 returns of all invented areas and the school census of two, and send them in.

    Needs INCLUSION_WORLD=synthetic. Afterwards `inclusion run` models and publishes them. Doing it again changes
    nothing.
    """
    from pipelines.logs import configure_logs
    from pipelines.services.submit import SubmitFailed
    from pipelines.synthetic.make import NotSynthetic, make_returns

    settings = load_settings()
    configure_logs(settings)
    try:
        outcomes = make_returns(settings, years, lambda line: print(line, file=sys.stderr, flush=True))
    except (NotSynthetic, SubmitFailed) as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(1) from None
    states = Counter(outcome.state for outcome in outcomes)
    print(", ".join(f"{count} {state}" for state, count in sorted(states.items())))
    refused = [outcome for outcome in outcomes if outcome.state == "refused"]
    for outcome in refused[:5]:
        print(f"{outcome.return_name} {outcome.period} of {outcome.body}: {outcome.message}", file=sys.stderr)
    if refused:
        raise typer.Exit(1)
