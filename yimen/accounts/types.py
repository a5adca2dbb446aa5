"""The closed lists of words of the app."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class TieProof(StrEnum):
    """What showed that an account belongs to a person."""

    POSTED_CODE = "posted_code"
    COUNTER = "counter"
    CARD = "card"
    LOADED = "loaded"  # demo residents, and accounts taken over from another system


@dataclass(frozen=True, slots=True)
class OfficerName:
    """How an officer is named to the public: agency and office number, never a private name."""

    agency: str
    office_number: str


@dataclass(frozen=True, slots=True)
class EmailKept:
    """An e-mail address of an account."""

    address: str
    verified: bool
    primary: bool


@dataclass(frozen=True, slots=True)
class FactorKept:
    """A second factor of an account, without its secret."""

    kind: str  # totp, webauthn, recovery_codes
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PostKept:
    """A post that an officer holds or held."""

    agency: str
    role: str
    office_number: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class AbsenceKept:
    """Days on which an officer was away, or stood in for a colleague who was."""

    from_day: date
    until_day: date
    stood_in: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class AccountKept:
    """All that the city keeps of an account itself, without secrets."""

    user_name: str
    name: str
    is_staff: bool
    tied: bool
    made_at: datetime
    signed_in_at: datetime | None
    email_addresses: tuple[EmailKept, ...]
    second_factors: tuple[FactorKept, ...]
    posts: tuple[PostKept, ...]
    absences: tuple[AbsenceKept, ...]
