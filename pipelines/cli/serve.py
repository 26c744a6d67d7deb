"""`inclusion serve`: the public dashboards, or the submit app, each as a process of its own."""

import os
import socket
import subprocess
import sys
from typing import Annotated, Literal

import typer

from pipelines.settings import PROJECT_ROOT, load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)

# app → (what it is called, its usual port)
_APPS = {"public": ("Dashboards", 8501), "submit": ("Send in a return", 8502)}


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
    reach it: let only those reach it who send in returns.
    """
    load_settings()
    title, usual_port = _APPS[app_name]
    port = port or usual_port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as fault:
            typer.echo(
                f"Cannot listen on {address}:{port} ({fault.strerror}). Choose another port with --port.", err=True
            )
            raise typer.Exit(1) from fault
    print(f"{title}: http://{address}:{port}  (stop with Ctrl+C)", flush=True)
    arguments = ["-m", "streamlit", "run", str(PROJECT_ROOT / "dashboards" / "apps" / f"{app_name}.py")]
    options = [f"--server.port={port}", f"--server.address={address}", "--server.headless=true"]
    os.chdir(PROJECT_ROOT)
    server = [sys.executable, *arguments, *options]
    if os.name == "nt":  # there exec starts another process and gives the prompt back
        raise typer.Exit(subprocess.call(server))
    os.execv(sys.executable, server)
