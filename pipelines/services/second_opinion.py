"""Ask Great Expectations about what has been received since the last run, from the raw files that are still kept.

Not while somebody waits for an answer: importing it takes ten seconds, and the sender's report does not depend on it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from pipelines.contracts.return_contract import load_return
from pipelines.intake.batch import check_batch
from pipelines.intake.landing import slot_of
from pipelines.intake.raw_files import kept_file, under_way
from pipelines.intake.raw_tables import read_return
from pipelines.intake.workspace import Candidate
from pipelines.services.ledger import note, transaction
from pipelines.services.ledger_tables import Event, Submission
from pipelines.settings import Settings

ASKED = "second opinion"
MOST_BYTES = 1_000_000
"""Of one return in one run, as sent, the latest first: figures do not wait long. The rest is asked about in later runs.
A large authority's SEN2 is 0.6 MB zipped."""


@dataclass
class Opinions:
    """How many submissions and counts were compared, and a sentence for each count that differs."""

    submissions: int = 0
    compared: int = 0
    disagreements: list[str] = field(default_factory=list)


def ask(settings: Settings, docs_dir: Path) -> Opinions:
    """One question a return, about its submissions that nobody has asked about; where all agree, it is noted.

    Data Docs go into `docs_dir`/<return>. Where counts differ nothing is noted, so that the next run asks again.
    """
    opinions = Opinions()
    for return_name, unasked in waiting(settings).items():
        _ask_about(settings, return_name, unasked, docs_dir / return_name, opinions)
    return opinions


def waiting(settings: Settings) -> dict[str, list[tuple[Submission, Path]]]:
    """By return, the submissions that would be asked about now, each with its raw file."""
    asked = select(Event.submission_id).where(Event.kind == ASKED)
    decided = Submission.state.in_(("accepted", "refused"))
    wanted = (
        select(Submission)
        .where(decided, Submission.submission_id.not_in(asked))
        .order_by(Submission.received_at.desc())
    )
    with transaction(settings) as session:
        submissions = session.scalars(wanted).all()
    found: dict[str, list[tuple[Submission, Path]]] = defaultdict(list)
    size: dict[str, int] = defaultdict(int)
    for submission in submissions:
        slot = slot_of(submission.return_name, submission.period, submission.body)
        file = kept_file(settings, slot, submission.submission_id, submission.received_at)
        if file is None or size[submission.return_name] > MOST_BYTES:
            continue
        if load_return(submission.return_name).version == submission.contract_version:
            size[submission.return_name] += submission.bytes
            found[submission.return_name].append((submission, file))
    return found


def _ask_about(
    settings: Settings, return_name: str, unasked: list[tuple[Submission, Path]], docs_dir: Path, opinions: Opinions
) -> None:
    from pipelines.contracts.return_suite import second_opinion

    contract = load_return(return_name)
    candidates = [
        Candidate(each.submission_id, each.body, each.period, read_return(contract, file)) for each, file in unasked
    ]
    batch = check_batch(contract, candidates)
    # The rows lie in a database meanwhile: where raw files do, so that a crash leaves none elsewhere.
    with under_way(settings, uuid4().hex) as folder:
        opinion = second_opinion(batch, candidates, docs_dir, work_dir=folder)
    opinions.submissions += len(unasked)
    opinions.compared += opinion.compared
    opinions.disagreements += [f"{contract.title}: {said}" for said in opinion.disagreements]
    if opinion.agrees:
        with transaction(settings) as session:
            for submission, _ in unasked:
                note(session, "Great Expectations", ASKED, submission.submission_id, compared=opinion.compared)
