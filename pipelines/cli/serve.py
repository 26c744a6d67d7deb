"""`inclusion serve`: the public dashboards, as a process of their own."""

import os
import socket
import subprocess
import sys
from typing import Annotated

import typer

from pipelines.settings import PROJECT_ROOT, load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.", envvar="PORT")] = 8501,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the public dashboards and print their address.

    Needs a published version: run `inclusion run` first.
    """
    load_settings()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as fault:
            typer.echo(
                f"Cannot listen on {address}:{port} ({fault.strerror}). Choose another port with --port.", err=True
            )
            raise typer.Exit(1) from fault
    print(f"Dashboards: http://{address}:{port}  (stop with Ctrl+C)", flush=True)
    arguments = ["-m", "streamlit", "run", str(PROJECT_ROOT / "dashboards" / "apps" / "public.py")]
    options = [f"--server.port={port}", f"--server.address={address}", "--server.headless=true"]
    os.chdir(PROJECT_ROOT)
    server = [sys.executable, *arguments, *options]
    if os.name == "nt":  # there exec starts another process and gives the prompt back
        raise typer.Exit(subprocess.call(server))
    os.execv(sys.executable, server)
