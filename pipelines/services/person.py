"""What may be done to the table of persons, written down as it is done."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.intake.key_chain import KeyChainError
from pipelines.intake.spine_store import IDENTIFIER, rotate
from pipelines.publish.errors import PublishBusy
from pipelines.services.ledger import note, transaction
from pipelines.settings import Settings


class RotationFailed(Exception):  # noqa: N818  (as in pipelines.publish.errors, the name says what happened)
    """No key was rotated; the message says why, and that nothing changed."""


@dataclass(frozen=True)
class Rotated:
    """The key that pseudonyms are made with now, how many there are, and where the keys are kept."""

    key_id: str
    identifiers: int
    key_file: Path


def rotate_pseudonyms(settings: Settings, who: str) -> Rotated:
    """Re-key every pseudonym with a new key. Raises RotationFailed while figures are being built, or without keys."""
    try:
        spine = rotate(settings)
    except (PublishBusy, KeyChainError) as fault:
        raise RotationFailed(f"{fault} Nothing changed.") from fault
    rotated = Rotated(spine.key_id, spine.count(IDENTIFIER), settings.key_file)
    with transaction(settings) as session:
        note(session, who, "key rotated", key_id=rotated.key_id, identifiers=rotated.identifiers)
    return rotated
