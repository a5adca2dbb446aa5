"""Verify the ledger: one pass over seals, days and events, to the first that is not as sealed.

A batch is right when its events hash to the leaves of its seal, those to its root, the root is
signed and follows from the seal before. Only where that fails are events looked at one by one, to
name the one that was changed, deleted, inserted or moved.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from time import monotonic
from typing import Any, Self

from django.db import connection, transaction
from django.db.models import Max, Min, QuerySet

from yimen.keys.queries import verify as verify_signature
from yimen.ledger import rules
from yimen.ledger.loader import PublishedRoots
from yimen.ledger.models import RECORD, DayRoot, Event, Seal, Signed
from yimen.ledger.queries import zone_of_days
from yimen.ledger.types import Fault, FaultKind, Found, Progress, Verification

_STRETCH = 30.0  # seconds with one snapshot; a longer one would keep vacuum from its work
_FETCH = 5000
_GUARDS = (
    *(f"ledger_event_no_{what}" for what in ("update", "position", "delete", "truncate")),
    *(f"ledger_seal_no_{what}" for what in ("update", "delete", "truncate")),
    *(f"ledger_dayroot_no_{what}" for what in ("update", "delete", "truncate")),
)

Report = Callable[[Progress], None]


def verify(
    *,
    day: date | None = None,
    published: PublishedRoots | None = None,
    report: Report | None = None,
) -> Verification:
    """Verify all that is sealed, or one day of it, and name the first fault.

    ``published`` is what the portal published at some time before: its days must be unchanged.
    """
    scope = _Scope.of(day)
    walk = _Walk(scope, report or (lambda progress: None))
    fault = walk.run()
    if fault is None and day is None:
        fault = _event_without_seal() or _unlike(published)
    return Verification(
        events=walk.position - scope.position,
        seals=walk.number - scope.number,
        days=walk.days_done,
        last_position=walk.position,
        fault=fault,
        unguarded=_unguarded(),
    )


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a walk begins, what it takes for granted there, and where it ends."""

    number: int = 0  # of the seal before
    position: int = 0
    last_hash: bytes = rules.NOTHING_BEFORE
    day_hash: bytes = rules.NOTHING_BEFORE
    last_number: int = 0
    last_position: int = 0
    days: tuple[DayRoot, ...] = ()

    @classmethod
    def of(cls, day: date | None) -> Self:
        seals = Seal.objects.all()
        days = DayRoot.objects.order_by("day")
        day_before = None
        if day is not None:
            day_before = days.filter(day__lt=day).last()
            days = days.filter(day=day)
            seals = _seals_of(day, days.first(), day_before)
        ends = seals.aggregate(
            first=Min("number"), number=Max("number"), position=Max("last_position")
        )
        if ends["number"] is None:
            return cls(days=tuple(days))
        before = None
        if day is not None:
            before = Seal.objects.filter(number=ends["first"] - 1).defer("leaves").first()
        return cls(
            number=before.number if before else 0,
            position=before.last_position if before else 0,
            last_hash=_hash(before),
            day_hash=_hash(day_before),
            last_number=ends["number"],
            last_position=ends["position"],
            days=tuple(days),
        )


def _seals_of(day: date, root: DayRoot | None, before: DayRoot | None) -> QuerySet[Seal]:
    """Return the seals of a day: those that its root closes, or those of a day that is open."""
    seals = Seal.objects.filter(number__gt=before.last_seal if before else 0)
    if root is not None:
        return seals.filter(number__lte=root.last_seal)
    zone = zone_of_days() or UTC
    start, end = (datetime.combine(day + timedelta(days=more), time(), zone) for more in (0, 1))
    return seals.filter(at__gte=start, at__lt=end)


class _Walk:
    """One pass in the order of positions. Its fields say what is found good so far."""

    def __init__(self, scope: _Scope, report: Report) -> None:
        self.scope, self.report = scope, report
        self.number, self.position = scope.number, scope.position
        self.last_hash, self.day_hash = scope.last_hash, scope.day_hash
        self.days, self.days_done = deque(scope.days), 0
        self.day_leaves: list[bytes] = []
        self.day_start = (scope.number + 1, scope.position + 1)
        self.reported = monotonic()

    def run(self) -> Fault | None:
        """Walk to the end or to the first fault."""
        fault = None
        while self.number < self.scope.last_number and fault is None:
            with transaction.atomic():
                fault = self._stretch()
        if fault is None and self.days:  # a day that names seals which do not exist
            fault = self._day(self.days.popleft())
        self._tell(at_once=True)
        return fault

    def _stretch(self) -> Fault | None:
        """Walk on for a while in one transaction, with server-side cursors."""
        until = monotonic() + _STRETCH
        seals = Seal.objects.filter(number__range=(self.number + 1, self.scope.last_number))
        with closing(_records_after(self.position)) as events:
            for seal in seals.order_by("number").iterator(chunk_size=16):
                if fault := self._seal(seal, events) or self._days_ending():
                    return fault
                self._tell()
                if monotonic() > until:
                    break
        if Event.objects.filter(position=self.position).count() > 1:
            return _first_bad_event(seal)
        return None

    def _seal(self, seal: Seal, events: Iterator[tuple[int, str]]) -> Fault | None:
        body, leaves = seal.body(), bytes(seal.leaves)
        count = seal.last_position - self.position
        kind = rules.link_fault(
            adjoins=(seal.number, seal.first_position) == (self.number + 1, self.position + 1),
            follows=bytes(seal.previous) == self.last_hash,
            signed=_is_signed(seal, body),
            root_holds=len(leaves) == count * rules.HASH
            and rules.merkle_root(leaves) == bytes(seal.root),
        )
        if kind is FaultKind.WRONG_ROOT:
            return _fault_of_leaves(seal)
        if kind is not None:
            return Fault(kind, self.position + 1, seal=self.number + 1)
        rows = list(islice(events, count))
        if b"".join([rules.leaf_hash(record.encode()) for _, record in rows]) != leaves:
            if rows and rows[0][0] <= self.position:  # a second one at the last position
                seal = Seal.objects.get(number=self.number)
            return _first_bad_event(seal)
        self.number, self.position = seal.number, seal.last_position
        self.last_hash = rules.body_hash(body)
        self.day_leaves.append(rules.leaf_hash(body))
        return None

    def _days_ending(self) -> Fault | None:
        while self.days and self.days[0].last_seal <= self.number:
            if fault := self._day(self.days.popleft()):
                return fault
        return None

    def _day(self, day: DayRoot) -> Fault | None:
        body = day.body()
        kind = rules.link_fault(
            adjoins=(day.first_seal, day.first_position) == self.day_start
            and (day.last_seal, day.last_position) == (self.number, self.position),
            follows=bytes(day.previous) == self.day_hash,
            signed=_is_signed(day, body),
            root_holds=rules.merkle_root(b"".join(self.day_leaves)) == bytes(day.root),
        )
        if kind is not None:
            return Fault(kind, self.day_start[1], day=day.day)
        self.day_start = (self.number + 1, self.position + 1)
        self.day_leaves, self.day_hash = [], rules.body_hash(body)
        self.days_done += 1
        return None

    def _tell(self, *, at_once: bool = False) -> None:
        if at_once or monotonic() - self.reported > 0.1:
            self.reported = monotonic()
            start = self.scope.position
            self.report(Progress(self.position - start, self.scope.last_position - start))


def _hash(row: Signed | None) -> bytes:
    return rules.body_hash(row.body()) if row else rules.NOTHING_BEFORE


def _is_signed(row: Signed, body: bytes) -> bool:
    signature = row.signed()
    return signature.purpose == "ledger" and verify_signature(signature, body)


def _records_after(position: int) -> Generator[tuple[int, str], None, None]:
    """Yield positions and canonical texts in order, from a server-side cursor."""
    sql = f"SELECT position, {RECORD} FROM ledger_event WHERE position > %s ORDER BY position"  # noqa: S608
    with connection.cursor() as settings_cursor:
        settings_cursor.execute("SET LOCAL jit = off")
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [position])
        while rows := cursor.fetchmany(_FETCH):
            yield from rows


# Naming what is wrong


def _fault_of_leaves(seal: Seal) -> Fault:
    """Say what is wrong where a seal's leaves do not give the root that was signed."""
    first, last = seal.first_position, seal.last_position
    found = _found("position BETWEEN %s AND %s", [first, last])
    leaves = b"".join(rules.leaf_hash(event.record.encode()) for event in found)
    if rules.merkle_root(leaves) == bytes(seal.root):
        return Fault(FaultKind.WRONG_ROOT, first, seal=seal.number)
    return Fault(FaultKind.CHANGED, first, seal=seal.number, last_position=last)


def _first_bad_event(seal: Seal) -> Fault:
    leaves = bytes(seal.leaves)
    here: dict[int, list[Found]] = {}
    for event in _found("position BETWEEN %s AND %s", [seal.first_position, seal.last_position]):
        here.setdefault(event.position or 0, []).append(event)
    for index, position in enumerate(range(seal.first_position, seal.last_position + 1)):
        wanted = rules.leaf_at(leaves, index)
        others = [e for e in here.get(position, []) if _leaf(e, position) != wanted]
        if len(here.get(position, [])) == 1 and not others:
            continue
        belongs_at = _own_position(others[0]) if others else None
        return rules.event_fault(position, others, _original(position, wanted), belongs_at)
    raise RuntimeError(f"The ledger was changed while seal {seal.number} was verified.")


def _leaf(event: Found, position: int) -> bytes:
    """Return the leaf this event would have at a position."""
    _, _, rest = event.record.partition(",")
    return rules.leaf_hash(f"[{position},{rest}".encode())


def _original(position: int, wanted: bytes) -> Found | None:
    """Return the event that was sealed at a position, wherever it stands now."""
    placed = RECORD.replace("(position,", f"({position},")
    condition = f"sha256('\\x00'::bytea || convert_to({placed}, 'UTF8')) = %s"
    return next(iter(_found(condition, [wanted])), None)


def _own_position(event: Found) -> int | None:
    """Return the position at which this event was sealed, if it ever was."""
    for seal in Seal.objects.order_by("number").iterator(chunk_size=16):
        leaves = bytes(seal.leaves)
        for index in range(len(leaves) // rules.HASH):
            position = seal.first_position + index
            if rules.leaf_at(leaves, index) == _leaf(event, position):
                return position
    return None


def _found(condition: str, values: list[Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, position, {RECORD} FROM ledger_event WHERE {condition}"  # noqa: S608
            " ORDER BY position",
            values,
        )
        return [Found(*row) for row in cursor.fetchall()]


# What a walk over the seals does not come to


def _event_without_seal() -> Fault | None:
    """Find an event at a position that no seal covers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "(SELECT position, id FROM ledger_event WHERE position < 1 ORDER BY position LIMIT 1)"
            " UNION ALL (SELECT position, id FROM ledger_event WHERE position >"
            " (SELECT coalesce(max(last_position), 0) FROM ledger_seal)"
            " ORDER BY position LIMIT 1)"
        )
        row = cursor.fetchone()
    return Fault(FaultKind.INSERTED, row[0], row[1]) if row else None


def _unlike(published: PublishedRoots | None) -> Fault | None:
    """Find the first day, or the seal that was newest, that is not as it was published."""
    if published is None:
        return None
    days = {root.day: root.body().decode() for root in DayRoot.objects.all()}
    for day, text in sorted(published.days.items()):
        if days.get(day) != text:
            return Fault(FaultKind.NOT_AS_PUBLISHED, day=day)
    if published.head:
        number, text = published.head
        seal = Seal.objects.filter(number=number).defer("leaves").first()
        if seal is None or seal.body().decode() != text:
            return Fault(FaultKind.NOT_AS_PUBLISHED, seal=number)
    return None


def _unguarded() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND tgname = ANY(%s)",
            [list(_GUARDS)],
        )
        standing = {name for (name,) in cursor.fetchall()}
    return tuple(name for name in _GUARDS if name not in standing)
