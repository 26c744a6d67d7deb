"""`inclusion`, the one front door. A command's module is imported when that command runs, never before."""

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from pipelines.settings import SettingsError

# name → (module, what it does). The module exposes `app` (a Typer application).
COMMANDS = {
    "run": (
        "pipelines.cli.run",
        "Bring the figures up to date: check, model, compare and publish what has been loaded.",
    ),
    "serve": ("pipelines.cli.serve", "Serve the public dashboards, or the app that returns are sent in with."),
    "pack": ("pipelines.cli.pack", "Write the evidence pack of one area as a PDF."),
    "check": ("pipelines.cli.check", "Check a return and report what is wrong, row by row; store nothing."),
    "submit": ("pipelines.cli.submit", "Send in a return: check it, take it in, bring the figures up to date."),
    "submissions": ("pipelines.cli.submissions", "List, explain and authorise what was sent in."),
    "person": ("pipelines.cli.person", "Rotate the key that children are recognised by."),
    "published": ("pipelines.cli.published", "Load, list, fetch and re-seed published statistics."),
    "synthetic": ("pipelines.cli.synthetic", "Make the returns of SYNTHETIC England (INCLUSION_WORLD=synthetic)."),
    "explain": (
        "pipelines.cli.explain",
        "Say how one figure was made: formula, numerator, denominator, release, receipt.",
    ),
    "sql": ("pipelines.cli.sql", "Answer one SELECT from the public figures, read-only, within limits."),
    "store": ("pipelines.cli.store", "List, verify, roll back and prune published versions."),
}


class LazyCommands(TyperGroup):
    """A command group that knows its commands' names and imports only the one that runs.

    Typer carries its own private copy of click, whose types cannot be named here.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


app = typer.Typer(
    cls=LazyCommands,
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    help="Local and national inclusion dashboards for SEND and alternative provision in England.\n\n"
    "Start with `inclusion run`, then `inclusion serve`. `inclusion COMMAND --help` says more.",
)


@app.callback()
def _root() -> None:
    pass


def main() -> None:
    """Run the command line; a wrong setting ends it with exit code 2 and every wrong setting named."""
    try:
        app()
    except SettingsError as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)
