"""What cases tell the ledger. Payloads hold ids, keys of questions, and counts, nothing personal."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from yimen.ledger.events import Event


@dataclass(frozen=True, slots=True)
class DraftStarted(Event):
    """Somebody began to fill in an application."""

    kind: ClassVar[str] = "cases.draft_started"
    draft_id: UUID
    service_code: str
    service_version: int


@dataclass(frozen=True, slots=True)
class DraftSaved(Event):
    """Answers of a draft were saved; ``fields`` are the keys of the questions."""

    kind: ClassVar[str] = "cases.draft_saved"
    draft_id: UUID
    fields: list[str]


@dataclass(frozen=True, slots=True)
class DraftUpgraded(Event):
    """A draft was brought to a new version of its service."""

    kind: ClassVar[str] = "cases.draft_upgraded"
    draft_id: UUID
    from_version: int
    to_version: int


@dataclass(frozen=True, slots=True)
class DraftResumed(Event):
    """A draft was opened on another device by its code."""

    kind: ClassVar[str] = "cases.draft_resumed"
    draft_id: UUID
    earlier_draft_id: UUID


@dataclass(frozen=True, slots=True)
class ResumeCodeMade(Event):
    """A code to go on with a draft on another device was made."""

    kind: ClassVar[str] = "cases.resume_code_made"
    draft_id: UUID


@dataclass(frozen=True, slots=True)
class DraftsExpired(Event):
    """Drafts past their last day were deleted."""

    kind: ClassVar[str] = "cases.drafts_expired"
    count: int


@dataclass(frozen=True, slots=True)
class FileAttached(Event):
    """A file was added to a draft."""

    kind: ClassVar[str] = "cases.file_attached"
    draft_id: UUID
    file_id: UUID
    material_key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FileRemoved(Event):
    """A file was taken out of a draft."""

    kind: ClassVar[str] = "cases.file_removed"
    draft_id: UUID
    file_id: UUID


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """An application came in. The worker starts its process."""

    kind: ClassVar[str] = "cases.submitted"
    case_id: UUID
    receipt_number: str
    service_code: str
    service_version: int
    channel: str


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The process of a case began."""

    kind: ClassVar[str] = "cases.started"
    case_id: UUID
    tasks: list[str]


@dataclass(frozen=True, slots=True)
class TaskClaimed(Event):
    """An officer took a task."""

    kind: ClassVar[str] = "cases.task_claimed"
    case_id: UUID
    task_id: UUID


@dataclass(frozen=True, slots=True)
class TasksClaimed(Event):
    """An officer took several tasks at once."""

    kind: ClassVar[str] = "cases.tasks_claimed"
    tasks: list[str]


@dataclass(frozen=True, slots=True)
class TaskReleased(Event):
    """An officer gave a task back to the queue."""

    kind: ClassVar[str] = "cases.task_released"
    case_id: UUID
    task_id: UUID


@dataclass(frozen=True, slots=True)
class TaskHandedOver(Event):
    """A task was given to another officer."""

    kind: ClassVar[str] = "cases.task_handed_over"
    case_id: UUID
    task_id: UUID
    to_account: int


@dataclass(frozen=True, slots=True)
class CorrectionAsked(Event):
    """The resident was asked to correct answers or materials; the clock stands."""

    kind: ClassVar[str] = "cases.correction_asked"
    case_id: UUID
    correction_id: UUID
    items: list[str]


@dataclass(frozen=True, slots=True)
class CorrectionAnswered(Event):
    """The resident corrected what was asked; the clock runs again."""

    kind: ClassVar[str] = "cases.correction_answered"
    case_id: UUID
    correction_id: UUID
    items: list[str]


@dataclass(frozen=True, slots=True)
class CorrectionTakenBack(Event):
    """The office goes on without the correction; the clock runs again."""

    kind: ClassVar[str] = "cases.correction_taken_back"
    case_id: UUID
    correction_id: UUID


@dataclass(frozen=True, slots=True)
class TaskCompleted(Event):
    """An officer finished a review or gave an opinion."""

    kind: ClassVar[str] = "cases.task_completed"
    case_id: UUID
    task_id: UUID
    task_kind: str
    outcome: str
    opened_tasks: list[str]


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """A case was decided and closed. The worker issues the document and tells the resident."""

    kind: ClassVar[str] = "cases.decided"
    case_id: UUID
    decision_id: UUID
    outcome: str


@dataclass(frozen=True, slots=True)
class ExtensionAsked(Event):
    """An officer asked for more time."""

    kind: ClassVar[str] = "cases.extension_asked"
    case_id: UUID
    extension_id: UUID
    days: int


@dataclass(frozen=True, slots=True)
class ExtensionDecided(Event):
    """Another officer approved or refused more time."""

    kind: ClassVar[str] = "cases.extension_decided"
    case_id: UUID
    extension_id: UUID
    approved: bool


@dataclass(frozen=True, slots=True)
class PromiseMissed(Event):
    """A promised day is not kept. The worker tells the applicant why, and the new day."""

    kind: ClassVar[str] = "cases.promise_missed"
    case_id: UUID
    missed_id: UUID
    promised: str
    new_due: str


@dataclass(frozen=True, slots=True)
class DueDatesRecomputed(Event):
    """A new calendar was applied to a batch of open cases; ``moved`` of them got another date."""

    kind: ClassVar[str] = "cases.due_dates_recomputed"
    looked_at: int
    moved: int
    calendar: str


@dataclass(frozen=True, slots=True)
class DocumentIssued(Event):
    """A certificate or a refusal letter was made and stored. The resident is told."""

    kind: ClassVar[str] = "cases.document_issued"
    case_id: UUID
    document_id: UUID
    sha256: str


@dataclass(frozen=True, slots=True)
class RecheckAsked(Event):
    """The applicant says that a decision solves nothing; it goes one level up."""

    kind: ClassVar[str] = "cases.recheck_asked"
    case_id: UUID
    recheck_id: UUID
    decision_id: UUID


@dataclass(frozen=True, slots=True)
class RecheckOrdered(Event):
    """A decision was contested with success, and has to be changed."""

    kind: ClassVar[str] = "cases.recheck_ordered"
    case_id: UUID
    recheck_id: UUID
    decision_id: UUID
    ordered_by: str  # receipt number of the case that contested it


@dataclass(frozen=True, slots=True)
class RecheckAnswered(Event):
    """A decision was looked at again, and stands."""

    kind: ClassVar[str] = "cases.recheck_answered"
    case_id: UUID
    recheck_id: UUID


@dataclass(frozen=True, slots=True)
class DecisionEnded(Event):
    """A decision was revoked or corrected: it and its paper hold no more."""

    kind: ClassVar[str] = "cases.decision_ended"
    case_id: UUID
    decision_id: UUID
    ended_as: str
    law: str


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    """The applicant withdrew an application; its process ended. The worker tells them so."""

    kind: ClassVar[str] = "cases.withdrawn"
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Voided(Event):
    """An office voided an application that was entered by mistake. The worker tells the person."""

    kind: ClassVar[str] = "cases.voided"
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Moved(Event):
    """An agency ended: the case, or only these tasks of it, lie with its successor."""

    kind: ClassVar[str] = "cases.moved"
    case_id: UUID
    agency: str
    successor: str
    tasks: list[str]


@dataclass(frozen=True, slots=True)
class StatusCodeSent(Event):
    """A one-time code to see the status of a case was sent."""

    kind: ClassVar[str] = "cases.status_code_sent"
    case_id: UUID


@dataclass(frozen=True, slots=True)
class StatusOpened(Event):
    """The status of a case was opened with a one-time code."""

    kind: ClassVar[str] = "cases.status_opened"
    case_id: UUID


@dataclass(frozen=True, slots=True)
class StatusCodeRefused(Event):
    """A wrong one-time code was tried."""

    kind: ClassVar[str] = "cases.status_code_refused"
    case_id: UUID
    tries: int


@dataclass(frozen=True, slots=True)
class ListsMailed(Event):
    """The day's lists of promises went to a batch of staff; ``count`` had something on them."""

    kind: ClassVar[str] = "cases.lists_mailed"
    count: int


@dataclass(frozen=True, slots=True)
class KeysForgotten(Event):
    """Idempotency keys and one-time codes past their time were deleted."""

    kind: ClassVar[str] = "cases.keys_forgotten"
    count: int
