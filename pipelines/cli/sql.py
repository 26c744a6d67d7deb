"""`inclusion sql`: one SELECT over the published figures."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, NoReturn

import typer

from pipelines.settings import load_settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def command(
    statement: Annotated[str, typer.Argument(help="One SELECT statement, or - to read it from standard input.")],
    form: Annotated[
        Literal["table", "csv", "json", "parquet"], typer.Option("--format", help="How the answer is written.")
    ] = "table",
    out: Annotated[Path | None, typer.Option(help="Write the answer to this file instead of the screen.")] = None,
) -> None:
    """Answer one SELECT from the public figures, every row, read-only, within limits of time, memory and size.

    The tables: fct_metric_preferred (current figures, the best source of each), fct_metric_current, fct_metric (with
    every revision), as_known_on(DATE '2025-07-01'), fct_comparison, dim_metric, dim_geography, dim_period, dim_source,
    dim_release, bridge_neighbour, bridge_geography_predecessor, bridge_la_icb, fct_reconciliation (figures given twice)
    and fct_reconciliation_summary, fct_revision (what releases changed), fct_evidence_quality (coverage, freshness,
    suppression), fct_bridged (earlier years of merged or split areas, estimated), fct_returns_in (who has sent in which
    return), bridge_receipt_set (the receipts behind a figure counted from several returns), page_figure (preferred
    totals with their words), page_latest (the latest of them beside its comparisons). Try "SHOW TABLES" and
    "DESCRIBE fct_metric".
    """
    from pipelines.publish.errors import StoreError
    from pipelines.publish.sandbox import run_sql
    from pipelines.publish.versions import current_version

    settings = load_settings()
    if form == "parquet" and out is None and sys.stdout.isatty():
        _fail("Parquet is not text: name a file with --out, or redirect the output.")
    text = sys.stdin.read() if statement == "-" else statement
    try:
        version = current_version(settings, "public")
        with _sink(out) as sink:
            answer = run_sql(settings, version, text, form, sink)
    except StoreError as fault:
        _fail(str(fault))
    except BrokenPipeError:
        os._exit(1)  # whoever read our output has gone
    except OSError as fault:
        _fail(f"The answer cannot be written: {fault.strerror or fault}.")
    if out or form == "table":
        print(
            f"{answer.rows:,} {'row' if answer.rows == 1 else 'rows'} · public version {answer.version_id}",
            file=sys.stderr,
        )


@contextmanager
def _sink(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name only when the whole answer is in it."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    scratch = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with scratch.open("xb") as sink:
            yield sink
        scratch.replace(out)
    finally:
        scratch.unlink(missing_ok=True)


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
