"""What applicants see of their own: their cases, what they sent, the files."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yimen.base.actor import Actor
from yimen.cases.models import (
    Application,
    Case,
    CaseFile,
)
from yimen.cases.queries.drafts import FileView
from yimen.cases.queries.handling import application_of, service_of
from yimen.cases.queries.scope import case_visible_to, cases_visible_to
from yimen.cases.queries.status import left_of
from yimen.cases.rules.errors import NotFound, check_found
from yimen.cases.types import (
    CaseState,
    DueLeft,
    Outcome,
)
from yimen.catalogue.definition import Service

_PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list of the applicant's own; ``id`` is where the next page begins."""

    id: UUID
    receipt_number: str
    service: Service
    state: CaseState
    outcome: Outcome | None
    submitted_at: datetime
    closed_at: datetime | None
    left: DueLeft
    your_turn: bool


@dataclass(frozen=True, slots=True)
class OwnApplication:
    """What was sent, for its applicant: answers as stored, and the files that count."""

    service: Service
    answers: dict[str, object]
    files: tuple[FileView, ...]


def cases_of(actor: Actor, before: UUID | None = None) -> tuple[CaseSummary, ...]:
    """Return a page of the actor's own cases, the newest first; staff and strangers have none.

    ``before`` is the case id of the last one of the page before; merged and provisional ids of
    the person are included.
    """
    if actor.is_staff:
        return ()
    rows = cases_visible_to(actor).defer("process_state")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return tuple(_summary(case) for case in rows.order_by("-id")[:_PAGE])


def _summary(case: Case) -> CaseSummary:
    service = service_of(case)
    return CaseSummary(
        id=case.id,
        receipt_number=case.receipt_number,
        service=service,
        state=CaseState(case.state),
        outcome=Outcome(case.outcome) if case.outcome else None,
        submitted_at=case.opened_at,
        closed_at=case.closed_at,
        left=left_of(case, service),
        your_turn=case.state == CaseState.WAITING,
    )


def own_application(actor: Actor, receipt_number: str) -> OwnApplication:
    """Return what the actor sent; officers open `file`, which is logged."""
    if actor.is_staff:
        raise NotFound
    case = case_visible_to(actor, receipt_number)
    application: Application = application_of(case)
    return OwnApplication(service_of(case), application.answers, files_of(case))


def files_of(case: Case) -> tuple[FileView, ...]:
    """Return the files of a case that were not replaced by a correction."""
    rows = CaseFile.objects.filter(
        person_id=case.person_id, case_id=case.id, replaced_at__isnull=True
    )
    return tuple(case_file_view(row) for row in rows.order_by("id"))


def case_file_view(row: CaseFile) -> FileView:
    """Return a file's row as channels see it."""
    return FileView(
        row.id, row.material_key, row.name, row.size, row.media_type, row.sha256, row.added_at
    )


def case_file(actor: Actor, receipt_number: str, file_id: UUID) -> FileView:
    """Return one file of a case that the actor may see; its bytes are in the store."""
    files = files_of(case_visible_to(actor, receipt_number))
    return check_found(next((file for file in files if file.id == file_id), None))
