"""When a promised day is not kept: the apology, the reason and the new day, before anybody asks."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.notices import reason_waiting, tell_late
from yimen.cases.actions.writing import ids_of, officer, today, write_history
from yimen.cases.events import PromiseMissed
from yimen.cases.models import ACTIVE_TASK_STATES, Case, ClockStop, History, MissedPromise, Task
from yimen.cases.queries.promises import choices_for, latest_told
from yimen.cases.queries.scope import hold_case
from yimen.cases.rules.permissions import check_case_move, check_right, check_system
from yimen.cases.rules.promises import (
    after_stop,
    check_promise,
    missed_day,
    new_day,
    owed_day,
    past_by_law,
)
from yimen.cases.types import CaseState, HistoryKind
from yimen.catalogue.queries import current_city
from yimen.ledger.actions import append

TELL = "case.review"
AT_ONCE = 100


@transaction.atomic
def apologise(actor: Actor) -> int:
    """Note a batch of promises whose day has passed; returns how many cases were looked at.

    Run by the worker until it returns 0. Rows that are held by others are skipped, and what another
    worker has noted meanwhile is seen when the rows are held: one apology for each promised day,
    however many run and wherever one was killed. The event of each case tells its applicant.
    """
    check_system(actor, "case.apologise")
    city = current_city()
    day, at = today(city), now()
    kept = MissedPromise.objects.filter(
        person_id=OuterRef("person_id"), case_id=OuterRef("id"), new_due__gte=day
    )
    cases = list(
        Case.objects.filter(~Exists(kept), closed_at__isnull=True, promised_due__lt=day)
        .exclude(state=CaseState.WAITING)
        .order_by("promised_due", "id")
        .select_for_update(skip_locked=True)
        .defer("process_state")[:AT_ONCE]
    )
    if not cases:
        return 0
    told, tasks = latest_told(cases), _waiting(cases)

    def owed(case: Case) -> date | None:
        last = told.get(case.id)
        return owed_day(case.promised_due, last.new_due if last is not None else None)

    def noted(case: Case, promised: date) -> MissedPromise:
        new_due = new_day(day, case.statutory_due, city.calendar, city.promises.more_days)
        return _missed(case, promised, new_due, day, at, tasks[case.id])

    missed = [
        (case, noted(case, promised))
        for case in cases
        if (promised := missed_day(case.state, owed(case), day)) is not None
    ]
    MissedPromise.objects.bulk_create(row for _case, row in missed)
    History.objects.bulk_create(
        History(**ids_of(case), at=at, kind=HistoryKind.LATE, data=_told(row))
        for case, row in missed
    )
    for case, row in missed:
        _append(actor, case, row)
    return len(cases)


@transaction.atomic
def promise_anew(actor: Actor, receipt_number: str, delay: str, new_due: date | None) -> None:
    """Tell the applicant that it gets late, with a declared reason and a new day.

    Before the promised day has passed or after. Needs ``case.review`` in the leading agency. Raises
    `DelayMissing`, `BadNewDay`, `WrongState` (while it is the applicant's turn, or when the case is
    closed).
    """
    case = hold_case(actor, receipt_number)
    check_right(actor, TELL, case.agency)
    check_case_move("tell_late", case.state)
    city = current_city()
    owed, days = choices_for(case)
    reason, new_due = check_promise(delay, city.promises.delays, new_due, days)
    assert owed is not None  # there are days to choose from
    who, at = officer(actor, case.agency), now()
    row = _missed(case, owed, new_due, today(city), at, _waiting([case])[case.id])
    row.delay, row.says = reason.key, reason.says.as_dict()
    row.noted_by, row.noted_number = actor.account_id, who.office_number
    row.save(force_insert=True)
    write_history(case, HistoryKind.LATE, at, actor=actor, who=who, data=_told(row))
    _append(actor, case, row)


@transaction.atomic
def tell_of_lateness(actor: Actor, person_id: UUID, case_id: UUID, missed_id: UUID) -> None:
    """Post the apology. Run by the worker; twice posts once.

    Nothing is posted for a case that ended meanwhile: its outcome is told.
    """
    check_system(actor, "case.tell")
    case = Case.objects.defer("process_state").get(person_id=person_id, id=case_id)
    if case.closed_at is None:
        tell_late(actor, case, MissedPromise.objects.get(person_id=person_id, id=missed_id))


def move_new_day(case: Case, until: date) -> None:
    """Move the day that was told last by the days in which the clock stood for the applicant.

    The caller holds the case, and has not yet ended the stop.
    """
    row = latest_told([case]).get(case.id)
    if row is None:
        return
    stop = ClockStop.objects.get(person_id=case.person_id, case_id=case.id, until__isnull=True)
    row.new_due = after_stop(row.new_due, stop.since, until, current_city().calendar)
    row.save(update_fields=["new_due"])


def _waiting(cases: Collection[Case]) -> dict[UUID, list[Task]]:
    """Return the open tasks of cases, in the order in which they were opened."""
    found: dict[UUID, list[Task]] = defaultdict(list)
    of_cases = Q(person_id__in={c.person_id for c in cases}, case_id__in={c.id for c in cases})
    tasks = Task.objects.filter(of_cases, state__in=ACTIVE_TASK_STATES)
    for task in tasks.order_by("opened_at", "id"):
        found[task.case_id].append(task)
    return found


def _missed(
    case: Case, owed: date, new_due: date, day: date, at: datetime, waiting: list[Task]
) -> MissedPromise:
    """Return the row of a promise that is not kept, for which offices are waited for."""
    steps = [(task.title, task.agency) for task in waiting]
    return MissedPromise(
        **ids_of(case),
        promised=owed,
        new_due=new_due,
        says=reason_waiting(case.agency, steps).as_dict(),
        agencies=list(dict.fromkeys(agency for _title, agency in steps)) or [case.agency],
        statutory=past_by_law(case.statutory_due, day),
        noted_at=at,
    )


def _told(row: MissedPromise) -> dict[str, object]:
    return {
        "promised": row.promised.isoformat(),
        "promised_due": row.new_due.isoformat(),
        "says": row.says,
    }


def _append(actor: Actor, case: Case, row: MissedPromise) -> None:
    event = PromiseMissed(case.id, row.id, row.promised.isoformat(), row.new_due.isoformat())
    append(event, actor=actor, person_id=case.person_id)
