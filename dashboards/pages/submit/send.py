"""Send in a return: choose, drag a file, read the answer, try again or authorise."""

from html import escape

import polars as pl
import streamlit as st

from dashboards import sending, shell
from dashboards.choices import choose
from dashboards.downloads import file_name
from dashboards.tables.violations import SEVERITIES, by_row, by_rule, matching, pages_of
from pipelines.services.outcome import Incoming


def answer(outcome: sending.SubmissionOutcome, sent: bytes) -> None:
    """What became of the file, by rule and by row, to search and to take away."""
    shell.html(f'<h2>The answer</h2><p class="headline" role="status">{escape(outcome.message)}</p>')
    if outcome.state == "accepted":
        shell.html("<p>Figures are being made from it now; that takes about half a minute.</p>")
    violations = outcome.violations
    if violations.is_empty():
        if outcome.state == "accepted":
            shell.html("<p>No rule was broken.</p>")
        return
    stem = file_name(f"{outcome.file_name.rsplit('.', 1)[0]}_checked")
    left, right = st.columns(2)
    left.download_button(
        "Download my sheets with what is wrong in each row (XLSX)",
        lambda: sending.report_as(outcome, sent, ".xlsx"),
        f"{stem}.xlsx",
        on_click="ignore",
        key="xlsx",
    )
    right.download_button(
        "Download what is wrong as a list (CSV)",
        lambda: sending.report_as(outcome, sent, ".csv"),
        f"{stem}.csv",
        "text/csv",
        on_click="ignore",
        key="csv",
    )
    shell.html("<p><small>Marking the sheets of a large return takes some seconds.</small></p>")
    st.html(by_rule(violations))


def row_by_row(violations: pl.DataFrame) -> None:
    """Every violation, a hundred at a time, to search."""
    left, right = st.columns([3, 2])
    text = left.text_input("Search the rows", placeholder="a column, a rule, row 17, what you wrote", key="search")
    severity = right.selectbox("Show", [None, *SEVERITIES], format_func=lambda s: SEVERITIES.get(s, "Everything"))
    found = matching(violations, text.strip(), severity)
    if found.is_empty():
        shell.html("<p>No row says that.</p>")
        return
    pages = pages_of(found)
    page = st.pagination(pages, key=f"page_{pages}_{severity}_{text}") if pages > 1 else 1
    st.html(by_row(found, page))


def authorising(outcome: sending.SubmissionOutcome, who: str) -> None:
    """Let somebody answer for an accepted return."""
    shell.html("<h2>Authorise it</h2><p>Whoever answers for the return says that it is right. Figures do not wait.</p>")
    agreed = st.checkbox(sending.STATEMENT, key="agreed")
    if st.button("Authorise", disabled=not (agreed and who), key="authorise"):
        try:
            record = sending.authorise_it(outcome.submission_id, who)
            st.success(f"Authorised by {record.authorised_by}.")
        except sending.NotAuthorised as fault:
            st.warning(str(fault))


def try_again() -> None:
    """Forget the answer and the file, keep the choices."""
    st.session_state["attempt"] = st.session_state.get("attempt", 0) + 1
    st.session_state.pop("answered", None)


sending.begin(
    "Send in a return",
    "Every row is checked against every rule before anything is taken in. A return with errors is refused whole, and "
    "what you sent before stays.",
)
sending.get_ready()
returns = sending.current_returns()
who = sending.who_are_you()
columns = st.columns(3)
with columns[0]:
    name = choose("return", "Return", list(returns), lambda each: returns[each].title, default=next(iter(returns)))
chosen = returns[name or next(iter(returns))]
names = {body.code: f"{body.name} ({body.code})" for body in chosen.bodies}
with columns[1]:
    label = "Local authority" if chosen.body_kind == "la" else "School or setting"
    if names:
        body = choose("body", label, list(names), lambda code: names[code], placeholder="Type a name") or ""
    else:
        body = st.text_input(f"{label}: its code", key="pick_code").strip()
with columns[2]:
    period = choose("period", "Period", chosen.periods, str, default=chosen.periods[0]) or ""
given = st.file_uploader(
    f"Drag the file here: CSV, XLSX, Parquet, or a ZIP of one file a table ({', '.join(chosen.tables)})",
    key=f"file_{st.session_state.get('attempt', 0)}",
)
missing = [what for what, value in (("your name", who), (label.lower(), body), ("a file", given)) if not value]
if missing:
    shell.html(f"<p>Still needed: {escape(', '.join(missing))}.</p>")
if st.button("Check and send in", type="primary", disabled=bool(missing), key="send") and given is not None:
    sent = given.getvalue()
    with st.status("Received …", expanded=True) as status:
        try:
            file = Incoming(given.name, sent, body, period, who)
            outcome = sending.send(chosen.name, file, lambda line: status.update(label=f"{line} …"))
            st.session_state["answered"] = (outcome, sent)
            status.update(label="Done", state="complete", expanded=False)
        except sending.SubmitFailed as fault:
            st.session_state.pop("answered", None)
            status.update(label="Not taken in", state="error")
            st.error(str(fault))

if "answered" in st.session_state:
    outcome, sent = st.session_state["answered"]
    answer(outcome, sent)
    if outcome.receipt_id is not None:
        authorising(outcome, who)
    if outcome.state == "refused":
        st.button("Try again with another file", on_click=try_again, key="again")
    if not outcome.violations.is_empty():
        row_by_row(outcome.violations)
