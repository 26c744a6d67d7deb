"""How one figure was made, as a definition list and a history."""

from html import escape

import polars as pl

from dashboards.tables.plain import plain_table
from dashboards.words.codes import INTERVAL_METHODS, STATISTICAL_STATUSES, words_of
from dashboards.words.numbers import day, interval, measured
from dashboards.words.statuses import STATUSES
from pipelines.publish.lineage import Explanation


def lineage_panel(made: Explanation) -> str:
    """HTML of store.explanation: formula, file, row, receipt, history, other publications."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in _facts(made) if words)
    history = [
        {
            "Known from": f"{day(each.known_from.date())}",
            "Until": day(each.known_to.date()) if each.known_to else "now",
            "Value": _shown(made, each.value, each.status),
            "File": each.source_file or "several returns",
        }
        for each in made.revisions
    ]
    others = [
        {
            "Publication": each.title,
            "Value": _shown(made, each.value, each.status),
            "Status": words_of(STATISTICAL_STATUSES, each.statistical_status),
        }
        for each in made.other_sources
    ]
    tables = plain_table(pl.DataFrame(history), "What was known when")
    if others:
        tables += plain_table(pl.DataFrame(others), "The same figure in other publications")
    return f"<dl>{facts}</dl>{tables}"


def _facts(made: Explanation) -> list[tuple[str, str | None]]:
    receipt, metric = made.receipt, made.metric
    place = receipt.source_file or f"counted from {len(made.receipts):,} returns"
    place += f", row {receipt.source_row:,}" if receipt.source_row else ""
    place += f", column {receipt.source_column}" if receipt.source_column else ""
    rows = None
    if receipt.rows_read is not None:
        rows = (
            f"{receipt.rows_read:,} read, {receipt.rows_loaded or 0:,} loaded, {receipt.rows_refused or 0:,} refused, "
            f"{receipt.rows_out_of_scope or 0:,} out of scope"
        )
    ends = interval(made.lower, made.upper, metric["unit"], metric["decimals"])
    how = words_of(INTERVAL_METHODS, made.interval_method)
    return [
        ("Value", _shown(made, made.value, made.status)),
        ("Formula", made.formula),
        (
            "Interval",
            f"{ends} ({how})" if ends else f"None: {metric['interval_reason'] or 'not computed for this figure'}",
        ),
        ("Reason not shown", made.status_reason),
        ("Status", words_of(STATISTICAL_STATUSES, made.statistical_status)),
        ("Publication", ", ".join(filter(None, (made.publication_title, made.publisher, made.licence)))),
        ("Release", receipt.release_id + (f", published {day(receipt.published_on)}" if receipt.published_on else "")),
        ("Where in the file", place),
        ("Rows of the file", rows),
        ("Receipt (sha256)", receipt.receipt_id),
        ("Data version", f"{made.version_id}, by code {made.code_version}"),
    ]


def _shown(made: Explanation, value: float | None, status: str) -> str:
    if value is None:
        return STATUSES[status].label if status in STATUSES else status.replace("_", " ")
    return measured(value, made.metric)
