"""`inclusion store`: the published versions themselves."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from pipelines.settings import load_settings

if TYPE_CHECKING:
    from pipelines.publish.manifest import Manifest

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    help="List, verify, roll back and prune published versions.",
)

AudienceOption = Annotated[Literal["public", "restricted"], typer.Option(help="Which store.")]


@app.command()
def versions(audience: AudienceOption = "public") -> None:
    """List the versions there are, newest first; * marks the live one."""
    from pipelines.publish.versions import list_versions

    states = list_versions(load_settings(), audience)
    if not states:
        print(f"Nothing is published in the {audience} store yet. Run `inclusion run` first.")
    for state in states:
        print(f"{'*' if state.is_live else ' '} {state.version_id}  {_summary(state.manifest)}")


def _summary(manifest: "Manifest | None") -> str:
    if manifest is None:
        return "damaged: its manifest cannot be read"
    size = sum(part.bytes for entry in manifest.tables.values() for part in entry.parts)
    rows = manifest.tables["fct_metric"].rows if "fct_metric" in manifest.tables else 0
    return f"{manifest.created_at[:19]}  {rows:>10,} figures  {size / 1e6:8.1f} MB  code {manifest.code_version[:12]}"


@app.command()
def verify(
    version: Annotated[str | None, typer.Argument(help="Version id; the live one when left out.")] = None,
    audience: AudienceOption = "public",
) -> None:
    """Compare every part of a version with the sha256 in its manifest."""
    from pipelines.publish.errors import StoreError
    from pipelines.publish.manifest import faults_of
    from pipelines.publish.versions import current_version, version_path

    settings = load_settings()
    try:
        path = version_path(settings, audience, version) if version else current_version(settings, audience)
        faults = faults_of(path)
    except (StoreError, OSError) as fault:
        _fail(str(fault))
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        _fail(f"Version {path.name} is damaged:\n{listed}\nGo back with `inclusion store rollback`.")
    print(f"Version {path.name} is whole.")


@app.command()
def rollback(
    to: Annotated[str | None, typer.Option(help="Version id; the one before the live one when left out.")] = None,
    audience: AudienceOption = "public",
) -> None:
    """Make an earlier version live again, in one step that readers never see half of."""
    from pipelines.publish import versions as store
    from pipelines.publish.errors import StoreError

    try:
        live = store.rollback(load_settings(), audience, to)
    except (StoreError, OSError) as fault:
        _fail(str(fault))
    print(f"The {audience} store now serves version {live}.")


@app.command()
def prune(
    keep: Annotated[
        int | None, typer.Option(min=1, help="How many to keep; the setting keep_versions when left out.")
    ] = None,
    audience: AudienceOption = "public",
) -> None:
    """Remove old versions. The live one stays, and so does one replaced in the last 15 minutes."""
    from pipelines.publish import versions as store
    from pipelines.publish.errors import StoreError

    try:
        removed = store.prune(load_settings(), audience, keep)
    except (StoreError, OSError) as fault:
        _fail(str(fault))
    print(f"Removed {', '.join(removed)}." if removed else "Nothing to remove.")


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
