"""The folder that returns may be dropped into: `inbox/<return>/<period>/<body>/<file>`.

A file is taken in once it has not changed for some seconds, and leaves the folder when it has been decided; what became
of it stands in the ledger. One in a folder that names no return, period or body is put into `inbox/.not_taken`.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.services.outcome import Incoming, SubmissionOutcome, SubmitFailed
from pipelines.services.submit import file_under, submit_batch
from pipelines.settings import Settings

SENDER = "inbox"
SETTLED_SECONDS = 10
_HALF_WRITTEN = (".part", ".tmp", ".filepart", ".crdownload")


@dataclass
class TakenIn:
    """Outcomes of what was taken in, and a sentence for each file that was not."""

    outcomes: list[SubmissionOutcome] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)


def waiting(settings: Settings) -> list[Path]:
    """The files that are ready to be taken in, by path."""
    before = time.time() - SETTLED_SECONDS
    return [file for file in sorted(settings.inbox_dir.glob("[!.]*/*/*/[!.]*")) if _is_ready(file, before)]


def take_in(settings: Settings, progress: Callable[[str], None] = lambda _: None) -> TakenIn:
    """Send in every waiting file, those of one return in one go. Raises nothing: read `not_taken`."""
    taken = TakenIn()
    by_return: dict[str, list[tuple[Path, Incoming]]] = defaultdict(list)
    for file in waiting(settings):
        return_name, period, body = file.relative_to(settings.inbox_dir).parts[:3]
        incoming = Incoming(file.name, file.read_bytes(), body, period, SENDER)
        try:
            filed = file_under(settings, return_name, incoming)
        except SubmitFailed as fault:
            taken.not_taken.append(f"{return_name}/{period}/{body}: {fault}")
            _put_aside(settings, file)
        else:
            by_return[return_name].append((file, filed))
    for return_name, files in by_return.items():
        try:
            taken.outcomes += submit_batch(settings, return_name, [incoming for _, incoming in files], progress)
        except SubmitFailed as fault:
            taken.not_taken.append(f"{return_name}, {len(files):,} files: {fault}")
            continue
        for file, _ in files:
            file.unlink(missing_ok=True)
    return taken


def _put_aside(settings: Settings, file: Path) -> None:
    aside = settings.inbox_dir / ".not_taken" / file.relative_to(settings.inbox_dir)
    aside.parent.mkdir(parents=True, exist_ok=True)
    file.replace(aside)


def _is_ready(file: Path, before: float) -> bool:
    if file.suffix.casefold() in _HALF_WRITTEN:
        return False
    try:
        return file.is_file() and file.stat().st_mtime <= before
    except FileNotFoundError:  # somebody took it away just now
        return False
