"""Look again: the applicant says that a decision solves nothing, and it goes one level up.

The case stays closed and the decision in force until somebody changes it: whoever looks again says
that it stands and why, or revokes or corrects it, as `mending` does. One mechanism, not two.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.base.text import Text
from yimen.cases.actions.claiming import take
from yimen.cases.actions.notices import tell_recheck_answered, tell_recheck_asked
from yimen.cases.actions.writing import acting_for, city_day, ids_of, officer, write_history
from yimen.cases.events import RecheckAnswered, RecheckAsked, RecheckOrdered
from yimen.cases.models import ACTIVE_TASK_STATES, Case, Decision, Recheck, Task
from yimen.cases.queries.contacts import applicant_name
from yimen.cases.queries.handling import (
    application_of,
    decision_in_force,
    hold_task,
    service_of,
)
from yimen.cases.queries.rechecks import contested_case, rechecks_of
from yimen.cases.queries.scope import case_visible_to, hold_case
from yimen.cases.rules.errors import MustMend
from yimen.cases.rules.permissions import (
    check_case_move,
    check_complete,
    check_may_answer,
    check_reason,
    check_system,
    clerk_agency,
)
from yimen.cases.rules.rechecks import answer_due, check_may_ask, check_other_officer
from yimen.cases.types import RECHECK_KEY, HistoryKind, Outcome, TaskOutcome, TaskState
from yimen.catalogue.definition import RecheckTerms
from yimen.catalogue.queries import acting, current_city
from yimen.catalogue.types import TaskKind
from yimen.ledger.actions import append
from yimen.mailbox.actions import in_each_language


@transaction.atomic
def ask_for_recheck(actor: Actor, receipt_number: str, reason: str) -> None:
    """Say that a decision solves nothing, in one's own words. By the applicant, or a clerk for them.

    The head of the agency that decided, or of its successor, gets a task with a due day of its own. Asking again changes
    nothing: a decision is looked at once. Raises `NoRecheck` (nothing is decided, or the city does
    not offer it), `RecheckTooLate`, `ReasonMissing`, `ReasonTooLong`, `NotAllowed`, `NotFound`.
    """
    case = case_visible_to(actor, receipt_number, lock=True)
    check_may_answer(actor)
    decision, city, at = decision_in_force(case), current_city(), now()
    if decision is not None and any(r.decision_id == decision.id for r in rechecks_of(case)):
        return
    terms = check_may_ask(city.recheck, decision, city_day(city, at), city.calendar)
    assert decision is not None  # or there would be no terms
    check_case_move("ask_for_recheck", case.state)
    reason = check_reason(reason, needed=True)
    title = in_each_language(
        lambda _language: _("Look again: the applicant says that it is not solved")
    )
    row = _open(case, decision, terms, title, reason, at)
    clerk = officer(actor, clerk_agency(actor))
    data: dict[str, object] = {"reason": reason, "due": row.due.isoformat()}
    write_history(case, HistoryKind.RECHECK_ASKED, at, actor=actor, who=clerk, data=data)
    event = RecheckAsked(case.id, row.id, decision.id)
    append(event, actor=actor, person_id=case.person_id)


@transaction.atomic
def order_recheck(actor: Actor, person_id: UUID, case_id: UUID) -> None:
    """Have a decision changed that was contested with success. Run by the worker, twice does it once.

    ``case_id`` is the case that contested it. Nothing happens when it was not approved, contests
    nothing that is known here, or the decision was changed meanwhile.
    """
    check_system(actor, "case.order")
    contesting = Case.objects.defer("process_state").get(person_id=person_id, id=case_id)
    service, terms = service_of(contesting), current_city().recheck
    if contesting.outcome != Outcome.APPROVED or service.contests is None or terms is None:
        return
    found = contested_case(service, application_of(contesting).answers, person_id)
    if found is None:
        return
    case = Case.objects.select_for_update().get(person_id=found.person_id, id=found.id)
    decision, at, number = decision_in_force(case), now(), contesting.receipt_number
    rows = Recheck.objects.filter(person_id=case.person_id, ordered_by=number)
    if decision is None or rows.exists():
        return
    check_case_move("order_recheck", case.state)
    verdict = decision_in_force(contesting)
    title = in_each_language(
        lambda _language: _("Change the decision: it was contested with success")
    )
    reason = verdict.reason if verdict is not None else ""
    row = _open(case, decision, terms, title, reason, at, ordered_by=number)
    data: dict[str, object] = {"number": number, "due": row.due.isoformat()}
    write_history(case, HistoryKind.RECHECK_ORDERED, at, actor=actor, data=data)
    event = RecheckOrdered(case.id, row.id, decision.id, number)
    append(event, actor=actor, person_id=case.person_id)


def _open(
    case: Case,
    decision: Decision,
    terms: RecheckTerms,
    title: Text,
    reason: str,
    at: datetime,
    *,
    ordered_by: str = "",
) -> Recheck:
    """Put a decision on the desk above; the case is held by the caller."""
    city = current_city()
    row = Recheck(
        **ids_of(case),
        id=uuid7(),
        decision_id=decision.id,
        reason=reason,
        asked_at=at,
        due=answer_due(terms, city_day(city, at), city.calendar),
        ordered_by=ordered_by,
    )
    Task.objects.create(
        **ids_of(case),
        id=row.id,
        key=RECHECK_KEY,
        kind=TaskKind.RECHECK,
        title=title.as_dict(),
        binding="",
        agency=acting(decision.agency),
        role=terms.role,
        service_code=case.service_code,
        receipt_number=case.receipt_number,
        applicant=applicant_name(case, application_of(case)),
        state=TaskState.OPEN,
        due=row.due,
        opened_at=at,
    )
    row.save(force_insert=True)
    return row


@transaction.atomic
def answer_recheck(actor: Actor, receipt_number: str, task_id: UUID, reason: str) -> None:
    """Say that the decision stands, and why; the applicant is told. To change it, mend it.

    Raises `OwnDecision` to who decided, `MustMend` (it was contested with success), `AlreadyDecided` for the second of two, `AlreadyClaimed`,
    `ReasonMissing`, `ReasonTooLong`, `WrongOutcome` (another kind of task), `NotAllowed`,
    `NotFound`.
    """
    case = hold_case(actor, receipt_number)
    task = hold_task(case, task_id)
    check_complete(actor, task, TaskKind.RECHECK, TaskOutcome.STANDS)
    check_case_move("answer_recheck", case.state)
    row = Recheck.objects.get(person_id=case.person_id, id=task.id)
    if row.ordered_by:
        raise MustMend
    decision = Decision.objects.get(person_id=case.person_id, id=row.decision_id)
    check_other_officer(actor, decision)
    reason = check_reason(reason, needed=True)
    if task.state == TaskState.OPEN:
        take(actor, case, task)
    at = now()
    _end(row, task, TaskOutcome.STANDS, reason, at)
    who, absent = officer(actor, task.agency), acting_for(actor, task.agency, task.role)
    data: dict[str, object] = {"reason": reason, **absent}
    write_history(case, HistoryKind.RECHECK_ANSWERED, at, actor=actor, who=who, data=data)
    append(RecheckAnswered(case.id, row.id), actor=actor, person_id=case.person_id)


def end_recheck_by_mending(actor: Actor, case: Case, decision: Decision, at: datetime) -> None:
    """End what waits to be looked at again, because its decision is being revoked or corrected.

    The caller holds the case. Refuses who decided with `OwnDecision`: somebody else looks again.
    """
    rows = Recheck.objects.filter(
        person_id=case.person_id, decision_id=decision.id, answered_at__isnull=True
    )
    for row in rows.order_by("id"):
        check_other_officer(actor, decision)
        task = hold_task(case, row.id)
        who = officer(actor, task.agency)
        task.assignee, task.assignee_number = actor.account_id, who.office_number
        task.claimed_at = task.claimed_at or at
        task.save(update_fields=["assignee", "assignee_number", "claimed_at"])
        _end(row, task, TaskOutcome.MENDED, "", at)


def _end(row: Recheck, task: Task, outcome: TaskOutcome, reason: str, at: datetime) -> None:
    row.answered_at = at
    row.save(update_fields=["answered_at"])
    task.state = TaskState.DONE
    task.outcome, task.reason, task.done_at = outcome, reason, at
    task.save(update_fields=["state", "outcome", "reason", "done_at"])


@transaction.atomic
def tell_of_recheck(actor: Actor, person_id: UUID, case_id: UUID, recheck_id: UUID) -> None:
    """Post that a decision is looked at again, or that it stands. Run by the worker; twice posts once."""
    check_system(actor, "case.tell")
    case = Case.objects.defer("process_state").get(person_id=person_id, id=case_id)
    row = Recheck.objects.get(person_id=person_id, id=recheck_id)
    task = Task.objects.get(person_id=person_id, id=recheck_id)
    if task.outcome == TaskOutcome.STANDS:
        tell_recheck_answered(actor, case, row.id, task.reason)
    elif task.state in ACTIVE_TASK_STATES:  # what was mended since is told by its own message
        tell_recheck_asked(actor, case, row.id, row.due)
