"""`inclusion serve`: the dashboards, or the submit app, each as a process of its own."""

import os
import sys
from typing import Annotated, Literal

import typer

from pipelines.settings import PROJECT_ROOT, load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_PORTS = {"public": 8501, "submit": 8502}
_TITLES = {"public": "Dashboards", "submit": "Send in a return"}


@app.command()
def serve(
    app_name: Annotated[
        Literal["public", "submit"], typer.Option("--app", help="public: the dashboards. submit: sending in returns.")
    ] = "public",
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 8501, or 8502 for submit.", envvar="PORT")
    ] = None,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve an app and print its address.

    The dashboards need a published version: run `inclusion run` first. The submit app writes, and trusts whoever can
    reach it: put it where only those who send in returns can.
    """
    load_settings()
    port = port or _PORTS[app_name]
    print(f"{_TITLES[app_name]}: http://{address}:{port}  (stop with Ctrl+C)", flush=True)
    arguments = ["-m", "streamlit", "run", str(PROJECT_ROOT / "dashboards" / f"{app_name}.py")]
    options = [f"--server.port={port}", f"--server.address={address}", "--server.headless=true"]
    os.chdir(PROJECT_ROOT)
    os.execv(sys.executable, [sys.executable, *arguments, *options])
