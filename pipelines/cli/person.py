"""`inclusion person`: the table of who is who."""

import getpass
import sys
from typing import Annotated

import typer

from pipelines.settings import load_settings

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """Persons: how children are recognised from one return to the next."""


@app.command(name="rotate-key")
def rotate_key(
    who: Annotated[str | None, typer.Option(help="Who does it; the name you are logged in with.")] = None,
) -> None:
    """Make a new secret key and re-key int_person_identifier with it; persons, returns and figures stay as they are.

    No identifier is needed: the new key is applied to the pseudonyms. The key file then holds one key more, and all
    of them are needed from then on: keep a copy of it apart from the data (setting pseudonym_key_file).
    """
    from pipelines.logs import configure_logs
    from pipelines.services.person import RotationFailed, rotate_pseudonyms

    settings = load_settings()
    configure_logs(settings)
    try:
        rotated = rotate_pseudonyms(settings, who or getpass.getuser())
    except RotationFailed as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(1) from None
    print(f"{rotated.identifiers:,} pseudonyms are now keyed with {rotated.key_id}. Keep a copy of {rotated.key_file}.")
