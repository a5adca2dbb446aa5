"""The officer's desk: the queue, and the file of a case with the city's records beside it."""

from collections.abc import Callable
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
from yimen.cases.models import ACTIVE_TASK_STATES, Case, Correction, Task
from yimen.cases.process import OUTCOMES
from yimen.cases.queries.drafts import FileView
from yimen.cases.queries.handling import application_of, service_of, tasks_of
from yimen.cases.queries.records import CaseRecords, case_records, typed_answers
from yimen.cases.queries.scope import READ, case_visible_to
from yimen.cases.queries.status import CaseStatus, files_of, status_of
from yimen.cases.rules.clocks import FAR_AWAY, SOON_DAYS, due_left, unit_of
from yimen.cases.rules.errors import CasesError, NotAllowed
from yimen.cases.rules.permissions import (
    HEAD,
    check_ask,
    check_claim,
    check_complete,
    check_hand_over,
    check_release,
)
from yimen.cases.types import CaseState, DueLeft, QueueFilters, TaskOutcome, TaskState
from yimen.catalogue.definition import FormField, Service
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import TaskKind
from yimen.people.types import RecordSource

PAGE = 50
MOST_COUNTED = 1000
_APPLICANT = [f"person.{key}" for key in ("name", "number", "birth_date", "address", "phone")]


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


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task of a case, with what this officer can do with it now.

    ``can`` holds verbs: claim, release, hand_over, complete, ask_for_correction. ``outcomes`` are
    the words that `actions` take for it.
    """

    id: UUID
    key: str
    kind: TaskKind
    title: Text
    agency: str
    role: str
    state: TaskState
    officer: OfficerName | None
    is_mine: bool
    outcome: TaskOutcome | None
    reason: str
    opened_at: datetime
    claimed_at: datetime | None
    done_at: datetime | None
    can: frozenset[str]
    outcomes: tuple[TaskOutcome, ...]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question with its answer, and what the record says that it was filled in from."""

    field: FormField
    value: object  # typed; None: not answered
    record: object
    source: RecordSource | None
    differs: bool  # the record says something else
    was: tuple[object, ...]  # stored answers before corrections, oldest first


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose application it is, as registered; a provisional person has no number."""

    name: str
    kind: str  # a `catalogue.types.Subject`
    number: str
    birth_date: date | None
    address: str
    phone: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class CaseFileView:
    """Everything an officer decides on."""

    status: CaseStatus
    applicant: Applicant
    answers: tuple[AnswerLine, ...]
    files: tuple[FileView, ...]
    records: CaseRecords
    tasks: tuple[TaskView, ...]
    can_extend: bool  # may approve the extension that waits


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
        officer=_officer(task),
        is_mine=task.assignee is not None and task.assignee == actor.account_id,
        left=due_left(None if task.waiting else task.due, today, calendar, unit),
        opened_at=task.opened_at,
    )


def _officer(task: Task) -> OfficerName | None:
    return OfficerName(task.agency, task.assignee_number) if task.assignee is not None else None


def file(actor: Actor, receipt_number: str) -> CaseFileView:
    """Open a case's file for an officer, with the person's records beside the answers.

    Logged: each data set opened is an entry, with the receipt number as purpose, that the person
    sees. Open it once in a request. `NotFound` outside the actor's agencies, `NotAllowed` for
    residents (they have `status` and `own_application`).
    """
    if not actor.is_staff:
        raise NotAllowed(READ)
    case = case_visible_to(actor, receipt_number)
    service, application = service_of(case), application_of(case)
    filled_in = [field.from_record for field in service.fields if field.from_record]
    records = case_records(actor, case, application, service, also=[*filled_in, *_APPLICANT])
    status = status_of(case, full=True)
    waits = status.extension is not None and status.extension.state == "asked"
    return CaseFileView(
        status=status,
        applicant=_applicant(service, records),
        answers=_answers(case, records),
        files=files_of(case),
        records=records,
        tasks=tuple(_task_view(actor, case, task) for task in tasks_of(case)),
        can_extend=waits
        and actor.has("case.extend", case.agency)
        and status.extension is not None
        and status.extension.asked_by != actor.account_id,
    )


def _applicant(service: Service, records: CaseRecords) -> Applicant:
    known = records.facts.values
    born = known.get("person.birth_date")
    return Applicant(
        name=str(known.get("person.name", "")),
        kind=str(service.subject),
        number=str(known.get("person.number", "")),
        birth_date=born if isinstance(born, date) else None,
        address=str(known.get("person.address", "")),
        phone=str(known.get("person.phone", "")),
        provisional="person.number" not in known,
    )


def _answers(case: Case, records: CaseRecords) -> tuple[AnswerLine, ...]:
    service, stored = service_of(case), application_of(case).answers
    typed = typed_answers(service, current_city(), stored)
    before = _before_corrections(case)
    lines = []
    for field in service.fields:
        name = field.from_record
        known = records.facts.values.get(name) if name else None
        value = typed.get(field.key)
        lines.append(
            AnswerLine(
                field=field,
                value=value,
                record=known,
                source=records.facts.sources.get(name) if name else None,
                differs=_differ(known, value),
                was=before.get(field.key, ()),
            )
        )
    return tuple(lines)


def _differ(known: object, value: object) -> bool:
    """Say whether record and answer are two things; 290 and 290.00 are one."""
    return None not in (known, value) and known != value and str(known) != str(value)


def _before_corrections(case: Case) -> dict[str, tuple[object, ...]]:
    was: dict[str, tuple[object, ...]] = {}
    rows = Correction.objects.filter(person_id=case.person_id, case_id=case.id)
    for row in rows.order_by("id"):
        for key, answer in row.answers.items():
            was[key] = (*was.get(key, ()), answer["was"])
    return was


def _task_view(actor: Actor, case: Case, task: Task) -> TaskView:
    kind = TaskKind(task.kind)
    return TaskView(
        id=task.id,
        key=task.key,
        kind=kind,
        title=Text.of(task.title),
        agency=task.agency,
        role=task.role,
        state=TaskState(task.state),
        officer=_officer(task),
        is_mine=task.assignee is not None and task.assignee == actor.account_id,
        outcome=TaskOutcome(task.outcome) if task.outcome else None,
        reason=task.reason,
        opened_at=task.opened_at,
        claimed_at=task.claimed_at,
        done_at=task.done_at,
        can=_can(actor, case, task, kind),
        outcomes=OUTCOMES[kind],
    )


def _can(actor: Actor, case: Case, task: Task, kind: TaskKind) -> frozenset[str]:
    """Return the verbs that would not be refused now."""
    handling = case.state == CaseState.HANDLING
    checks: dict[str, tuple[bool, Callable[[], object]]] = {
        "claim": (task.state == TaskState.OPEN, lambda: check_claim(actor, task)),
        "release": (True, lambda: check_release(actor, task)),
        "hand_over": (True, lambda: check_hand_over(actor, task)),
        "complete": (handling, lambda: check_complete(actor, task, kind, OUTCOMES[kind][0])),
        "ask_for_correction": (handling, lambda: check_ask(actor, task)),
    }
    return frozenset(verb for verb, (holds, check) in checks.items() if holds and _passes(check))


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except CasesError:
        return False
    return True
