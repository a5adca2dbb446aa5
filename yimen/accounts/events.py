"""What can happen to accounts, for the ledger."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from yimen.ledger.events import Event


@dataclass(frozen=True, slots=True)
class SignedUp(Event):
    """A resident made an account. It opens nothing personal yet."""

    kind: ClassVar[str] = "accounts.signed_up"
    account_id: int


@dataclass(frozen=True, slots=True)
class StaffAccountMade(Event):
    """An account for a member of staff was made."""

    kind: ClassVar[str] = "accounts.staff_account_made"
    account_id: int


@dataclass(frozen=True, slots=True)
class Tied(Event):
    """An account was tied to the person it belongs to."""

    kind: ClassVar[str] = "accounts.tied"
    account_id: int
    person_id: UUID
    proof: str


@dataclass(frozen=True, slots=True)
class Untied(Event):
    """The tie between an account and a person was undone."""

    kind: ClassVar[str] = "accounts.untied"
    account_id: int
    person_id: UUID


@dataclass(frozen=True, slots=True)
class ProvisionalKept(Event):
    """An account keeps the provisional person under whom its holder began to apply."""

    kind: ClassVar[str] = "accounts.provisional_kept"
    account_id: int
    person_id: UUID


@dataclass(frozen=True, slots=True)
class PostGiven(Event):
    """An officer was given a post."""

    kind: ClassVar[str] = "accounts.post_given"
    post_id: int
    account_id: int
    agency: str
    role: str
    office_number: str


@dataclass(frozen=True, slots=True)
class PostEnded(Event):
    """An officer's post ended."""

    kind: ClassVar[str] = "accounts.post_ended"
    post_id: int
    account_id: int
    agency: str
    role: str


@dataclass(frozen=True, slots=True)
class PostMoved(Event):
    """The agency of a post ended: its officer goes on in the same role at the successor.

    ``post_id`` is the post that ended, ``new_post_id`` the one held from now on.
    """

    kind: ClassVar[str] = "accounts.post_moved"
    post_id: int
    new_post_id: int
    account_id: int
    agency: str
    successor: str
    role: str


@dataclass(frozen=True, slots=True)
class AbsenceSet(Event):
    """A colleague stands in for somebody who is away."""

    kind: ClassVar[str] = "accounts.absence_set"
    absence_id: int
    account_id: int
    delegate_id: int
    from_day: str
    until_day: str


@dataclass(frozen=True, slots=True)
class AbsenceWithdrawn(Event):
    """An absence was taken back."""

    kind: ClassVar[str] = "accounts.absence_withdrawn"
    absence_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class PasswordSet(Event):
    """The system set another password for an account."""

    kind: ClassVar[str] = "accounts.password_set"
    account_id: int


@dataclass(frozen=True, slots=True)
class SecondFactorSet(Event):
    """The system set up a second factor for an account."""

    kind: ClassVar[str] = "accounts.second_factor_set"
    account_id: int
