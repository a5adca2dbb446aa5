"""End a case before anything is decided: the applicant withdraws it, or an office voids it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.notices import tell_voided, tell_withdrawn
from yimen.cases.actions.running import CASE_COLUMNS
from yimen.cases.actions.writing import city_day, officer, write_history
from yimen.cases.events import Voided, Withdrawn
from yimen.cases.models import ACTIVE_TASK_STATES, Case, ClockStop, Correction, Task
from yimen.cases.queries.handling import application_of
from yimen.cases.queries.scope import case_visible_to, hold_case
from yimen.cases.queries.status import ending_reason
from yimen.cases.rules.permissions import (
    check_case_move,
    check_may_answer,
    check_may_void,
    check_reason,
    check_system,
    clerk_agency,
)
from yimen.cases.types import CorrectionState, HistoryKind, Outcome, TaskState
from yimen.catalogue.queries import current_city
from yimen.ledger.actions import append


@transaction.atomic
def withdraw(actor: Actor, receipt_number: str, reason: str = "") -> None:
    """Take an application back while nothing is decided. By the applicant, or a clerk for them.

    The process ends, the officers' tasks are closed and the clocks stand still; whoever decides at
    the same moment waits for the case's row, and one of the two is told about the other. Doing it
    again changes nothing. Raises `WrongState` when the case is decided, `ReasonTooLong`,
    `NotAllowed`, `NotFound`.
    """
    case = case_visible_to(actor, receipt_number, lock=True)
    check_may_answer(actor)
    if case.outcome == Outcome.WITHDRAWN:
        return
    reason = check_reason(reason, needed=False)
    at = now()
    _end(case, "withdraw", Outcome.WITHDRAWN, at)
    data: dict[str, object] = {"reason": reason} if reason else {}
    clerk = officer(actor, clerk_agency(actor))
    write_history(case, HistoryKind.WITHDRAWN, at, actor=actor, who=clerk, data=data)
    append(Withdrawn(case.id), actor=actor, person_id=case.person_id)


@transaction.atomic
def void_entry(actor: Actor, receipt_number: str, reason: str) -> None:
    """Declare an application void that was entered by mistake; the applicant is told why.

    By who holds ``case.void`` in the leading agency, or the clerk who entered it; only while nothing
    is decided (a decision is revoked instead). Raises `CaseEnded` (how and when: voided or withdrawn
    already), `WrongState` when the case is decided, `ReasonMissing`, `ReasonTooLong`, `NotAllowed`,
    `NotFound`.
    """
    case = hold_case(actor, receipt_number)
    check_may_void(actor, case.agency, application_of(case).submitted_by)
    reason = check_reason(reason, needed=True)
    at = now()
    _end(case, "void", Outcome.VOIDED, at)
    who = officer(actor, case.agency)
    data: dict[str, object] = {"reason": reason}
    write_history(case, HistoryKind.VOIDED, at, actor=actor, who=who, data=data)
    append(Voided(case.id), actor=actor, person_id=case.person_id)


def _end(case: Case, verb: str, outcome: Outcome, at: datetime) -> None:
    """Close a case whose row is held: nobody has a task in it, and no clock waits for anything."""
    case.state = check_case_move(verb, case.state)
    case.outcome, case.closed_at, case.process_state = outcome, at, None
    case.save(update_fields=["state", *CASE_COLUMNS])
    rows = {"person_id": case.person_id, "case_id": case.id}
    Task.objects.filter(**rows, state__in=ACTIVE_TASK_STATES).update(
        state=TaskState.CANCELLED, done_at=at
    )
    Correction.objects.filter(**rows, state=CorrectionState.ASKED).update(
        state=CorrectionState.DROPPED, answered_at=at
    )
    day = city_day(current_city(), at)
    ClockStop.objects.filter(**rows, until__isnull=True).update(until=day)


@transaction.atomic
def tell_of_withdrawal(actor: Actor, person_id: UUID, case_id: UUID) -> None:
    """Post the message that the application was taken back. Run by the worker; twice posts once."""
    check_system(actor, "case.tell")
    tell_withdrawn(actor, Case.objects.defer("process_state").get(person_id=person_id, id=case_id))


@transaction.atomic
def tell_of_voiding(actor: Actor, person_id: UUID, case_id: UUID) -> None:
    """Post the message that the entry is void, and why. Run by the worker; twice posts once."""
    check_system(actor, "case.tell")
    case = Case.objects.defer("process_state").get(person_id=person_id, id=case_id)
    tell_voided(actor, case, ending_reason(case))
