"""The clocks of a case: statutory and promised limits, stops, extensions, and why a date is so."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yimen.base.actor import Actor
from yimen.base.calendar import WorkingCalendar
from yimen.base.deadline import Deadline, Stop, Unit, compute, days_until
from yimen.cases.rules.errors import ExtensionTooLong, NoExtension, OnlyOneExtension, SameOfficer
from yimen.cases.rules.permissions import check_right
from yimen.cases.types import (
    NO_TEXT,
    CaseState,
    ClockStep,
    DueBand,
    DueLeft,
    RemedyNamed,
    StepKind,
)
from yimen.catalogue.definition import Limit, Service
from yimen.catalogue.types import CountsFrom

EXTEND = "case.extend"
SOON_DAYS = 3
FAR_AWAY = date(9999, 12, 31)  # sorts a task last while its clock stands


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks of a case."""

    statutory: Deadline
    promised: Deadline


def calendar_mark(calendar: WorkingCalendar) -> str:
    """Return a short text that is the same for two calendars that work the same days."""
    days = [f"{off.day} {off.works}" for off in calendar.exceptions.values()]
    text = "\n".join([*map(str, sorted(calendar.rest_days)), *sorted(days)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def unit_of(limit: Limit) -> Unit:
    """Return the unit of a declared limit in the words of the clock."""
    return Unit(limit.unit.value)


def clocks(
    service: Service,
    submitted_on: date,
    calendar: WorkingCalendar,
    *,
    stops: Sequence[Stop] = (),
    extension_days: int = 0,
) -> Clocks:
    """Return both clocks of a case under its version of the service.

    An extension adds its days to either clock: the office that may take longer by law need not
    break its promise meanwhile. All three are declared in one unit.
    """

    def clock(limit: Limit) -> Deadline:
        return compute(
            calendar,
            submitted_on,
            limit.days,
            unit_of(limit),
            extension_days=extension_days,
            stops=stops,
        )

    return Clocks(clock(service.statutory), clock(service.promised))


def explain(deadline: Deadline, source: str = "") -> tuple[ClockStep, ...]:
    """Return how a due date was computed, step by step, for a channel to put into sentences.

    The steps add up: after ``start``, ``limit + extension`` in the unit and then the ``stopped``
    days lead to the due date, or to the day before it was ``moved`` to a working day.
    """
    unit, day_unit = str(deadline.unit), str(deadline.unit.of_days)
    limit = deadline.days - deadline.extension_days
    steps = [
        ClockStep(StepKind.START, day=deadline.start),
        ClockStep(StepKind.LIMIT, days=limit, unit=unit, source=source),
    ]
    if deadline.extension_days:
        steps.append(ClockStep(StepKind.EXTENSION, days=deadline.extension_days, unit=unit))
    steps.extend(
        ClockStep(StepKind.STOP, day=stop.since, until=stop.until, name=stop.reason)
        for stop in deadline.stops
    )
    if deadline.stopped_days:
        steps.append(ClockStep(StepKind.STOPPED, days=deadline.stopped_days, unit=day_unit))
    if deadline.unit is Unit.WORKING:
        steps.extend(
            ClockStep(StepKind.DAY_OFF, day=off.day, title=off.name, works=off.works)
            for off in deadline.days_off
        )
    steps.extend(_ending(deadline, day_unit))
    return tuple(steps)


def _ending(deadline: Deadline, unit: str) -> list[ClockStep]:
    if deadline.due is None:
        return [ClockStep(StepKind.STANDING, days=deadline.days_left_at_stop or 0, unit=unit)]
    steps = []
    if deadline.moved_days:
        moved = deadline.moved_days
        steps.append(ClockStep(StepKind.MOVED, day=deadline.due, days=moved, unit=unit))
    return [*steps, ClockStep(StepKind.DUE, day=deadline.due)]


def due_left(
    due: date | None, today: date, calendar: WorkingCalendar, unit: Unit = Unit.WORKING
) -> DueLeft:
    """Return how long there is, and how pressing that is. ``due`` None: the clock stands."""
    unit = unit.of_days
    if due is None:
        return DueLeft(DueBand.STANDING, 0, str(unit), None)
    days = days_until(calendar, today, due, unit)
    if due < today:
        # A due day in the past is late even when no working day has passed since.
        return DueLeft(DueBand.LATE, min(days, -1), str(unit), due)
    if due == today:
        return DueLeft(DueBand.TODAY, 0, str(unit), due)
    band = DueBand.SOON if days <= SOON_DAYS else DueBand.CALM
    return DueLeft(band, days, str(unit), due)


def task_due(promised_due: date | None, state: str) -> date:
    """Return the date by which a task sorts in the queue: last while it is the resident's turn.

    Also when the office was late before it asked: meanwhile it cannot do anything.
    """
    if promised_due is None or state == CaseState.WAITING:
        return FAR_AWAY
    return promised_due


def check_extension(days: int, allowed: Limit | None, existing: int) -> None:
    """Refuse an extension that the service does not declare, a second one, and a longer one."""
    if allowed is None:
        raise NoExtension
    if existing:
        raise OnlyOneExtension
    if not 1 <= days <= allowed.days:
        raise ExtensionTooLong(allowed.days)


def check_approve_extension(actor: Actor, agency: str, asked_by: int) -> None:
    """Refuse without the right, and to the very officer who asked."""
    check_right(actor, EXTEND, agency)
    if actor.account_id == asked_by:
        raise SameOfficer


def remedies_named(
    service: Service, told_on: date, calendar: WorkingCalendar
) -> tuple[RemedyNamed, ...]:
    """Return the remedies of a decision with their last days, counted from when it was told.

    A remedy that counts from the outcome of the one before it has no day yet.
    """
    named: list[RemedyNamed] = []
    before = NO_TEXT
    for remedy in service.remedies:
        waits = remedy.counts_from is CountsFrom.EARLIER_REMEDY
        unit = unit_of(remedy.limit)
        named.append(
            RemedyNamed(
                remedy.title,
                remedy.says,
                None if waits else compute(calendar, told_on, remedy.limit.days, unit).due,
                remedy.limit.days,
                str(unit),
                remedy.source,
                before if waits else NO_TEXT,
                remedy.service,
            )
        )
        before = remedy.title
    return tuple(named)
