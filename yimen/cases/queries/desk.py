"""The officer's desk: the queue, and the file of a case with the city's records beside it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from yimen.accounts.queries import city_today
from yimen.accounts.types import OfficerName
from yimen.base.actor import Actor
from yimen.base.calendar import WorkingCalendar
from yimen.base.deadline import Unit
from yimen.base.text import Text
from yimen.cases.models import ACTIVE_TASK_STATES, Task
from yimen.cases.queries.scope import READ
from yimen.cases.rules.clocks import FAR_AWAY, SOON_DAYS, due_left, unit_of
from yimen.cases.rules.permissions import (
    HEAD,
)
from yimen.cases.types import DueLeft, QueueFilters, TaskState
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import TaskKind

PAGE = 50
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One task in the queue. ``left`` is in the unit of the service's promise."""

    task_id: UUID
    receipt_number: str
    applicant: str
    service_code: str
    service: Text
    title: Text
    kind: TaskKind
    agency: str
    role: str
    state: TaskState
    officer: OfficerName | None
    is_mine: bool
    left: DueLeft
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. ``next_cursor`` is "" on the last one."""

    items: tuple[QueueItem, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How much work there is; a count stops at 1,000."""

    mine: int
    unclaimed: int
    late: int
    standing: int


def queue(actor: Actor, filters: QueueFilters, cursor: str = "") -> QueuePage:
    """Return a page of the tasks that wait for the actor's posts, the most pressing first.

    Paged by key: ``cursor`` is the ``next_cursor`` of the page before. Each post reads one index,
    so that the list is as fast with a million cases as with ten. Officers see the tasks of their
    role, who may hand over sees those of every role of the agency.
    """
    wanted = _narrowed(actor, filters) & _after(cursor)
    rows = _rows(actor, filters, wanted, PAGE + 1)
    more = len(rows) > PAGE
    shown = rows[:PAGE]
    ending = f"{shown[-1].due.isoformat()}_{shown[-1].id}" if more else ""
    calendar, today = current_city().calendar, city_today()
    return QueuePage(tuple(_item(actor, task, calendar, today) for task in shown), ending)


def _after(cursor: str) -> Q:
    """Return what comes after a page; a cursor that is none starts at the beginning."""
    due, _, last = cursor.partition("_")
    try:
        day, task_id = date.fromisoformat(due), UUID(last)
    except ValueError:
        return Q()
    return Q(due__gte=day) & ~Q(due=day, id__lte=task_id)


def queue_counts(actor: Actor) -> QueueCounts:
    """Return how much of the actor's work is mine, unclaimed, late and standing."""

    def count(filters: QueueFilters) -> int:
        parts = [
            part.values("id")[:MOST_COUNTED]
            for part in _parts(actor, filters, _narrowed(actor, filters))
        ]
        counted = parts[0].union(*parts[1:], all=True).count() if parts else 0
        return min(counted, MOST_COUNTED)

    return QueueCounts(
        mine=count(QueueFilters(whose="mine")),
        unclaimed=count(QueueFilters(whose="unclaimed")),
        late=count(QueueFilters(due="late")),
        standing=count(QueueFilters(due="standing")),
    )


def desks(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Return the (agency, role) pairs whose tasks the actor sees."""
    roles = tuple(current_city().roles)
    pairs: dict[tuple[str, str], None] = {}
    for post in actor.posts:
        if READ in post.rights:
            for role in roles if HEAD in post.rights else (post.role,):
                pairs[post.agency, role] = None
    return tuple(pairs)


def _narrowed(actor: Actor, filters: QueueFilters) -> Q:
    wanted = Q(state__in=[str(state) for state in ACTIVE_TASK_STATES])
    if filters.service:
        wanted &= Q(service_code=filters.service)
    if filters.kind:
        wanted &= Q(kind=filters.kind)
    if filters.whose == "mine":
        wanted &= Q(state=TaskState.CLAIMED, assignee=actor.account_id)
    if filters.whose == "unclaimed":
        wanted &= Q(state=TaskState.OPEN)
    return wanted & _due(filters.due) & _words(filters.words)


def _due(due: str) -> Q:
    today = city_today()
    match due:
        case "late":
            return Q(due__lt=today)
        case "today":
            return Q(due=today)
        case "soon":
            soon = current_city().calendar.add_working_days(today, SOON_DAYS)
            return Q(due__gte=today, due__lte=soon)
        case "standing":
            return Q(due=FAR_AWAY, waiting=True)  # the end of the index, not all of it
        case _:
            return Q()


def _words(words: str) -> Q:
    """Search by the beginning of a receipt number, or by an applicant's name."""
    words = " ".join(words.replace("\0", "").split())
    if not words:
        return Q()
    if words[:1].isdigit():
        return Q(receipt_number__startswith=words.upper())
    return Q(applicant__startswith=words)


def _parts(actor: Actor, filters: QueueFilters, wanted: Q) -> list[QuerySet[Task]]:
    """Return each desk's tasks: each is one part of an index."""
    return [
        Task.objects.filter(wanted, agency=agency, role=role)
        for agency, role in desks(actor)
        if filters.agency in ("", agency)
    ]


def _rows(actor: Actor, filters: QueueFilters, wanted: Q, limit: int) -> list[Task]:
    """Read the parts in order and merge: one sorted read over all would scan them all."""
    parts = [part.order_by("due", "id")[:limit] for part in _parts(actor, filters, wanted)]
    if len(parts) > 1:
        return list(parts[0].union(*parts[1:], all=True).order_by("due", "id")[:limit])
    return list(parts[0]) if parts else []


def _item(actor: Actor, task: Task, calendar: WorkingCalendar, today: date) -> QueueItem:
    service = current_city().services.get(task.service_code)
    unit = unit_of(service.promised) if service is not None else Unit.WORKING
    return QueueItem(
        task_id=task.id,
        receipt_number=task.receipt_number,
        applicant=task.applicant,
        service_code=task.service_code,
        service=service.title if service is not None else Text.of({"": task.service_code}),
        title=Text.of(task.title),
        kind=TaskKind(task.kind),
        agency=task.agency,
        role=task.role,
        state=TaskState(task.state),
        officer=officer_of_task(task),
        is_mine=task.assignee is not None and task.assignee == actor.account_id,
        left=due_left(None if task.waiting else task.due, today, calendar, unit),
        opened_at=task.opened_at,
    )


def officer_of_task(task: Task) -> OfficerName | None:
    """Return who has a task, or had it when it was finished."""
    return OfficerName(task.agency, task.assignee_number) if task.assignee is not None else None
