"""What an event is, and who hears of it.

Each app declares its events in its own `events.py` as frozen dataclasses that derive from `Event`.
Payloads hold ids, field names and keyed hashes, never personal values.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events. ``kind`` is ``app.past_participle``, e.g. ``cases.submitted``.

    Fields may be UUID, str, int, bool, None, or lists of str.
    """

    kind: ClassVar[str]

    def payload(self) -> dict[str, object]:
        """Return the fields as JSON values, in declaration order."""
        return {k: str(v) if isinstance(v, UUID) else v for k, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class DocumentsDeleted(Event):
    """Stored documents that nothing named any more were deleted."""

    kind: ClassVar[str] = "ledger.documents_deleted"
    count: int


_subscriptions: dict[str, list[str]] = {}


def subscribe(event: type[Event], job: str) -> None:
    """Let the background job ``job`` (dotted task name) run once for each event of this kind.

    Called from `apps.py` only. The job gets ``event_id`` and the payload as keyword arguments.
    """
    jobs = _subscriptions.setdefault(event.kind, [])
    if job not in jobs:
        jobs.append(job)


def subscribers(kind: str) -> tuple[str, ...]:
    """Return the names of the jobs that hear of this kind of event."""
    return tuple(_subscriptions.get(kind, ()))


def all_subscriptions() -> dict[str, tuple[str, ...]]:
    """Return every kind with its jobs; a test resolves the names."""
    return {kind: tuple(jobs) for kind, jobs in _subscriptions.items()}
