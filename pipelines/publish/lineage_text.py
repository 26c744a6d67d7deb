"""An Explanation as plain text for a terminal, a file or an e-mail."""

import json

from pipelines.publish.lineage import Explanation, Revision

_RECEIPTS_SHOWN = 20
_UNIT_WORDS = {
    "percent": "%",
    "rate_per_1000": " per 1,000",
    "rate_per_100": " per 100",
    "weeks": " weeks",
    "ratio": "",
    "score": "",
    "count": "",
}
_STATUS_WORDS = {
    "suppressed": "suppressed",
    "unavailable": "not available",
    "not_applicable": "not applicable",
    "low": "low (rounds to zero)",
    "unreliable": "unreliable, not shown",
}


def value_text(
    value: float | None, status: str, unit: str, decimals: int | None, value_labels: str | None = None
) -> str:
    """A value with its unit at the metric's decimals, the label of a category, or the words for why there is none."""
    if value is None:
        return _STATUS_WORDS.get(status, status.replace("_", " "))
    if value_labels:
        return str(json.loads(value_labels).get(f"{value:g}", f"{value:g}"))
    number = f"{value:,.{1 if decimals is None else decimals}f}"
    return f"£{number}" if unit == "gbp" else number + _UNIT_WORDS.get(unit, "")


def as_text(made: Explanation) -> str:
    """The whole explanation, one fact a line."""
    lines = [_title(made), ""]
    lines += [f"{name + ':':<22}{text}" for name, text in _facts(made) if text]
    if made.receipt.receipt_id is None:
        lines += ["", f"Counted from {len(made.receipts):,} returns"] + [
            f"  {each.source_file}: receipt {each.receipt_id}, {each.rows_read or 0:,} rows"
            for each in made.receipts[:_RECEIPTS_SHOWN]
        ]
        if len(made.receipts) > _RECEIPTS_SHOWN:
            lines += [f"  and {len(made.receipts) - _RECEIPTS_SHOWN:,} more; --format json lists them all"]
    lines += ["", "History"] + [f"  {_revision_line(made, each)}" for each in made.revisions]
    if made.other_sources:
        lines += ["", "The same figure in other publications"]
        lines += [
            f"  {other.title}: {_shown(made, other.value, other.status)} ({_plain(other.statistical_status)})"
            for other in made.other_sources
        ]
    return "\n".join(lines)


def _title(made: Explanation) -> str:
    cut = "".join(f", {breakdown} = {value}" for breakdown, value in made.breakdowns.items())
    shown = _shown(made, made.value, made.status)
    return f"{made.metric['label']}, {made.geography_name}, {made.period.label}{cut}: {shown}"


def _facts(made: Explanation) -> list[tuple[str, str | None]]:
    metric, receipt = made.metric, made.receipt
    return [
        ("Metric", f"{metric['metric_id']} ({_plain(metric['polarity'])})"),
        ("Definition", metric["description"]),
        ("Area", f"{made.geography_code} ({_plain(made.geography_level)}; by {_plain(made.geography_basis)})"),
        ("Boundaries of", made.geography_vintage),
        ("Period", f"{made.period.start} to {made.period.end} ({_plain(made.period.period_type)})"),
        ("Formula", made.formula),
        ("Recomputed", _agreement(made)),
        ("Numerator", _count(made.numerator, metric["numerator_label"])),
        ("Denominator", _count(made.denominator, metric["denominator_label"])),
        ("Interval", _interval(made)),
        ("Reason not shown", made.status_reason),
        ("Status", _plain(made.statistical_status)),
        ("Notes", "; ".join(_plain(flag) for flag in made.quality_flags)),
        ("Caveats", metric["caveats"]),
        ("Known breaks", _breaks(metric["known_breaks"])),
        ("Publication", ", ".join(filter(None, (made.publication_title, made.publisher, made.licence)))),
        ("Release", _release(made)),
        ("File", _place(made)),
        ("Receipt (sha256)", receipt.receipt_id),
        ("Rows of the file", _rows(made)),
        ("Known from", f"{made.known_from:%Y-%m-%d %H:%M}"),
        ("Version", f"{made.version_id}, made {made.version_created_at}"),
        ("Code version", made.code_version),
    ]


def _shown(made: Explanation, value: float | None, status: str) -> str:
    metric = made.metric
    return value_text(value, status, metric["unit"], metric["decimals"], metric.get("value_labels"))


_CODE_WORDS = {
    "higher_better": "higher is better",
    "lower_better": "lower is better",
    "neutral": "neither high nor low is better in itself",
    "la": "local authority",
    "maintaining_la": "the local authority that maintains the plan",
    "school_la": "the local authority of the school",
    "residence": "where the child lives",
}


def _plain(code: str | None) -> str:
    """The words of a code; a code without words of its own reads as it is written."""
    return _CODE_WORDS.get(str(code), str(code or "unknown").replace("_", " "))


def _count(number: float | None, label: str | None) -> str | None:
    return None if number is None else f"{number:,.10g} ({label or 'no label'})"


def _agreement(made: Explanation) -> str | None:
    if made.recomputed is None or made.value is None:
        return None
    decimals = 1 if made.metric["decimals"] is None else int(made.metric["decimals"])
    if abs(made.recomputed - made.value) <= 0.5 * 10**-decimals + 1e-9:
        return f"agrees with the figure held ({made.value:,.4f})"
    return f"differs from the figure held ({made.value:,.4f}); the publisher may round or leave out other cases"


def _interval(made: Explanation) -> str:
    if made.lower is None or made.upper is None:
        return f"none ({made.metric['interval_reason'] or 'not computed for this figure'})"
    low, high = (_shown(made, bound, "shown") for bound in (made.lower, made.upper))
    return f"{low} to {high} (95%, {made.interval_method})"


def _breaks(text: str | None) -> str | None:
    try:
        return "; ".join(f"{each['period_start']}: {each['note']}" for each in json.loads(text or "[]"))
    except (ValueError, KeyError, TypeError):
        return text


def _release(made: Explanation) -> str:
    receipt = made.receipt
    published = f", published {receipt.published_on or 'date unknown'}" if receipt.receipt_id else ""
    return f"{receipt.release_id}, data set {receipt.dataset}{published}"


def _place(made: Explanation) -> str | None:
    receipt = made.receipt
    if receipt.source_file is None:
        return None
    row = f", row {receipt.source_row:,}" if receipt.source_row is not None else ""
    return f"{receipt.source_file}{row}" + (f", column {receipt.source_column}" if receipt.source_column else "")


def _rows(made: Explanation) -> str | None:
    receipt = made.receipt
    if receipt.rows_read is None:
        return None
    return (
        f"{receipt.rows_read:,} read, {receipt.rows_loaded or 0:,} loaded, {receipt.rows_refused or 0:,} refused, "
        f"{receipt.rows_out_of_scope or 0:,} out of scope"
    )


def _revision_line(made: Explanation, each: Revision) -> str:
    until = f"{each.known_to:%Y-%m-%d %H:%M}" if each.known_to else "now"
    counts = (
        f" ({each.numerator:,.10g} of {each.denominator:,.10g})"
        if each.numerator is not None and each.denominator
        else ""
    )
    shown = _shown(made, each.value, each.status)
    file = f"{each.source_file} ({each.receipt_id[:16]}…)" if each.receipt_id else "several returns"
    return f"{each.known_from:%Y-%m-%d %H:%M} to {until}: {shown}{counts}, {file}"
