"""All that the person who acts has applied for, and what came of it, for that person alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from yimen.accounts.types import OfficerName
from yimen.base.actor import Actor
from yimen.cases.models import (
    Application,
    Case,
    CaseFile,
    Correction,
    Decision,
    Draft,
    DraftFile,
    History,
    IssuedDocument,
    Recheck,
    Task,
)
from yimen.cases.models.base import OfCase
from yimen.cases.process import SHOWN_TO_RESIDENTS
from yimen.cases.queries.drafts import FileView, file_view
from yimen.cases.queries.handling import service_of
from yimen.cases.queries.own import case_file_view
from yimen.cases.queries.status import (
    DocumentView,
    HistoryLine,
    decision_view,
    document_view,
    history_line,
)
from yimen.cases.types import Ground, LawNamed, RemedyNamed
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import service_version
from yimen.people.queries import acting_ids

Row = TypeVar("Row", bound=OfCase)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was sent. ``replaced_at``: a corrected one stands in its place since then."""

    file: FileView
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class CorrectionKept:
    """What the applicant was asked to correct, and what stood before."""

    state: str
    asked_at: datetime
    asked_by: OfficerName
    items: tuple[Mapping[str, str], ...]  # kind, key, says
    answered_at: datetime | None
    answers: Mapping[str, object]  # {question: {was, now}}


@dataclass(frozen=True, slots=True)
class DecisionKept:
    """A decision with its grounds and remedies. ``ended_at``: since then it holds no more."""

    outcome: str
    reason: str
    decided_at: datetime
    decided_on: date
    decided_by: OfficerName  # ``office_number`` is "" when the process decided by itself
    grounds: tuple[Ground, ...]
    remedies: tuple[RemedyNamed, ...]
    law: LawNamed | None
    ended_at: datetime | None
    ended_as: str


@dataclass(frozen=True, slots=True)
class RecheckKept:
    """That the applicant asked to look at a decision again, and what came of it."""

    asked_at: datetime
    says: str
    due: date
    answered_at: datetime | None
    outcome: str
    reason: str
    answered_by: OfficerName


@dataclass(frozen=True, slots=True)
class CaseKept:
    """An application and its case, as its applicant may see them. ``applicant``: whose it is."""

    receipt_number: str
    applicant: UUID
    service: Service
    state: str
    outcome: str
    channel: str
    language: str
    submitted_at: datetime
    closed_at: datetime | None
    promised_due: date | None
    statutory_due: date | None
    fee: Decimal
    answers: Mapping[str, object]
    files: tuple[SentFile, ...]
    corrections: tuple[CorrectionKept, ...]
    history: tuple[HistoryLine, ...]
    decisions: tuple[DecisionKept, ...]
    papers: tuple[DocumentView, ...]
    rechecks: tuple[RecheckKept, ...]


@dataclass(frozen=True, slots=True)
class DraftKept:
    """An application that is being filled in."""

    applicant: UUID
    service: Service
    language: str
    started_at: datetime
    saved_at: datetime
    expires_at: datetime
    answers: Mapping[str, object]
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of all cases of some ids, table by table, each by its case."""

    applications: Mapping[UUID, Application]
    files: Mapping[UUID, list[CaseFile]]
    corrections: Mapping[UUID, list[Correction]]
    history: Mapping[UUID, list[History]]
    decisions: Mapping[UUID, list[Decision]]
    papers: Mapping[UUID, list[IssuedDocument]]
    rechecks: Mapping[UUID, list[Recheck]]
    recheck_tasks: Mapping[UUID, Task]


def cases_kept(actor: Actor) -> tuple[CaseKept, ...]:
    """Return every case of the actor and of the organisations they represent, the newest first.

    With as many statements for many as for one. Staff and strangers have none.
    """
    ids = acting_ids(actor)
    cases = list(
        Case.objects.filter(person_id__in=ids).defer("process_state").order_by("-id") if ids else ()
    )
    if not cases:
        return ()
    rows = _rows(ids)
    return tuple(_case(case, rows) for case in cases)


def drafts_kept(actor: Actor) -> tuple[DraftKept, ...]:
    """Return every draft of the actor and of the organisations they represent."""
    ids = acting_ids(actor)
    files: dict[UUID, list[FileView]] = defaultdict(list)
    for file in DraftFile.objects.filter(person_id__in=ids).order_by("id"):
        files[file.draft_id].append(file_view(file))
    return tuple(
        DraftKept(
            applicant=row.person_id,
            service=service_version(row.service_code, row.service_version),
            language=row.language,
            started_at=row.started_at,
            saved_at=row.saved_at,
            expires_at=row.expires_at,
            answers=row.answers,
            files=tuple(files[row.id]),
        )
        for row in Draft.objects.filter(person_id__in=ids).order_by("-saved_at", "id")
    )


def _rows(ids: Collection[UUID]) -> _Rows:
    shown = [str(kind) for kind in SHOWN_TO_RESIDENTS]
    rechecks = _by_case(Recheck, ids)
    asked = [recheck.id for of_case in rechecks.values() for recheck in of_case]
    tasks = Task.objects.filter(person_id__in=ids, id__in=asked) if asked else ()
    return _Rows(
        applications={row.id: row for row in Application.objects.filter(person_id__in=ids)},
        files=_by_case(CaseFile, ids),
        corrections=_by_case(Correction, ids),
        history=_by_case(History, ids, kind__in=shown),
        decisions=_by_case(Decision, ids),
        papers=_by_case(IssuedDocument, ids),
        rechecks=rechecks,
        recheck_tasks={task.id: task for task in tasks},
    )


def _by_case(
    table: type[Row], ids: Collection[UUID], **only: Collection[str]
) -> Mapping[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in table._default_manager.filter(person_id__in=ids, **only).order_by("id"):
        found[row.case_id].append(row)
    return found


def _case(case: Case, rows: _Rows) -> CaseKept:
    application = rows.applications[case.id]
    decisions = rows.decisions.get(case.id, [])
    ended = {decision.id: decision.ended_at for decision in decisions}
    return CaseKept(
        receipt_number=case.receipt_number,
        applicant=case.person_id,
        service=service_of(case),
        state=case.state,
        outcome=case.outcome,
        channel=application.channel,
        language=application.language,
        submitted_at=application.submitted_at,
        closed_at=case.closed_at,
        promised_due=case.promised_due,
        statutory_due=case.statutory_due,
        fee=application.fee,
        answers=application.answers,
        files=tuple(
            SentFile(case_file_view(row), row.replaced_at) for row in rows.files.get(case.id, ())
        ),
        corrections=tuple(_correction(row) for row in rows.corrections.get(case.id, ())),
        history=tuple(history_line(row, full=False) for row in rows.history.get(case.id, ())),
        decisions=tuple(_decision(row) for row in decisions),
        papers=tuple(
            document_view(row, ended[row.decision_id]) for row in rows.papers.get(case.id, ())
        ),
        rechecks=tuple(
            _recheck(row, rows.recheck_tasks[row.id]) for row in rows.rechecks.get(case.id, ())
        ),
    )


def _correction(row: Correction) -> CorrectionKept:
    return CorrectionKept(
        state=row.state,
        asked_at=row.asked_at,
        asked_by=OfficerName(row.asked_agency, row.asked_number),
        items=tuple(row.items),
        answered_at=row.answered_at,
        answers=row.answers,
    )


def _decision(row: Decision) -> DecisionKept:
    shown = decision_view(row)
    return DecisionKept(
        outcome=row.outcome,
        reason=row.reason,
        decided_at=row.decided_at,
        decided_on=row.decided_on,
        decided_by=shown.officer,
        grounds=shown.grounds,
        remedies=shown.remedies,
        law=shown.law,
        ended_at=row.ended_at,
        ended_as=row.ended_as,
    )


def _recheck(row: Recheck, task: Task) -> RecheckKept:
    return RecheckKept(
        asked_at=row.asked_at,
        says=row.reason,
        due=row.due,
        answered_at=row.answered_at,
        outcome=task.outcome,
        reason=task.reason,
        answered_by=OfficerName(task.agency, task.assignee_number),
    )
