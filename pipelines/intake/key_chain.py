"""The secret keys of pseudonyms: a chain in one file outside the warehouse, applied in order.

The first key turns an identifier into a pseudonym; each later key turns the pseudonym of the key before into its own.
So a rotation needs no identifier: it applies the new key to the pseudonyms that are there.
"""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.publish.durable import sync_folder

_BLOCK = 64  # of SHA-256, in bytes


class KeyChainError(Exception):
    """The key file is missing, unreadable or does not belong to this spine; the message says what to do."""


@dataclass(frozen=True)
class Key:
    """One secret of 32 bytes, and the name it is known by."""

    key_id: str
    secret: bytes

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The inner and outer block of HMAC (RFC 2104), so that a database can compute it with its own SHA-256."""
        padded = self.secret.ljust(_BLOCK, b"\0")
        return bytes(b ^ 0x36 for b in padded), bytes(b ^ 0x5C for b in padded)


@dataclass(frozen=True)
class KeyChain:
    """Keys, oldest first."""

    keys: tuple[Key, ...]

    @property
    def newest(self) -> str:
        return self.keys[-1].key_id

    def until(self, key_id: str) -> tuple[Key, ...]:
        """The keys up to and with `key_id`. Raises KeyChainError when the chain does not have it."""
        ids = [key.key_id for key in self.keys]
        if key_id not in ids:
            raise KeyChainError(
                f"Persons are keyed with {key_id}, which the key file does not hold. Put the key file of this store "
                "back (setting pseudonym_key_file): with another key nobody would be recognised."
            )
        return self.keys[: ids.index(key_id) + 1]


def pseudonym_sql(expression: str, keys: tuple[Key, ...]) -> tuple[str, dict[str, bytes]]:
    """HMAC-SHA256 of a text expression under each key in turn, as hexadecimal: SQL, and the parameters it needs."""
    parameters: dict[str, bytes] = {}
    for key in keys:
        inner, outer = f"{key.key_id}_inner", f"{key.key_id}_outer"
        parameters[inner], parameters[outer] = key.pads
        expression = f"sha256(${outer} || unhex(sha256(${inner} || encode({expression}))))"
    return expression, parameters


def load_chain(file: Path) -> KeyChain:
    """Read the key file. Raises KeyChainError when it is not there or not a key file."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        keys = tuple(Key(each["key_id"], bytes.fromhex(each["secret"])) for each in content["keys"])
    except FileNotFoundError:
        raise KeyChainError(
            f"The key file {file} is not there. Put it back (setting pseudonym_key_file): with a new key nobody who "
            "is already known would be recognised."
        ) from None
    except (ValueError, KeyError, TypeError):
        # The fault's own text may quote a secret.
        raise KeyChainError(f"The key file {file} cannot be read as one. Put back a copy of it.") from None
    if not keys or any(len(key.secret) != 32 for key in keys):
        raise KeyChainError(f"The key file {file} holds no keys, or a damaged one. Put back a copy of it.")
    return KeyChain(keys)


def add_key(file: Path) -> KeyChain:
    """Add a new secret to the end of the chain, or begin one. The file is replaced whole; only its owner can read."""
    before = json.loads(file.read_text(encoding="utf-8"))["keys"] if file.exists() else []
    new = {
        "key_id": f"k{len(before) + 1}",
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "secret": secrets.token_hex(32),
    }
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"keys": [*before, new]}, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)
    sync_folder(file.parent)
    return load_chain(file)
