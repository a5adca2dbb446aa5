"""Where a case is: for its applicant, for the holder of a one-time code, and above the desk's file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from yimen.accounts.queries import city_today
from yimen.accounts.types import OfficerName
from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.base.deadline import Deadline
from yimen.base.identifiers import normal_receipt_number
from yimen.base.text import Text
from yimen.cases.models import (
    ACTIVE_TASK_STATES,
    Case,
    Correction,
    Decision,
    Extension,
    History,
    IssuedDocument,
    StatusCode,
    Task,
)
from yimen.cases.process import SHOWN_TO_RESIDENTS, STEPS_WITHOUT_WORDS, UNDECIDED_ENDS
from yimen.cases.queries.handling import application_of, clocks_of, service_of, tasks_of
from yimen.cases.queries.promises import Lateness, lateness_of
from yimen.cases.queries.rechecks import RecheckView, recheck_until, rechecks_of
from yimen.cases.queries.rechecks import shown as recheck_shown
from yimen.cases.queries.scope import case_visible_to
from yimen.cases.rules.clocks import due_left, explain, unit_of
from yimen.cases.rules.errors import NotFound, check_found
from yimen.cases.types import (
    CaseState,
    ClockStep,
    CorrectionItem,
    CorrectionKind,
    CorrectionState,
    DocumentKind,
    DueLeft,
    ExtensionState,
    Ground,
    HistoryKind,
    LawNamed,
    Outcome,
    RemedyNamed,
    TaskState,
)
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city
from yimen.keys.queries import keyed_hash


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened. ``officer`` is empty for the system, and for the applicant.

    What ``data`` holds depends on ``kind``: claimed {task, acting_for?}; handed_over {task, to,
    reason}; correction_asked {items: [{kind, key, says}]}; correction_answered {keys}; reviewed,
    opinion_given and decision_step {task, outcome, reason}; decided {outcome, reason};
    extension_asked, extended and extension_refused {days, reason, promised_due?}; due_changed
    {promised_due_before, promised_due}; late {promised, promised_due, says}; document_issued {kind, sha256}; submitted {channel};
    withdrawn {reason?}; voided {reason}; revoked
    and decision_corrected {outcome, reason, law}; recheck_asked {reason, due}; recheck_answered
    {reason}.
    """

    at: datetime
    kind: HistoryKind
    officer: OfficerName
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class NowWith:
    """Who has a running case now: one line for each open task."""

    agency: str
    title: Text
    officer: OfficerName | None  # None: nobody has claimed it yet


@dataclass(frozen=True, slots=True)
class AskedCorrection:
    """What the applicant is asked to correct: "your turn"."""

    items: tuple[CorrectionItem, ...]
    asked_at: datetime
    officer: OfficerName


@dataclass(frozen=True, slots=True)
class DecisionView:
    """How a case was decided, and why. ``law``: why it stands in the place of an earlier one."""

    id: UUID
    outcome: Outcome
    reason: str
    decided_on: date
    decided_at: datetime
    officer: OfficerName  # ``office_number`` is "" when the process decided by itself
    grounds: tuple[Ground, ...]
    remedies: tuple[RemedyNamed, ...]
    law: LawNamed | None
    decided_by: int | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A paper that the city issued; its bytes: `ledger.queries.open_document(sha256)`.

    ``ended_at``: since then it no longer holds, because its decision was revoked or corrected.
    """

    id: UUID
    kind: DocumentKind
    title: Text
    sha256: str
    verification_code: str
    issued_at: datetime
    valid_until: date | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """Where a case is, with whom, due when and why, and whether it is the applicant's turn.

    ``promised`` and ``statutory`` are the clocks; ``promised_steps`` and ``statutory_steps`` say
    how each date was computed. ``fee`` is the one of the day of submission: ``fee_changed`` says
    that the service costs something else now.
    """

    receipt_number: str
    service: Service
    state: CaseState
    outcome: Outcome | None
    submitted_at: datetime
    submitted_on: date
    channel: str
    closed_at: datetime | None
    fee: Decimal
    fee_changed: bool
    promised: Deadline
    statutory: Deadline
    promised_steps: tuple[ClockStep, ...]
    statutory_steps: tuple[ClockStep, ...]
    left: DueLeft  # until the promised day, in the unit of the promise
    now_with: tuple[NowWith, ...]
    your_turn: AskedCorrection | None
    extension: "ExtensionView | None"
    late: Lateness | None  # what the applicant was told last about a day that is not kept
    history: tuple[HistoryLine, ...]
    decision: DecisionView | None
    documents: tuple[DocumentView, ...]
    recheck: RecheckView | None  # of the decision, when somebody asked to look again
    recheck_until: date | None  # until when the applicant may ask for that

    @property
    def is_open(self) -> bool:
        return self.state is not CaseState.CLOSED

    @property
    def ending(self) -> HistoryLine | None:
        """Return how the case ended before anything was decided, or None."""
        kind = UNDECIDED_ENDS.get(self.outcome) if self.outcome else None
        return next((line for line in reversed(self.history) if line.kind is kind), None)


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """The extension of a case that was approved, or waits for an answer."""

    state: ExtensionState
    days: int
    reason: str
    asked_at: datetime
    asked_by: int
    officer: OfficerName


def left_of(case: Case, service: Service) -> DueLeft:
    """Return how long there is until the promised day, in the unit of the promise."""
    calendar = current_city().calendar
    return due_left(case.promised_due, city_today(), calendar, unit_of(service.promised))


def status(actor: Actor, receipt_number: str) -> CaseStatus:
    """Return the status of a case that the actor may see, or refuse with `NotFound`.

    Residents see the part of the history that concerns them, staff all of it.
    """
    return status_of(case_visible_to(actor, receipt_number), full=actor.is_staff)


def status_by_receipt(receipt_number: str, token: str) -> CaseStatus:
    """Return the status for who has a ticket of `actions.open_status`, or refuse with `NotFound`."""
    number = normal_receipt_number(receipt_number) or ""
    held = StatusCode.objects.filter(
        receipt_number=number, token_hash=token_hash(token), expires_at__gt=now()
    )
    if not token or not held.exists():
        raise NotFound
    return status_of(case_visible_to(SYSTEM, number), full=False)


def code_hash(row: StatusCode, code: str) -> str:
    """Return the hash of a one-time code, which is worth nothing for another row."""
    digits = "".join(character for character in code if character.isdecimal())
    return keyed_hash("cases-status-code", f"{row.id} {digits}")


def token_hash(token: str) -> str:
    """Return the hash of a ticket's token."""
    return keyed_hash("cases-status-token", token)


def status_of(case: Case, *, full: bool) -> CaseStatus:
    """Return the status of a case whose row was found within the actor's scope."""
    service, application = service_of(case), application_of(case)
    clocks = clocks_of(case, service)
    current = current_city().services.get(case.service_code)
    decisions = decisions_of(case)
    in_force = next((decision for decision in decisions if decision.ended_at is None), None)
    lines, rechecks = history_of(case, full=full), rechecks_of(case)
    was_late = any(line.kind is HistoryKind.LATE for line in lines)
    return CaseStatus(
        receipt_number=case.receipt_number,
        service=service,
        state=CaseState(case.state),
        outcome=Outcome(case.outcome) if case.outcome else None,
        submitted_at=application.submitted_at,
        submitted_on=case.submitted_on,
        channel=application.channel,
        closed_at=case.closed_at,
        fee=application.fee,
        fee_changed=current is not None and current.fee.amount != application.fee,
        promised=clocks.promised,
        statutory=clocks.statutory,
        promised_steps=explain(clocks.promised, service.promised.source),
        statutory_steps=explain(clocks.statutory, service.statutory.source),
        left=left_of(case, service),
        now_with=tuple(_now_with(task) for task in tasks_of(case) if _is_active(task)),
        your_turn=_asked(case),
        extension=_extension(case),
        decision=decision_view(in_force) if in_force is not None else None,
        late=lateness_of(case) if was_late and case.closed_at is None else None,
        history=lines,
        documents=documents_of(case, decisions),
        recheck=recheck_shown(case, rechecks),
        recheck_until=recheck_until(in_force, rechecks),
    )


def _is_active(task: Task) -> bool:
    return task.state in ACTIVE_TASK_STATES


def _now_with(task: Task) -> NowWith:
    claimed = task.state == TaskState.CLAIMED
    officer = OfficerName(task.agency, task.assignee_number) if claimed else None
    return NowWith(task.agency, Text.of(task.title), officer)


def _asked(case: Case) -> AskedCorrection | None:
    row = Correction.objects.filter(
        person_id=case.person_id, case_id=case.id, state=CorrectionState.ASKED
    ).first()
    if row is None:
        return None
    items = tuple(
        CorrectionItem(CorrectionKind(item["kind"]), item["key"], item["says"])
        for item in row.items
    )
    return AskedCorrection(items, row.asked_at, OfficerName(row.asked_agency, row.asked_number))


def _extension(case: Case) -> ExtensionView | None:
    rows = Extension.objects.filter(person_id=case.person_id, case_id=case.id)
    row = rows.exclude(state=ExtensionState.REFUSED).first()
    if row is None:
        return None
    return ExtensionView(
        ExtensionState(row.state),
        row.days,
        row.reason,
        row.asked_at,
        row.asked_by,
        OfficerName(case.agency, row.asked_number),
    )


def history(actor: Actor, receipt_number: str) -> tuple[HistoryLine, ...]:
    """Return what happened to a case, oldest first; residents see what concerns them."""
    return history_of(case_visible_to(actor, receipt_number), full=actor.is_staff)


def history_of(case: Case, *, full: bool) -> tuple[HistoryLine, ...]:
    """Return the history of a case whose row was found within the actor's scope."""
    shown = Q() if full else Q(kind__in=[str(kind) for kind in SHOWN_TO_RESIDENTS])
    rows = History.objects.filter(shown, person_id=case.person_id, case_id=case.id)
    return tuple(history_line(row, full=full) for row in rows.order_by("id"))


def history_line(row: History, *, full: bool) -> HistoryLine:
    """Return a row of a history as channels see it; residents do not read what officers noted."""
    return HistoryLine(
        row.at,
        HistoryKind(row.kind),
        OfficerName(row.agency, row.office_number),
        row.data if full else _open_to_residents(row.kind, row.data),
    )


def ending_reason(case: Case) -> str:
    """Return why a case ended before anything was decided, as it was written then."""
    kinds = [str(kind) for kind in UNDECIDED_ENDS.values()]
    rows = History.objects.filter(person_id=case.person_id, case_id=case.id, kind__in=kinds)
    return str(rows.latest("id").data.get("reason", ""))


def _open_to_residents(kind: str, data: dict[str, object]) -> dict[str, object]:
    return {"task": data["task"]} if kind in STEPS_WITHOUT_WORDS and "task" in data else data


def decisions_of(case: Case) -> tuple[Decision, ...]:
    """Return every decision that a case has had, oldest first."""
    rows = Decision.objects.filter(person_id=case.person_id, case_id=case.id)
    return tuple(rows.order_by("id"))


def decision_view(row: Decision) -> DecisionView:
    """Return a decision's row as channels see it."""
    return DecisionView(
        id=row.id,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        decided_on=row.decided_on,
        decided_at=row.decided_at,
        officer=OfficerName(row.agency, row.decided_number),
        grounds=tuple(Ground.of(ground) for ground in row.grounds),
        remedies=tuple(RemedyNamed.of(remedy) for remedy in row.remedies),
        law=LawNamed.of(row.law),
        decided_by=row.decided_by,
    )


def documents_of(case: Case, decisions: Sequence[Decision]) -> tuple[DocumentView, ...]:
    """Return the papers issued for a case, each with whether its decision is still in force."""
    rows = IssuedDocument.objects.filter(person_id=case.person_id, case_id=case.id)
    ended = {decision.id: decision.ended_at for decision in decisions}
    return tuple(document_view(row, ended[row.decision_id]) for row in rows.order_by("id"))


def document_view(row: IssuedDocument, ended_at: datetime | None) -> DocumentView:
    """Return a paper's row as channels see it."""
    return DocumentView(
        row.id,
        DocumentKind(row.kind),
        Text.of(row.title),
        row.sha256,
        row.verification_code,
        row.issued_at,
        row.valid_until,
        ended_at,
    )


def issued_document(actor: Actor, receipt_number: str, document_id: UUID) -> DocumentView:
    """Return one paper of a case that the actor may see, or refuse with `NotFound`."""
    case = case_visible_to(actor, receipt_number)
    papers = documents_of(case, decisions_of(case))
    return check_found(next((paper for paper in papers if paper.id == document_id), None))
