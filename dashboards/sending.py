"""What the submit pages ask of the services, and the frame they stand in: the one way from them to the ledger."""

from collections.abc import Callable
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from dashboards import shell, store
from pipelines.services import refresh
from pipelines.services.outcome import Incoming, SubmissionOutcome, SubmitFailed
from pipelines.services.report import report_file
from pipelines.services.returns import Return, returns
from pipelines.services.submissions import STATEMENT, NotAuthorised, Record, authorise, history
from pipelines.services.submit import submit_batch
from pipelines.settings import load_settings

__all__ = ["STATEMENT", "NotAuthorised", "Record", "SubmissionOutcome", "SubmitFailed"]


def begin(title: str, lead: str = "") -> None:
    """Start a page of the submit app: style, the world's banner, its heading."""
    st.html(shell.STYLE)
    if store.world() == "synthetic":
        st.set_page_config(page_title=f"SYNTHETIC: {title}")
        shell.html('<p class="world" role="note">SYNTHETIC: invented places and invented children only.</p>')
    shell.html(f"<h1>{escape(title)}</h1>" + (f'<p class="lead">{escape(lead)}</p>' if lead else ""))


def who_are_you() -> str:
    """Ask for the sender's name or address once a session; empty until it is given."""
    who: str = st.text_input("Your name or work email", key="pick_who", value=st.session_state.get("who", "")).strip()
    st.session_state["who"] = who
    return who


@st.cache_data(max_entries=4, show_spinner=False)
def the_returns(world: str, today: date) -> list[Return]:
    """The returns there are. `world` and `today` say which answer it is."""
    return returns(load_settings(), today)


def current_returns() -> dict[str, Return]:
    """The returns there are, by name."""
    return {each.name: each for each in the_returns(store.world(), date.today())}


def get_ready() -> None:
    """Warm up what makes figures, while the sender chooses a file."""
    refresh.warm_up()


def send(return_name: str, file: Incoming, progress: Callable[[str], None]) -> SubmissionOutcome:
    """Send in one file; once it is accepted the figures are made again. Raises SubmitFailed."""
    outcome = submit_batch(load_settings(), return_name, [file], progress)[0]
    if outcome.state == "accepted":
        refresh.refresh()
    return outcome


def report_as(outcome: SubmissionOutcome, sent: bytes, form: str) -> bytes:
    """The report on a file as .xlsx or .csv."""
    if outcome.report is None:
        raise ValueError("nothing was checked, so there is no report")
    return report_file(load_settings(), outcome.report, sent, form)


def records(**chosen: Any) -> list[Record]:
    """What has been sent in, the latest first: of a return_name, a body, a period, or all."""
    return history(load_settings(), **chosen)


def authorise_it(submission_id: str, who: str) -> Record:
    """Record that somebody answers for a submission. Raises NotAuthorised."""
    return authorise(load_settings(), submission_id, who)
