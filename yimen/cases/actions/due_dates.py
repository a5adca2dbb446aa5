"""The clocks of running cases: extensions, and holidays that are announced later."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.notices import tell_due_changed, tell_extended
from yimen.cases.actions.writing import ids_of, officer, write_history
from yimen.cases.events import DueDatesRecomputed, ExtensionAsked, ExtensionDecided
from yimen.cases.models import (
    ACTIVE_TASK_STATES,
    Case,
    ClockStop,
    Extension,
    History,
    Task,
)
from yimen.cases.queries.calendars import current_calendar_mark
from yimen.cases.queries.handling import as_stops, clocks_of, service_of
from yimen.cases.queries.scope import hold_case
from yimen.cases.rules.clocks import (
    check_approve_extension,
    check_extension,
    clocks,
    task_due,
)
from yimen.cases.rules.errors import check_found
from yimen.cases.rules.permissions import (
    account_of,
    check_case_move,
    check_reason,
    check_right,
    check_system,
)
from yimen.cases.types import CaseState, ExtensionState, HistoryKind
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city
from yimen.ledger.actions import append

ASK = "case.review"
AT_ONCE = 100


def set_due_dates(case: Case, service: Service) -> None:
    """Compute a case's due dates anew and pass them on to its tasks; the caller saves the case."""
    case.calendar_mark = current_calendar_mark()  # first: a mark may be old, never a date
    due = clocks_of(case, service)
    case.statutory_due, case.promised_due = due.statutory.due, due.promised.due
    Task.objects.filter(
        person_id=case.person_id, case_id=case.id, state__in=ACTIVE_TASK_STATES
    ).update(due=task_due(case.promised_due, case.state), waiting=case.state == CaseState.WAITING)


DUE_COLUMNS = ("statutory_due", "promised_due", "calendar_mark")


@transaction.atomic
def request_extension(actor: Actor, receipt_number: str, days: int, reason: str) -> UUID:
    """Ask for more time, in the unit of the service's limits. Another officer approves it.

    Needs ``case.review`` in the leading agency. Raises `NoExtension` (the service declares none),
    `OnlyOneExtension`, `ExtensionTooLong`, `ReasonMissing`, `WrongState` (while the clock stands, or
    when the case is closed).
    """
    case = hold_case(actor, receipt_number)
    check_right(actor, ASK, case.agency)
    check_case_move("extend", case.state)
    reason = check_reason(reason, needed=True)
    before = Extension.objects.filter(person_id=case.person_id, case_id=case.id)
    existing = before.exclude(state=ExtensionState.REFUSED).count()
    check_extension(days, service_of(case).extension, existing)
    who, at = officer(actor, case.agency), now()
    row = Extension.objects.create(
        **ids_of(case),
        state=ExtensionState.ASKED,
        days=days,
        reason=reason,
        asked_at=at,
        asked_by=account_of(actor),
        asked_number=who.office_number,
    )
    data: dict[str, object] = {"days": days, "reason": reason}
    write_history(case, HistoryKind.EXTENSION_ASKED, at, actor=actor, who=who, data=data)
    append(ExtensionAsked(case.id, row.id, days), actor=actor, person_id=case.person_id)
    return row.id


@transaction.atomic
def approve_extension(
    actor: Actor, receipt_number: str, *, approve: bool = True, reason: str = ""
) -> None:
    """Approve or refuse the extension that was asked for. Approving moves both due dates.

    The applicant is told the new one. Needs ``case.extend`` in the leading agency, and another
    officer than the one who asked (`SameOfficer`). Refusing needs a reason. `NotFound` when none
    waits.
    """
    case = hold_case(actor, receipt_number)
    rows = Extension.objects.filter(person_id=case.person_id, case_id=case.id)
    row = check_found(rows.filter(state=ExtensionState.ASKED).first())
    check_approve_extension(actor, case.agency, row.asked_by)
    check_case_move("extend", case.state)
    reason = check_reason(reason, needed=not approve)
    who, at = officer(actor, case.agency), now()
    row.state = ExtensionState.APPROVED if approve else ExtensionState.REFUSED
    row.answered_at, row.answered_by, row.answered_number = at, actor.account_id, who.office_number
    row.save(update_fields=["state", "answered_at", "answered_by", "answered_number"])
    data: dict[str, object] = {"days": row.days, "reason": reason or row.reason}
    if approve:
        set_due_dates(case, service_of(case))
        case.save(update_fields=DUE_COLUMNS)
        data["promised_due"] = case.promised_due.isoformat() if case.promised_due else None
    kind = HistoryKind.EXTENDED if approve else HistoryKind.EXTENSION_REFUSED
    write_history(case, kind, at, actor=actor, who=who, data=data)
    event = ExtensionDecided(case.id, row.id, approve)
    append(event, actor=actor, person_id=case.person_id)


@transaction.atomic
def tell_of_extension(actor: Actor, person_id: UUID, case_id: UUID, extension_id: UUID) -> None:
    """Post the new date and the reason. Run by the worker; twice posts once.

    Nothing is posted for an extension that was refused, nor for a case decided meanwhile.
    """
    check_system(actor, "case.tell")
    case = Case.objects.defer("process_state").get(person_id=person_id, id=case_id)
    row = Extension.objects.get(person_id=person_id, id=extension_id)
    if row.state == ExtensionState.APPROVED and case.closed_at is None:
        tell_extended(actor, case, row)


@transaction.atomic
def recompute_deadlines(actor: Actor) -> int:
    """Compute a batch of open cases anew after the calendar changed; returns how many were left.

    Run by the worker until it returns 0, when a city was applied and each minute: rows that are
    held by others are skipped, and a web server may take two seconds to hear of a new calendar.
    Each case whose date moved gets a history row with the old and the new date, and its applicant
    a message. A batch is a transaction of about a second, and a run that stops in the middle goes
    on where it was.
    """
    check_system(actor, "case.recompute")
    current_city(asked_now=True)  # the one that is held may be that before the new calendar
    mark = current_calendar_mark()
    other = Q(calendar_mark__lt=mark) | Q(calendar_mark__gt=mark)  # two stretches of the index
    cases = list(
        Case.objects.filter(other, closed_at__isnull=True)
        .select_for_update(skip_locked=True)
        .defer("process_state")[:AT_ONCE]
    )
    if not cases:
        return 0
    moved = _move(cases, mark)
    at = now()
    rows = History.objects.bulk_create(
        History(
            **ids_of(case),
            at=at,
            kind=HistoryKind.DUE_CHANGED,
            data={
                "promised_due_before": _iso(before),
                "promised_due": _iso(case.promised_due),
            },
        )
        for case, before in moved
    )
    for (case, before), row in zip(moved, rows, strict=True):
        tell_due_changed(actor, case, before, row.id)
    append(DueDatesRecomputed(len(cases), len(moved), mark), actor=actor)
    return len(cases)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _move(cases: list[Case], mark: str) -> list[tuple[Case, date | None]]:
    """Give cases their new dates; returns those whose promised date moved, with the old one."""
    stops, extended = _stops_and_extensions(cases)
    calendar = current_city().calendar
    moved = []
    for case in cases:
        due = clocks(
            service_of(case),
            case.submitted_on,
            calendar,
            stops=as_stops(stops[case.id]),
            extension_days=extended[case.id],
        )
        if due.promised.due != case.promised_due:
            moved.append((case, case.promised_due))
        case.statutory_due, case.promised_due = due.statutory.due, due.promised.due
    _write_dates(cases, mark)
    return moved


def _stops_and_extensions(
    cases: list[Case],
) -> tuple[dict[UUID, list[ClockStop]], dict[UUID, int]]:
    keys = Q(person_id__in={c.person_id for c in cases}, case_id__in={c.id for c in cases})
    stops: dict[UUID, list[ClockStop]] = defaultdict(list)
    for stop in ClockStop.objects.filter(keys):
        stops[stop.case_id].append(stop)
    extended: dict[UUID, int] = defaultdict(int)
    for row in Extension.objects.filter(keys, state=ExtensionState.APPROVED):
        extended[row.case_id] += row.days
    return stops, extended


_WRITE_CASES = """
UPDATE cases_case AS c
SET statutory_due = new.statutory, promised_due = new.promised, calendar_mark = %(mark)s
FROM unnest(%(persons)s::uuid[], %(ids)s::uuid[], %(statutory)s::date[], %(promised)s::date[])
    AS new(person_id, id, statutory, promised)
WHERE c.person_id = new.person_id AND c.id = new.id
"""
_WRITE_TASKS = """
UPDATE cases_task AS t
SET due = new.due
FROM unnest(%(persons)s::uuid[], %(ids)s::uuid[], %(due)s::date[]) AS new(person_id, id, due)
WHERE t.person_id = new.person_id AND t.case_id = new.id AND t.state IN ('open', 'claimed')
    AND t.due <> new.due
"""


def _write_dates(cases: list[Case], mark: str) -> None:
    """Write many dates in two statements: row by row, a city's open cases would take hours."""
    values: dict[str, Any] = {
        "mark": mark,
        "persons": [case.person_id for case in cases],
        "ids": [case.id for case in cases],
        "statutory": [case.statutory_due for case in cases],
        "promised": [case.promised_due for case in cases],
        "due": [task_due(case.promised_due, case.state) for case in cases],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_CASES, values)
        cursor.execute(_WRITE_TASKS, values)
