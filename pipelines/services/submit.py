"""Send in a return: received, checked, and accepted or refused, with a record of it whatever happens."""

import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import structlog

from pipelines.contracts.return_contract import ContractError, ReturnContract, load_return
from pipelines.intake.key_chain import KeyChainError
from pipelines.intake.raw_files import purge_raw, under_way
from pipelines.services.bodies import body_code
from pipelines.services.deciding import decide, receive
from pipelines.services.interrupted import settle_interrupted
from pipelines.services.ledger import note, now, transaction
from pipelines.services.outcome import Incoming, SubmissionOutcome, SubmitFailed
from pipelines.settings import Settings

__all__ = ["Incoming", "SubmissionOutcome", "SubmitFailed", "submit", "submit_batch"]

log = structlog.get_logger()
Progress = Callable[[str], None]
_DISK_FULL = ("no space left", "disk is full", "disk quota")


def submit(
    settings: Settings,
    file: Path,
    return_name: str,
    body: str,
    period: str,
    who: str,
    progress: Progress = lambda _: None,
) -> SubmissionOutcome:
    """Send in one file of a return. Raises SubmitFailed when it cannot be taken in at all."""
    if file.is_dir():
        raise SubmitFailed(f"{file} is a folder. Put its files into one ZIP and send that.")
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise SubmitFailed(f"{file} cannot be read: {fault.strerror}.") from fault
    return submit_batch(settings, return_name, [Incoming(file.name, content, body, period, who)], progress)[0]


def submit_batch(
    settings: Settings, return_name: str, files: Sequence[Incoming], progress: Progress = lambda _: None
) -> list[SubmissionOutcome]:
    """Send in many files of one return, checked in one go, each decided by itself; outcomes in the order of `files`.

    Raises SubmitFailed: no such return, body or period, a full disk, no key file. What had landed by then counts.
    """
    contract = contract_of(return_name)
    files = [file_under(settings, return_name, each) for each in files]
    try:
        settle_interrupted(settings)
        delete_old_raw_files(settings)
        with ExitStack() as held:
            ids = [uuid4().hex for _ in files]
            folders = [held.enter_context(under_way(settings, each)) for each in ids]
            places = zip(ids, folders, files, strict=True)
            received = [receive(settings, contract, *each) for each in places]
            outcomes = decide(settings, contract, received, progress)
    except Exception as fault:
        failure = _failure(fault)
        with suppress(Exception):  # a full disk may refuse this too; then the next submission does it
            settle_interrupted(settings)
        # Without the cause: its text may quote a cell, and tracebacks reach logs.
        raise failure from None
    for outcome in outcomes:
        log.info("submission", submission_id=outcome.submission_id, return_name=return_name, state=outcome.state)
    return outcomes


def file_under(settings: Settings, return_name: str, given: Incoming) -> Incoming:
    """The file under the one code of its body, so that the same body's returns take one another's place.

    Raises SubmitFailed for a return, body or period that is none.
    """
    contract = contract_of(return_name)
    if not contract.is_period(given.period):
        raise SubmitFailed(
            f"{given.period!r} is not a period of {contract.title}; it looks like {contract.period_pattern}."
        )
    return replace(given, body=body_code(settings, contract, given.body))


def contract_of(return_name: str) -> ReturnContract:
    """The contract of a return. Raises SubmitFailed naming the returns there are."""
    try:
        return load_return(return_name)
    except ContractError as fault:
        raise SubmitFailed(str(fault)) from None


def delete_old_raw_files(settings: Settings) -> int:
    """Delete raw files that are past their days, and note it; returns how many."""
    gone = purge_raw(settings, now())
    if gone:
        with transaction(settings) as session:
            for submission_id in gone:
                note(session, "inclusion", "raw file deleted", submission_id, kept_days=settings.raw_days)
    return len(gone)


def _failure(fault: Exception) -> SubmitFailed:
    if isinstance(fault, SubmitFailed):
        return fault
    if isinstance(fault, KeyChainError):
        return SubmitFailed(f"{fault} Nothing was taken in.")
    if any(words in str(fault).casefold() for words in _DISK_FULL):
        return SubmitFailed(
            "The disk is full. This was not taken in, and what was there before stays. Free some space."
        )
    last = traceback.extract_tb(fault.__traceback__)[-1]
    log.error("submission failed", error=type(fault).__name__, file=Path(last.filename).name, line=last.lineno)
    return SubmitFailed(
        f"Something went wrong inside ({type(fault).__name__}, {Path(last.filename).name} line {last.lineno}). "
        "This was not taken in, and what was there before stays. Please report it."
    )
