"""What a purpose and a key's name may look like, and what can be wrong with a key."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

AUTHORITY, STAMP = "authority", "time-stamp"  # the city's root, and the key of its time stamps
STORAGE = "storage"  # what encrypts stored files
_SEAL = "seal-"

# How long a certificate lasts, and how much of that is left when the next one takes over. A root
# outlives all it has signed; a time stamp is good for ten years from the day it was made.
_YEAR = timedelta(days=365)
_ROOT, _STAMP = (30 * _YEAR, 12 * _YEAR), (11 * _YEAR, 10 * _YEAR)
_SEALING = (3 * _YEAR, _YEAR / 4)
BACKDATED = timedelta(days=1)  # so that a clock that goes wrong by hours stops nobody
LIST_LASTS, LIST_RENEWED = timedelta(days=30), timedelta(days=1)

_PURPOSE = re.compile(r"[a-z][a-z0-9-]{0,67}")  # room for "seal-" and the code of any agency
_KEY_ID = re.compile(rf"{_PURPOSE.pattern}-[0-9a-f]{{16}}")


class KeyTrouble(Exception):
    """Something is wrong with a key; ``str()`` says what, and the remedy."""


@dataclass
class BadPurpose(KeyTrouble):
    """A purpose is a short name in lower case, such as ``ledger``."""

    purpose: str

    def __str__(self) -> str:
        return f"'{self.purpose}' is no purpose of a key: that is a short name in lower case."


@dataclass
class KeysNotMade(KeyTrouble):
    """The folder holds no key for this purpose: `ensure_keys` did not run, or it is another."""

    folder: str
    purpose: str

    def __str__(self) -> str:
        return (
            f"There is no key for '{self.purpose}' in {self.folder}. Keys of seals are made when"
            " the agency seals its first paper; is YIMEN_DATA the right folder?"
        )


@dataclass
class KeyExposed(KeyTrouble):
    """The file of a private key can be read by others than its owner."""

    path: str
    mode: int

    def __str__(self) -> str:
        return (
            f"{self.path} may be read by other users of the machine (mode {self.mode:o}), so it is"
            f" not used. Close it: chmod go= {self.path}"
        )


@dataclass
class KeyDamaged(KeyTrouble):
    """A key file does not hold the key that its name promises."""

    path: str

    def __str__(self) -> str:
        return f"{self.path} cannot be read as what it should be. Restore it from the last backup."


@dataclass
class ContentDamaged(Exception):
    """An encrypted file is not as it was written, or not with the key that it names."""


@dataclass
class NotForSigning(KeyTrouble):
    """The keys of this purpose encrypt; they sign nothing."""

    purpose: str

    def __str__(self) -> str:
        return "The keys of storage encrypt: `yimen keys rotate --storage` makes a new one."


@dataclass
class KeyUnknown(KeyTrouble):
    """No key of this name is held here."""

    key_id: str

    def __str__(self) -> str:
        return f"No key '{self.key_id}' is held here. `yimen keys list` names those that are."


@dataclass
class TokenUnavailable(KeyTrouble):
    """The security module does not do what it is asked: its own words, and never the PIN."""

    module: str
    token: str
    says: str

    def __str__(self) -> str:
        return (
            f"The security module {self.module} does not let its token '{self.token}' be used:"
            f" {self.says}. See YIMEN_PKCS11_MODULE, YIMEN_PKCS11_TOKEN and YIMEN_PKCS11_PIN_FILE."
        )


@dataclass
class ClockBehind(KeyTrouble):
    """The newest certificate of a purpose begins later than the clock of this machine says."""

    purpose: str
    begins: datetime

    def __str__(self) -> str:
        return (
            f"The certificate of '{self.purpose}' begins on {self.begins:%Y-%m-%d}, later than the"
            " clock of this machine says. Set the clock right. If it is right, and was ahead when"
            f" that certificate was made, run `yimen keys rotate {self.purpose}`."
        )


@dataclass
class NoCertificate(KeyTrouble):
    """No certificate was made for the key of this name: it does not seal."""

    key_id: str

    def __str__(self) -> str:
        return (
            f"No certificate is held here for '{self.key_id}'. `yimen keys list` names those that"
            " are."
        )


@dataclass
class RootStays(KeyTrouble):
    """A root cannot revoke itself: give the city another one with `yimen keys rotate`."""

    key_id: str

    def __str__(self) -> str:
        return (
            f"{self.key_id} is a root, and cannot revoke itself. `yimen keys rotate authority` gives"
            " the city another one; publish it, and tell everybody to trust the old one no longer."
        )


def check_purpose(purpose: str) -> None:
    """Refuse a purpose that is not a short lower-case name; it becomes a folder's name."""
    if not _PURPOSE.fullmatch(purpose):
        raise BadPurpose(purpose)


def check_key_id(name: str) -> None:
    """Refuse what cannot be the name of a key, before it becomes part of a path."""
    if not _KEY_ID.fullmatch(name):
        raise KeyUnknown(name)


def key_id(purpose: str, public_der: bytes) -> str:
    """Return a key's name: its purpose and the start of the SHA-256 of its public part."""
    return f"{purpose}-{sha256(public_der).hexdigest()[:16]}"


def data_key_id(key: bytes) -> str:
    """Return the name of a data key; nobody finds the key by it."""
    return f"{STORAGE}-{sha256(b'yimen data key' + key).hexdigest()[:16]}"


def check_signs(purpose: str) -> None:
    """Refuse a purpose whose keys encrypt."""
    if purpose == STORAGE:
        raise NotForSigning(purpose)


def purpose_of(name: str) -> str:
    """Return what the key of this name was made for."""
    return name.rpartition("-")[0]


def check_private_mode(path: str, mode: int) -> None:
    """Refuse a private key that its group or others may touch, as ssh does."""
    if mode & 0o077:
        raise KeyExposed(path, mode & 0o777)


def seal_of(agency: str) -> str:
    """Return the purpose of the key with which an agency seals its papers."""
    purpose = f"{_SEAL}{agency}"
    check_purpose(purpose)
    return purpose


def has_certificate(purpose: str) -> bool:
    """Say whether keys of this purpose come with a certificate of the city's authority."""
    return purpose in (AUTHORITY, STAMP) or names_list(purpose)


def names_list(purpose: str) -> bool:
    """Say whether a certificate of this purpose names where the revoked ones are listed.

    A root does not: it could only revoke itself. A time stamp does not either: it must be believed
    when the city cannot be asked any more.
    """
    return purpose.startswith(_SEAL)


def lifetime(purpose: str) -> timedelta:
    """Return how long a certificate of this purpose is valid."""
    return _terms(purpose)[0]


def is_due(purpose: str, last: datetime, at: datetime) -> bool:
    """Say whether a certificate that is valid until ``last`` needs its successor by now."""
    return last - at < _terms(purpose)[1]


def check_begun(purpose: str, begins: datetime, at: datetime) -> None:
    """Refuse to sign before the certificate begins: nobody could ever verify that."""
    if at < begins:
        raise ClockBehind(purpose, begins)


def is_fresh(made: datetime, at: datetime) -> bool:
    """Say whether a list of revoked certificates is of today, and not of a time to come."""
    return made <= at < made + LIST_RENEWED


def _terms(purpose: str) -> tuple[timedelta, timedelta]:
    if purpose == AUTHORITY:
        return _ROOT
    return _STAMP if purpose == STAMP else _SEALING
