"""What has been sent in, what became of it, and authorising what counts."""

from html import escape

import polars as pl
import streamlit as st

from dashboards import sending, shell
from dashboards.tables.plain import plain_table

LATEST = 200


def overview(records: list[sending.Record], titles: dict[str, str]) -> str:
    """One row a submission."""
    rows = [
        {
            "Sent (UTC)": f"{record.received_at:%Y-%m-%d %H:%M}",
            "Return": titles.get(record.return_name, record.return_name),
            "Body": record.body,
            "Period": record.period,
            "What became of it": record.standing,
            "Errors": f"{record.counts.get('error', 0):,}",
            "Queries": f"{record.counts.get('query', 0):,}",
            "Sent by": record.who,
            "File": record.file_name,
        }
        for record in records
    ]
    return plain_table(pl.DataFrame(rows), "The latest first", frozenset({"Errors", "Queries"}))


def in_words(record: sending.Record) -> str:
    """One submission as a choice."""
    return f"{record.received_at:%Y-%m-%d %H:%M} {record.body} {record.period}, {record.standing}"


def details(record: sending.Record, who: str) -> None:
    """Everything the ledger holds about one submission, and authorising it where that is possible."""
    facts = {
        "Submission": record.submission_id,
        "Receipt": record.receipt_id or "none: it was not accepted",
        "File": f"{record.file_name}, sha256 {record.sha256}",
        "Rows": ", ".join(f"{table} {rows:,}" for table, rows in record.counts.get("rows", {}).items()),
        "Children recognised by": ", ".join(f"{k} {n:,}" for k, n in record.counts.get("matched", {}).items()),
        "Rules broken": ", ".join(f"{rule}: {rows:,}" for rule, rows in record.counts.get("rules", {}).items()),
        "Counted from": f"{record.known_from:%Y-%m-%d %H:%M} UTC" if record.known_from else "",
        "Replaced": f"{record.superseded_at:%Y-%m-%d %H:%M} UTC" if record.superseded_at else "",
        "Authorised by": record.authorised_by or "",
    }
    listed = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items() if v)
    shell.html(f"<dl>{listed}</dl>")
    if not record.counts_now or record.authorised_by:
        return
    agreed = st.checkbox(sending.STATEMENT, key=f"agreed_{record.submission_id}")
    if st.button("Authorise", disabled=not (agreed and who), key=f"authorise_{record.submission_id}"):
        try:
            sending.authorise_it(record.submission_id, who)
            st.rerun()
        except sending.NotAuthorised as fault:
            st.warning(str(fault))


sending.begin("What has been sent in", "The rows that broke a rule are shown only where and when the file was sent.")
who = sending.who_are_you()
titles = {name: each.title for name, each in sending.current_returns().items()}
left, right = st.columns(2)
chosen = left.selectbox("Return", [None, *titles], format_func=lambda name: titles.get(name, "Every return"))
only_mine = right.checkbox("Only what I sent", disabled=not who)
records = sending.records(return_name=chosen)
shown = [record for record in records if record.who == who] if only_mine and who else records
if not shown:
    shell.html("<p>Nothing has been sent in yet.</p>")
else:
    st.html(overview(shown[:LATEST], titles))
    if len(shown) > LATEST:
        shell.html(f"<p>The latest {LATEST} of {len(shown):,}. Choose a return to see fewer.</p>")
    numbers = {record.submission_id: record for record in shown[:LATEST]}
    picked = st.selectbox("One of them", list(numbers), format_func=lambda each: in_words(numbers[each]))
    if picked:
        details(numbers[picked], who)
