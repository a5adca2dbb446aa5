"""What a purpose and a key's name may look like, and what can be wrong with a key."""

import re
from dataclasses import dataclass
from hashlib import sha256

_PURPOSE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_KEY_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*-[0-9a-f]{16}")


@dataclass
class BadPurpose(Exception):
    """A purpose is a short name in lower case, such as ``ledger``."""

    purpose: str


@dataclass
class KeysNotMade(Exception):
    """The folder holds no key for this purpose: `ensure_keys` did not run, or it is another."""

    folder: str
    purpose: str


@dataclass
class KeyExposed(Exception):
    """The file of a private key can be read by others than its owner."""

    path: str
    mode: int


@dataclass
class KeyDamaged(Exception):
    """A key file does not hold the key that its name promises."""

    path: str


@dataclass
class KeyUnknown(Exception):
    """No key of this name is held here."""

    key_id: str


def check_purpose(purpose: str) -> None:
    """Refuse a purpose that is not a short lower-case name; it becomes a folder's name."""
    if len(purpose) > 40 or not _PURPOSE.fullmatch(purpose):
        raise BadPurpose(purpose)


def check_key_id(name: str) -> None:
    """Refuse what cannot be the name of a key, before it becomes part of a path."""
    if len(name) > 60 or not _KEY_ID.fullmatch(name):
        raise KeyUnknown(name)


def key_id(purpose: str, public_der: bytes) -> str:
    """Return a key's name: its purpose and the start of the SHA-256 of its public part."""
    return f"{purpose}-{sha256(public_der).hexdigest()[:16]}"


def purpose_of(name: str) -> str:
    """Return what the key of this name was made for."""
    return name.rpartition("-")[0]


def check_private_mode(path: str, mode: int) -> None:
    """Refuse a private key that its group or others may touch, as ssh does."""
    if mode & 0o077:
        raise KeyExposed(path, mode & 0o777)
