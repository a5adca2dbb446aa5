"""How a case goes through its process: start, next tasks, close."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yimen.accounts.types import OfficerName
from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.base.expression import Value
from yimen.cases.actions.notices import tell_received
from yimen.cases.actions.writing import NOBODY, city_day, ids_of, today, write_history
from yimen.cases.events import Decided, Started
from yimen.cases.models import ACTIVE_TASK_STATES, Case, Decision, Task
from yimen.cases.queries.contacts import applicant_name
from yimen.cases.queries.handling import application_of, outcomes, service_of, tasks_of
from yimen.cases.queries.records import CaseRecords, case_records, grounds_of
from yimen.cases.rules.clocks import remedies_named, task_due
from yimen.cases.rules.errors import DiagramWithoutTask
from yimen.cases.rules.permissions import check_case_move, check_system
from yimen.cases.types import (
    CaseState,
    Ground,
    HistoryKind,
    LawNamed,
    Outcome,
    RemedyNamed,
    TaskState,
)
from yimen.cases.workflow import Known, Progress, Waiting, advance, start
from yimen.catalogue.definition import City, Process, Service
from yimen.catalogue.queries import acting, current_city, process_of
from yimen.ledger.actions import append

ELIGIBLE = "case.eligible"


@dataclass(frozen=True, slots=True)
class Verdict:
    """By whom, why and on what facts something is decided."""

    actor: Actor
    who: OfficerName = NOBODY
    task_id: UUID | None = None
    reason: str = ""
    grounds: tuple[Ground, ...] = ()
    agency: str = ""
    acting_for: Mapping[str, object] = field(default_factory=dict)  # as the history keeps it
    law: LawNamed | None = None  # on which an earlier decision is revoked or corrected
    replaces: UUID | None = None  # that decision


@transaction.atomic
def start_process(actor: Actor, person_id: UUID, case_id: UUID) -> None:
    """Run a submitted case's process to its first tasks, or to its end. Run by the worker.

    Doing it again changes nothing. A process that asks whether the applicant is eligible looks
    into the records; one that decides by itself names the criteria that decided.
    """
    check_system(actor, "case.start")
    case = Case.objects.select_for_update().get(person_id=person_id, id=case_id)
    if case.state != CaseState.RECEIVED:
        return
    service, city = service_of(case), current_city()
    process = process_of(service)
    records = _records_if_asked(actor, case, service, process)
    case.eligible = records.eligible if records else None
    progress = start(process.bpmn, known_to(case, city, {}))
    case.state = check_case_move("start_process", case.state)
    at = now()
    write_history(case, HistoryKind.STARTED, at, actor=actor)
    failed = [c for c in records.criteria if c.holds is False] if records else []
    grounds = tuple(ground for c in failed for ground in grounds_of(city, c))
    opened = go_on(case, service, process, progress, at, Verdict(actor, grounds=grounds))
    case.save(update_fields=["state", "eligible", *CASE_COLUMNS])
    append(Started(case.id, [task.key for task in opened]), actor=actor, person_id=person_id)
    if case.state != CaseState.CLOSED:  # what is decided at once needs no promise
        tell_received(actor, case, service)


def _records_if_asked(
    actor: Actor, case: Case, service: Service, process: Process
) -> CaseRecords | None:
    """Open the records only when a condition of the process asks for what they say."""
    conditions = [flow.condition for flow in process.flows if flow.condition is not None]
    if not any(ELIGIBLE in condition.names for condition in conditions):
        return None
    return case_records(actor, case, application_of(case), service)


def known_to(case: Case, city: City, done: dict[str, str]) -> Known:
    """Return what the conditions of a case's process may look at."""
    day = today(city)
    values: dict[str, Value] = {**done, ELIGIBLE: case.eligible}
    return Known(day, values, lambda key: city.standard_on(key, day))


def finish_step(case: Case, task: Task, at: datetime, verdict: Verdict) -> list[Task]:
    """Let the process go on after a finished task; returns the tasks that it opened.

    The case's row is held by the caller, and saved here.
    """
    service, city = service_of(case), current_city()
    state = bytes(case.process_state or b"")
    progress = advance(state, task.id, known_to(case, city, outcomes(tasks_of(case))))
    opened = go_on(case, service, process_of(service), progress, at, verdict)
    case.save(update_fields=["state", *CASE_COLUMNS])
    return opened


CASE_COLUMNS = ("outcome", "closed_at", "process_state")


def go_on(
    case: Case,
    service: Service,
    process: Process,
    progress: Progress,
    at: datetime,
    verdict: Verdict,
) -> list[Task]:
    """Write where a process stands: open tasks, cancel left ones, close the case at its end."""
    active = {task.id: task for task in tasks_of(case) if task.state in ACTIVE_TASK_STATES}
    waiting = {step.id for step in progress.waiting}
    left = [task_id for task_id in active if task_id not in waiting]
    if left:
        Task.objects.filter(person_id=case.person_id, id__in=left).update(
            state=TaskState.CANCELLED, done_at=at
        )
    new = [step for step in progress.waiting if step.id not in active]
    applicant = applicant_name(case, application_of(case)) if new else ""
    opened = [_task(case, service, process, step, applicant, at) for step in new]
    Task.objects.bulk_create(opened)
    case.process_state = progress.state or None
    if progress.ended:
        _close(case, service, Outcome(progress.ended), at, verdict)
    return opened


def _task(
    case: Case, service: Service, process: Process, step: Waiting, applicant: str, at: datetime
) -> Task:
    declared = next((task for task in process.tasks if task.key == step.key), None)
    if declared is None:
        raise DiagramWithoutTask(process.code, step.key)
    return Task(
        **ids_of(case),
        id=step.id,
        key=step.key,
        kind=declared.kind,
        title=declared.title.as_dict(),
        binding=declared.binding,
        agency=service.agency_for(declared.binding),
        role=declared.role,
        service_code=case.service_code,
        receipt_number=case.receipt_number,
        applicant=applicant,
        state=TaskState.OPEN,
        due=task_due(case.promised_due, case.state),
        opened_at=at,
    )


def _close(case: Case, service: Service, outcome: Outcome, at: datetime, verdict: Verdict) -> None:
    case.state = check_case_move("close", case.state)
    case.outcome = outcome
    case.closed_at = at
    case.process_state = None
    decision = record_decision(case, service, outcome, at, verdict)
    data = {"outcome": str(outcome), "reason": verdict.reason, **verdict.acting_for}
    write_history(case, HistoryKind.DECIDED, at, actor=verdict.actor, who=verdict.who, data=data)
    event = Decided(case.id, decision.id, str(outcome))
    append(event, actor=verdict.actor, person_id=case.person_id)


def record_decision(
    case: Case, service: Service, outcome: Outcome, at: datetime, verdict: Verdict
) -> Decision:
    """Write the decision that is in force from now on; whoever it burdens can contest it.

    The caller has ended the one before, and appends the event that makes the paper.
    """
    city = current_city()
    day = city_day(city, at)
    remedies: tuple[RemedyNamed, ...] = ()
    grounds: tuple[Ground, ...] = ()
    if outcome is not Outcome.APPROVED:
        remedies = remedies_named(service, day, city.calendar)
        grounds = verdict.grounds
    return Decision.objects.create(
        **ids_of(case),
        task_id=verdict.task_id,
        outcome=outcome,
        reason=verdict.reason,
        decided_at=at,
        decided_on=day,
        decided_by=verdict.actor.account_id,
        decided_number=verdict.who.office_number,
        agency=acting(verdict.agency or case.agency),
        grounds=[ground.as_data() for ground in grounds],
        remedies=[remedy.as_data() for remedy in remedies],
        law=verdict.law.as_data() if verdict.law is not None else {},
        replaces=verdict.replaces,
    )
