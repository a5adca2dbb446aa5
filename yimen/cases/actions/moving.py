"""Cases whose agency has ended: what is open goes on at the successor, what was done keeps its name."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.writing import write_history
from yimen.cases.events import Moved
from yimen.cases.models import ACTIVE_TASK_STATES, Case, Task
from yimen.cases.rules.permissions import check_system
from yimen.cases.types import HistoryKind
from yimen.catalogue.queries import agencies_moved
from yimen.ledger.actions import append

AT_ONCE = 100


@transaction.atomic
def move_cases(actor: Actor) -> int:
    """Move a batch of open cases and tasks to the agencies that act now; returns how many were left.

    Run by the worker until it returns 0, each minute: rows that are held by others are skipped. Each
    case gets a history row for every agency that it leaves, and an event. An officer keeps the tasks
    they have claimed, since they go on there too. A run that stops in the middle goes on where it
    was, and of two at once each moves what the other does not hold.
    """
    check_system(actor, "case.move")
    moved = agencies_moved()
    if not moved:
        return 0
    tasks = Task.objects.filter(state__in=ACTIVE_TASK_STATES, agency__in=moved)
    open_cases = Case.objects.filter(closed_at__isnull=True, agency__in=moved)
    places = {
        *tasks.order_by("person_id", "case_id").values_list("person_id", "case_id")[:AT_ONCE],
        *open_cases.order_by("person_id", "id").values_list("person_id", "id")[:AT_ONCE],
    }
    persons, ids = {person for person, _case in places}, {case for _person, case in places}
    rows = Case.objects.filter(person_id__in=persons, id__in=ids).defer("process_state")
    held = list(rows.select_for_update(skip_locked=True).order_by("person_id", "id"))
    of_held = Q(person_id__in={c.person_id for c in held}, case_id__in={c.id for c in held})
    left: dict[UUID, dict[str, list[Task]]] = {}
    for task in tasks.filter(of_held).select_for_update().order_by("person_id", "id"):
        left.setdefault(task.case_id, {}).setdefault(task.agency, []).append(task)
    for case in held:
        _move(actor, case, left.get(case.id, {}), moved)
    return len(held)


def _move(actor: Actor, case: Case, left: dict[str, list[Task]], moved: Mapping[str, str]) -> None:
    """Write where one case lies now; a case that is closed keeps the agencies that it had."""
    agencies = dict.fromkeys(left)
    if case.closed_at is None and case.agency in moved:
        agencies = {case.agency: None, **agencies}
    if case.closed_at is None:
        case.agency = moved.get(case.agency, case.agency)
        case.agencies = list(dict.fromkeys(moved.get(code, code) for code in case.agencies))
        case.save(update_fields=["agency", "agencies"])
    at = now()
    for agency in agencies:
        tasks, successor = left.get(agency, []), moved[agency]
        ids = [task.id for task in tasks]
        Task.objects.filter(person_id=case.person_id, id__in=ids).update(agency=successor)
        data: dict[str, object] = {"from": agency, "to": successor}
        write_history(case, HistoryKind.MOVED, at, actor=actor, data=data)
        event = Moved(case.id, agency, successor, [task.key for task in tasks])
        append(event, actor=actor, person_id=case.person_id)
