"""The file of a case: everything an officer decides on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yimen.accounts.types import OfficerName
from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.cases.models import Case, Correction, Task
from yimen.cases.process import OUTCOMES
from yimen.cases.queries.desk import officer_of_task
from yimen.cases.queries.drafts import FileView
from yimen.cases.queries.handling import application_of, service_of, tasks_of
from yimen.cases.queries.own import files_of
from yimen.cases.queries.promises import choices_for
from yimen.cases.queries.rechecks import contested_case
from yimen.cases.queries.records import CaseRecords, case_records, typed_answers
from yimen.cases.queries.scope import READ, case_visible_to
from yimen.cases.queries.status import CaseStatus, status_of
from yimen.cases.rules.errors import CasesError, NotAllowed
from yimen.cases.rules.mending import can_revoke, corrections
from yimen.cases.rules.permissions import (
    check_ask,
    check_claim,
    check_complete,
    check_hand_over,
    check_release,
    may_void,
)
from yimen.cases.rules.rechecks import is_own_decision
from yimen.cases.types import CaseState, Outcome, TaskOutcome, TaskState
from yimen.catalogue.definition import FormField, Service
from yimen.catalogue.queries import acting, current_city
from yimen.catalogue.types import TaskKind
from yimen.people.types import RecordSource

_APPLICANT = [f"person.{key}" for key in ("name", "number", "birth_date", "address", "phone")]


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
    new_days: tuple[date, ...]  # that may be promised anew; none: it cannot be told late
    can_void: bool
    can_revoke: bool
    corrections: tuple[Outcome, ...]  # what the decision in force may be corrected to
    contested: str | None  # receipt number of what it contests, "" when unknown; None: nothing


def file(actor: Actor, receipt_number: str) -> CaseFileView:
    """Open a case's file for an officer, with the person's records beside the answers.

    Logged: each data set opened is an entry, with the case as purpose, that the person sees. Open it
    once in a request. `NotFound` outside the actor's agencies, `NotAllowed` for residents (they have
    `status` and `own_application`).
    """
    if not actor.is_staff:
        raise NotAllowed(READ)
    case = case_visible_to(actor, receipt_number)
    service, application = service_of(case), application_of(case)
    filled_in = [field.from_record for field in service.fields if field.from_record]
    records = case_records(actor, case, application, service, also=[*filled_in, *_APPLICANT])
    status = status_of(case, full=True)
    decided = status.decision
    looks_away = _is_looked_at_by_others(actor, status)
    asked = status.extension is not None and status.extension.state == "asked"
    return CaseFileView(
        status=status,
        applicant=_applicant(service, records),
        answers=_answers(case, records),
        files=files_of(case),
        records=records,
        tasks=tuple(_task_view(actor, status, task) for task in tasks_of(case)),
        can_extend=asked
        and status.is_open
        and actor.has("case.extend", case.agency)
        and status.extension is not None
        and status.extension.asked_by != actor.account_id,
        new_days=_new_days(actor, case),
        can_void=status.is_open and may_void(actor, case.agency, application.submitted_by),
        can_revoke=decided is not None
        and not looks_away
        and can_revoke(actor, acting(decided.officer.agency), decided.outcome),
        corrections=corrections(actor, acting(decided.officer.agency), decided.outcome)
        if decided is not None and not looks_away
        else (),
        contested=_contested(case, service, application.answers),
    )


def _contested(case: Case, service: Service, answers: dict[str, object]) -> str | None:
    if service.contests is None:
        return None
    found = contested_case(service, answers, case.person_id)
    return found.receipt_number if found is not None else ""


def _is_looked_at_by_others(actor: Actor, status: CaseStatus) -> bool:
    """Say whether a decision of this very officer waits to be looked at again."""
    waits = status.recheck is not None and status.recheck.outcome is None
    return waits and is_own_decision(actor, status.decision)


def _new_days(actor: Actor, case: Case) -> tuple[date, ...]:
    if case.state != CaseState.HANDLING or not actor.has("case.review", case.agency):
        return ()
    return choices_for(case)[1] if current_city().promises.delays else ()


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


def _task_view(actor: Actor, status: CaseStatus, task: Task) -> TaskView:
    kind = TaskKind(task.kind)
    return TaskView(
        id=task.id,
        key=task.key,
        kind=kind,
        title=Text.of(task.title),
        agency=task.agency,
        role=task.role,
        state=TaskState(task.state),
        officer=officer_of_task(task),
        is_mine=task.assignee is not None and task.assignee == actor.account_id,
        outcome=TaskOutcome(task.outcome) if task.outcome else None,
        reason=task.reason,
        opened_at=task.opened_at,
        claimed_at=task.claimed_at,
        done_at=task.done_at,
        can=_can(actor, status, task, kind),
        outcomes=OUTCOMES[kind],
    )


def _can(actor: Actor, status: CaseStatus, task: Task, kind: TaskKind) -> frozenset[str]:
    """Return the verbs that would not be refused now."""
    handling = status.state is CaseState.HANDLING
    decides = handling
    if kind is TaskKind.RECHECK:
        ordered = status.recheck is not None and status.recheck.ordered_by
        decides = not ordered and not is_own_decision(actor, status.decision)
    checks: dict[str, tuple[bool, Callable[[], object]]] = {
        "claim": (task.state == TaskState.OPEN, lambda: check_claim(actor, task)),
        "release": (True, lambda: check_release(actor, task)),
        "hand_over": (True, lambda: check_hand_over(actor, task)),
        "complete": (decides, lambda: check_complete(actor, task, kind, OUTCOMES[kind][0])),
        "ask_for_correction": (handling, lambda: check_ask(actor, task)),
    }
    return frozenset(verb for verb, (holds, check) in checks.items() if holds and _passes(check))


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except CasesError:
        return False
    return True
