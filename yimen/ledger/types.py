"""Small types of the ledger: what verifying found, and how far the sealer is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class FaultKind(StrEnum):
    """What is wrong with the ledger."""

    CHANGED = "changed"  # an event does not say what was sealed
    DELETED = "deleted"  # a sealed event is gone
    INSERTED = "inserted"  # an event stands at a position where none was sealed
    REORDERED = "reordered"  # a sealed event stands at another position
    GAP = "gap"  # a seal or a day is missing between two others
    BROKEN_CHAIN = "broken_chain"  # a seal or a day does not follow from the one before
    WRONG_SIGNATURE = "wrong_signature"  # a seal or a day is not what was signed
    WRONG_ROOT = "wrong_root"  # a seal's leaves, or a day's seals, do not give its root
    NOT_AS_PUBLISHED = "not_as_published"  # a day differs from what was published of it


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad thing that verifying came to.

    ``position`` is where; ``last_position`` is set when only a range of events can be named,
    because the leaves that would tell them apart were changed with them.
    """

    kind: FaultKind
    position: int | None = None
    event_id: UUID | None = None
    seal: int | None = None
    day: date | None = None
    last_position: int | None = None
    belongs_at: int | None = None  # a reordered event's own position


@dataclass(frozen=True, slots=True)
class Found:
    """An event where it stands now, with the canonical text that was or would be sealed."""

    id: UUID
    position: int | None
    record: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified, and the first fault if there is one."""

    events: int
    seals: int
    days: int
    last_position: int
    fault: Fault | None
    unguarded: tuple[str, ...]  # database triggers that should stand guard and do not

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.fault is None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far verifying has come, told about ten times a second."""

    events_done: int
    events_all: int


@dataclass(frozen=True, slots=True)
class SealerLag:
    """How far the sealer is behind: a metric."""

    events: int
    oldest: datetime | None  # when the oldest of them happened
    seconds: float
    last_position: int


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A sealed event as its readers see it."""

    position: int
    id: UUID
    kind: str
    at: datetime
    actor_kind: str
    actor_account: int | None
    actor_label: str
    channel: str
    person_id: UUID | None
    payload: dict[str, object]
