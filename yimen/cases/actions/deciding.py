"""What officers answer: a review is complete, an opinion, a decision."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.claiming import take
from yimen.cases.actions.running import Verdict, finish_step
from yimen.cases.actions.writing import acting_for, officer, write_history
from yimen.cases.events import TaskCompleted
from yimen.cases.models import Case, Task
from yimen.cases.queries.handling import application_of, hold_task, service_of
from yimen.cases.queries.records import case_records, grounds_of
from yimen.cases.queries.scope import hold_case
from yimen.cases.rules.errors import GroundHolds, UnknownGround
from yimen.cases.rules.permissions import check_case_move, check_complete, check_reason
from yimen.cases.types import CaseState, Ground, HistoryKind, TaskOutcome, TaskState
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import TaskKind
from yimen.ledger.actions import append


@transaction.atomic
def complete_review(actor: Actor, receipt_number: str, task_id: UUID, note: str = "") -> None:
    """Say that a review is done, with an optional note for colleagues.

    Raises like `decide`, but needs ``case.review``.
    """
    outcome = TaskOutcome.COMPLETE
    _complete(actor, receipt_number, task_id, TaskKind.REVIEW, outcome, note)


@transaction.atomic
def give_opinion(
    actor: Actor, receipt_number: str, task_id: UUID, outcome: TaskOutcome, reason: str
) -> None:
    """Give the agency's opinion, ``for`` or ``against``; against needs a reason.

    Raises like `decide`, but needs ``case.opine``.
    """
    _complete(actor, receipt_number, task_id, TaskKind.OPINION, outcome, reason)


@transaction.atomic
def decide(
    actor: Actor,
    receipt_number: str,
    task_id: UUID,
    outcome: TaskOutcome,
    reason: str = "",
    *,
    grounds: Sequence[str] = (),
) -> None:
    """Approve or refuse. A refusal needs a reason, and names the records that decided it.

    ``grounds`` are the keys of the criteria on which a refusal rests; without any it rests on all
    that do not hold by the records. An unclaimed task may be decided at once. The decision, its
    remedies with their last days, and the event that makes the document are one transaction.
    Raises `AlreadyDecided` (who, when, outcome) for the second of two officers, `AlreadyClaimed`,
    `CaseEnded` (how and when: the applicant was faster),
    `WrongState` (while the resident's turn lasts), `ReasonMissing`, `WrongOutcome`,
    `UnknownGround`, `GroundHolds` (the records say that the criterion is met), `NotAllowed`,
    `NotFound`.
    """
    _complete(actor, receipt_number, task_id, TaskKind.DECISION, outcome, reason, grounds)


_VERBS = {
    TaskKind.REVIEW: "complete_review",
    TaskKind.OPINION: "give_opinion",
    TaskKind.DECISION: "decide",
}
_HISTORY = {
    TaskKind.REVIEW: HistoryKind.REVIEWED,
    TaskKind.OPINION: HistoryKind.OPINION_GIVEN,
    TaskKind.DECISION: HistoryKind.DECISION_STEP,
}
_AGAINST = (TaskOutcome.AGAINST, TaskOutcome.REFUSE)


def _complete(
    actor: Actor,
    receipt_number: str,
    task_id: UUID,
    kind: TaskKind,
    outcome: TaskOutcome,
    reason: str,
    grounds: Sequence[str] = (),
) -> None:
    case = hold_case(actor, receipt_number)
    task = hold_task(case, task_id)
    check_complete(actor, task, kind, outcome)
    check_case_move(_VERBS[kind], case.state)
    reason = check_reason(reason, needed=outcome in _AGAINST)
    named = grounds_for(actor, case, task.agency, grounds) if outcome is TaskOutcome.REFUSE else ()
    if task.state == TaskState.OPEN:
        take(actor, case, task)
    at = now()
    _write_outcome(task, outcome, reason, at)
    who = officer(actor, task.agency)
    absent = acting_for(actor, task.agency, task.role)
    verdict = Verdict(actor, who, task.id, reason, named, task.agency, absent)
    opened = finish_step(case, task, at, verdict)
    if kind is not TaskKind.DECISION or case.state != CaseState.CLOSED:
        data: dict[str, object] = {
            "task": task.key,
            "outcome": str(outcome),
            "reason": reason,
            **absent,
        }
        write_history(case, _HISTORY[kind], at, actor=actor, who=who, data=data)
    event = TaskCompleted(
        case.id, task.id, str(kind), str(outcome), [after.key for after in opened]
    )
    append(event, actor=actor, person_id=case.person_id)


def _write_outcome(task: Task, outcome: TaskOutcome, reason: str, at: datetime) -> None:
    task.state = TaskState.DONE
    task.outcome, task.reason, task.done_at = outcome, reason, at
    task.save(update_fields=["state", "outcome", "reason", "done_at"])


def grounds_for(actor: Actor, case: Case, agency: str, keys: Sequence[str]) -> tuple[Ground, ...]:
    """Return the criteria that a refusal rests on, with the records and dates that decided them.

    Without ``keys`` these are all that do not hold. Raises `UnknownGround`, `GroundHolds`.
    """
    service = service_of(case)
    known_keys = {criterion.key for criterion in service.criteria}
    for key in keys:
        if key not in known_keys:
            raise UnknownGround(key)
    records = case_records(actor, case, application_of(case), service, agency=agency)
    chosen = [
        decided
        for decided in records.criteria
        if (decided.criterion.key in keys if keys else decided.holds is False)
    ]
    for decided in chosen:
        if decided.holds and decided.sources:  # the applicant's own word binds no officer
            raise GroundHolds(decided.criterion.key)
    city = current_city()
    return tuple(ground for decided in chosen for ground in grounds_of(city, decided))
