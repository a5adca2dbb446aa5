"""Small types of the keys."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yimen.base.text import Text


class State(StrEnum):
    """What may be said of a certificate now."""

    IN_USE = "in-use"
    REPLACED = "replaced"  # by a newer one; what it sealed stays valid
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Authority:
    """The city as the certificates of its own authority name it."""

    city: Text
    root: Text  # what the root certificate is called
    stamp: Text  # and that of the time stamps
    revocations: str = ""  # where its lists of revoked certificates are published, without "/"


@dataclass(frozen=True, slots=True)
class Sealer:
    """The agency whose seal a paper bears."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed PDF, and the name of the key that sealed it."""

    pdf: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What anybody may know of a certificate of the city."""

    purpose: str
    key_id: str
    names: tuple[str, ...]  # in the city's languages, the first as the subject
    serial: str  # in hexadecimal, as viewers show it
    first_day: datetime
    last_day: datetime
    fingerprint: str  # SHA-256 of the certificate, in hexadecimal
    state: State
    revoked_at: datetime | None
    in_token: bool  # its key lives in a security module
    pem: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with the names of its key and its algorithm, so that others can be added."""

    key_id: str
    algorithm: str
    value: bytes

    @property
    def purpose(self) -> str:
        """What the key was made for; a key signs for one purpose only."""
        return self.key_id.rpartition("-")[0]
