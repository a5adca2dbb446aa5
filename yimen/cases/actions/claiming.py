"""Whose task it is: claim, give back, hand over.

Everybody holds a case before its tasks. A history row refers to the case, so who held a task alone
and then wrote history would wait for an officer who decides, and that officer for the task.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from yimen.accounts.queries import city_today, posts_of
from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.writing import acting_for, office_number, officer, write_history
from yimen.cases.events import TaskClaimed, TaskHandedOver, TaskReleased, TasksClaimed
from yimen.cases.models import Case, ReceiptLookup, Task
from yimen.cases.queries.handling import hold_task
from yimen.cases.queries.scope import cases_visible_to, hold_case
from yimen.cases.rules.errors import CasesError, NotAColleague, NotFound
from yimen.cases.rules.permissions import (
    HEAD,
    MOST_AT_ONCE,
    check_claim,
    check_count,
    check_goes_on,
    check_hand_over,
    check_reason,
    check_release,
    check_system,
)
from yimen.cases.types import HistoryKind, TaskState
from yimen.catalogue.queries import current_city
from yimen.ledger.actions import append


@dataclass(frozen=True, slots=True)
class BulkClaimed:
    """What a bulk claim got: the tasks claimed, and why each of the others was not."""

    claimed: tuple[UUID, ...]
    refused: tuple[tuple[UUID, CasesError], ...]


@transaction.atomic
def claim(actor: Actor, receipt_number: str, task_id: UUID) -> None:
    """Take a task. Taking one's own again changes nothing.

    Raises `AlreadyClaimed` and `AlreadyDecided` (who and when), `CaseEnded` (how and when),
    `NotAllowed`, `NotFound`.
    """
    case = hold_case(actor, receipt_number)
    task = hold_task(case, task_id)
    check_claim(actor, task)
    if task.state == TaskState.CLAIMED:
        return
    take(actor, case, task)
    append(TaskClaimed(case.id, task.id), actor=actor, person_id=case.person_id)


def take(actor: Actor, case: Case, task: Task) -> None:
    """Write that the actor has a task from now on; the caller has checked and appends the event."""
    who, at = officer(actor, task.agency), now()
    task.state = TaskState.CLAIMED
    task.assignee, task.assignee_number, task.claimed_at = actor.account_id, who.office_number, at
    task.save(update_fields=["state", "assignee", "assignee_number", "claimed_at"])
    data = {"task": task.key, **acting_for(actor, task.agency, task.role)}
    write_history(case, HistoryKind.CLAIMED, at, actor=actor, who=who, data=data)


@transaction.atomic
def bulk_claim(actor: Actor, tasks: Sequence[tuple[str, UUID]]) -> BulkClaimed:
    """Take several tasks, given as (receipt number, task id); at most 100 (`TooManyTasks`).

    What cannot be taken does not keep the others back: the answer says why.
    """
    check_count(len(tasks))
    claimed: list[UUID] = []
    refused: list[tuple[UUID, CasesError]] = []
    for task_id, case, task in _locked(actor, tasks):
        try:
            if case is None or task is None:
                raise NotFound
            check_goes_on(case.outcome, case.closed_at)
            check_claim(actor, task)
        except CasesError as error:
            refused.append((task_id, error))
            continue
        if task.state != TaskState.CLAIMED:
            take(actor, case, task)
        claimed.append(task_id)
    if claimed:
        append(TasksClaimed([str(task_id) for task_id in claimed]), actor=actor)
    return BulkClaimed(tuple(claimed), tuple(refused))


def _locked(
    actor: Actor, tasks: Sequence[tuple[str, UUID]]
) -> Iterator[tuple[UUID, Case | None, Task | None]]:
    """Hold the cases, then the tasks, in one order for everybody: nobody waits in a circle."""
    numbers = {number for number, _ in tasks}
    places = list(ReceiptLookup.objects.filter(receipt_number__in=numbers))
    persons = {place.person_id for place in places}
    visible = cases_visible_to(actor).filter(
        person_id__in=persons, id__in={place.case_id for place in places}
    )
    cases = _held(visible)
    wanted = {task_id for _, task_id in tasks}
    rows = Task.objects.filter(person_id__in=persons, case_id__in=cases.keys(), id__in=wanted)
    found = {task.id: task for task in rows.select_for_update().order_by("person_id", "id")}
    for task_id in sorted(wanted):
        task = found.get(task_id)
        yield task_id, cases[task.case_id] if task else None, task


def _held(cases: QuerySet[Case]) -> dict[UUID, Case]:
    """Hold cases in the order of everybody, before any of their tasks is held."""
    rows = cases.defer("process_state").select_for_update().order_by("person_id", "id")
    return {case.id: case for case in rows}


@transaction.atomic
def release(actor: Actor, receipt_number: str, task_id: UUID) -> None:
    """Give a task back to the queue: one's own, or a colleague's for who may hand over.

    Raises `WrongState` when nobody has it, `AlreadyDecided` when it is finished.
    """
    case = hold_case(actor, receipt_number)
    task = hold_task(case, task_id)
    check_release(actor, task)
    _give_back(actor, case, task)


def _give_back(actor: Actor, case: Case, task: Task) -> None:
    task.state = TaskState.OPEN
    task.assignee, task.assignee_number, task.claimed_at = None, "", None
    task.save(update_fields=["state", "assignee", "assignee_number", "claimed_at"])
    who = officer(actor, task.agency)
    data = {"task": task.key, **acting_for(actor, task.agency, task.role)}
    write_history(case, HistoryKind.RELEASED, now(), actor=actor, who=who, data=data)
    append(TaskReleased(case.id, task.id), actor=actor, person_id=case.person_id)


@transaction.atomic
def release_left_tasks(actor: Actor, account_id: int, agency: str) -> int:
    """Give back what an officer has claimed in an agency and may not do there any more.

    Run by the worker after a post was ended, a hundred tasks at a time; returns how many there were.
    """
    check_system(actor, "case.release")
    rows = Task.objects.filter(state=TaskState.CLAIMED, assignee=account_id, agency=agency)
    roles = rows.values_list("role", flat=True).distinct()
    left = [role for role in roles if not _can_take(account_id, agency, role)]
    in_order = rows.filter(role__in=left).order_by("person_id", "id")
    some = list(in_order.values_list("person_id", "case_id", "id")[:MOST_AT_ONCE])
    persons = {person for person, _case, _task in some}
    cases = _held(Case.objects.filter(person_id__in=persons, id__in={case for _, case, _ in some}))
    tasks = in_order.filter(person_id__in=persons, id__in={task for _, _, task in some})
    for task in tasks.select_for_update():  # but for those that were finished meanwhile
        _give_back(actor, cases[task.case_id], task)
    return len(some)


def _can_take(account_id: int, agency: str, role: str) -> bool:
    """Say whether an account holds a post today that does the tasks of a role."""
    roles = current_city().roles
    for post in posts_of(account_id, city_today()):
        rights = roles[post.role].rights if post.role in roles else frozenset()
        fits = post.role == role or HEAD in rights
        if post.agency == agency and fits and "case.claim" in rights:
            return True
    return False


@transaction.atomic
def hand_over(
    actor: Actor, receipt_number: str, task_id: UUID, to_account: int, reason: str = ""
) -> None:
    """Give a task to a colleague who holds the post that it asks for (else `NotAColleague`).

    One's own task, or any of the agency for who holds ``case.hand_over`` there. Giving it once
    more to who has it changes nothing. For the list of colleagues:
    `accounts.queries.staff_of(actor, agency)`.
    """
    case = hold_case(actor, receipt_number)
    task = hold_task(case, task_id)
    if task.state == TaskState.CLAIMED and task.assignee == to_account != actor.account_id:
        return
    check_hand_over(actor, task)
    reason = check_reason(reason, needed=False)
    number = _number_of_colleague(to_account, task)
    at = now()
    task.state = TaskState.CLAIMED
    task.assignee, task.assignee_number, task.claimed_at = to_account, number, at
    task.save(update_fields=["state", "assignee", "assignee_number", "claimed_at"])
    who = officer(actor, task.agency)
    absent = acting_for(actor, task.agency, task.role)
    data = {"task": task.key, "to": number, "reason": reason, **absent}
    write_history(case, HistoryKind.HANDED_OVER, at, actor=actor, who=who, data=data)
    event = TaskHandedOver(case.id, task.id, to_account)
    append(event, actor=actor, person_id=case.person_id)


def _number_of_colleague(account_id: int, task: Task) -> str:
    """Return the office number of a colleague who can do a task, or refuse.

    It is the colleague's own, also when they do it in the post of somebody who is away.
    """
    if not _can_take(account_id, task.agency, task.role):
        raise NotAColleague
    return office_number(account_id, task.agency)
