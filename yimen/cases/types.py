"""The closed lists of words about cases, and the small values that travel between layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from yimen.base.text import Text

NO_TEXT = Text()


class CaseState(StrEnum):
    """Where a case is. Data of `process.CASE_MOVES`."""

    RECEIVED = "received"  # submitted; its process has not started yet
    HANDLING = "handling"  # the city's turn
    WAITING = "waiting"  # the resident's turn: a correction was asked for, the clock stands
    CLOSED = "closed"  # decided


class Outcome(StrEnum):
    """How a case ended. The same words are the ids of the end events of a process."""

    APPROVED = "approved"
    REFUSED = "refused"


class TaskState(StrEnum):
    """Where a task is. Data of `process.TASK_MOVES`."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskOutcome(StrEnum):
    """What an officer answered at a task; conditions read it as ``task.<key>``."""

    COMPLETE = "complete"  # of a review
    FOR = "for"  # of an opinion
    AGAINST = "against"
    APPROVE = "approve"  # of a decision
    REFUSE = "refuse"


class HistoryKind(StrEnum):
    """What happened to a case, as people read it. Which ones residents see: `process`."""

    SUBMITTED = "submitted"
    STARTED = "started"
    CLAIMED = "claimed"
    RELEASED = "released"
    HANDED_OVER = "handed_over"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_ANSWERED = "correction_answered"
    CORRECTION_TAKEN_BACK = "correction_taken_back"
    REVIEWED = "reviewed"
    OPINION_GIVEN = "opinion_given"
    DECISION_STEP = "decision_step"  # a decision that the process does not end with
    DECIDED = "decided"
    EXTENSION_ASKED = "extension_asked"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    DUE_CHANGED = "due_changed"  # the calendar changed
    DOCUMENT_ISSUED = "document_issued"


class CorrectionKind(StrEnum):
    """What is to be corrected: an answer, or a material."""

    FIELD = "field"
    MATERIAL = "material"


class CorrectionState(StrEnum):
    """Whether a correction is still the resident's turn."""

    ASKED = "asked"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"


class ExtensionState(StrEnum):
    """Whether an extension of the time limit was approved."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class DocumentKind(StrEnum):
    """What sort of paper the city issued."""

    CERTIFICATE = "certificate"
    REFUSAL = "refusal"


class StopReason(StrEnum):
    """Why a clock stands."""

    CORRECTION = "correction"


class DueBand(StrEnum):
    """How pressing a due date is: a colour and a word on the desk."""

    STANDING = "standing"  # the resident's turn, no day counts
    CALM = "calm"
    SOON = "soon"  # three days or fewer
    TODAY = "today"
    LATE = "late"


class StepKind(StrEnum):
    """One step of the explanation of a due date."""

    START = "start"  # day: the limit counts from the day after this one
    LIMIT = "limit"  # days, unit, source
    EXTENSION = "extension"  # days, unit
    STOP = "stop"  # since, until (None: still standing)
    STOPPED = "stopped"  # days: that did not count, in the unit's days
    DAY_OFF = "day_off"  # day, title, works
    MOVED = "moved"  # a limit not in working days ended on a day of rest: day is the working day
    DUE = "due"  # day
    STANDING = "standing"  # days: left when the clock runs again


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One step of how a due date was computed; a channel makes the sentence.

    Which members are set depends on ``kind``: see `StepKind`.
    """

    kind: StepKind
    day: date | None = None
    until: date | None = None
    days: int = 0
    unit: str = ""
    name: str = ""  # stop: a `StopReason`
    title: Text = NO_TEXT  # day off: its name in the calendar
    works: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class DueLeft:
    """How long there is, for "2 working days left": ``days`` is negative when late."""

    band: DueBand
    days: int
    unit: str
    due: date | None


@dataclass(frozen=True, slots=True)
class NewApplication:
    """An application that comes whole, without a draft (API, counter, paper).

    ``answers`` are keyed by question. ``files`` must already be in the store: see
    `actions.store_upload`. ``person_id`` says for whom: an organisation that the actor represents,
    or anybody when staff enter an application; without it residents apply for themselves, and
    visitors for a new provisional person.
    """

    service_code: str
    answers: Mapping[str, object]
    files: tuple["UploadedFile", ...] = ()
    person_id: UUID | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that was checked and stored: what it is, under its hash."""

    material_key: str
    name: str
    size: int
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant holds after sending: the number, and by when the city will decide."""

    receipt_number: str
    person_id: UUID
    case_id: UUID
    service_code: str
    service_version: int
    submitted_at: datetime
    promised_due: date | None
    statutory_due: date | None
    fee: Decimal
    repeated: bool = False  # the same key was sent before; nothing new was written


@dataclass(frozen=True, slots=True)
class CorrectionItem:
    """One thing the resident is asked to correct, with the officer's sentence."""

    kind: CorrectionKind
    key: str
    says: str


@dataclass(frozen=True, slots=True)
class ServiceChanges:
    """What changed for a draft between two versions of its service."""

    from_version: int
    to_version: int
    added: tuple[str, ...] = ()  # question or material keys
    removed: tuple[str, ...] = ()  # their answers were dropped
    changed: tuple[str, ...] = ()  # asked or limited otherwise: look at the answer again
    conditions: tuple[str, ...] = ()  # criteria that are new, or were another one before
    conditions_removed: tuple[str, ...] = ()
    limits_changed: bool = False
    fee_words_changed: bool = False
    fee_before: Decimal = Decimal(0)
    fee_now: Decimal = Decimal(0)

    @property
    def fee_changed(self) -> bool:
        return self.fee_before != self.fee_now

    def __bool__(self) -> bool:
        of_form = self.added or self.removed or self.changed
        of_conditions = self.conditions or self.conditions_removed
        of_terms = self.limits_changed or self.fee_changed or self.fee_words_changed
        return bool(of_form or of_conditions or of_terms)


@dataclass(frozen=True, slots=True)
class StandardNamed:
    """An amount of the city that a criterion was judged by, as it was in force on that day."""

    title: Text
    amount: Decimal
    unit: str
    since: date
    source: str = ""

    def as_data(self) -> dict[str, object]:
        """Return JSON values, for the decision's row and for papers."""
        return {
            "title": self.title.as_dict(),
            "amount": str(self.amount),
            "unit": self.unit,
            "since": self.since.isoformat(),
            "source": self.source,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "StandardNamed":
        """Return the standard that `as_data` wrote."""
        return cls(
            Text.of(data["title"]),
            Decimal(data["amount"]),
            data["unit"],
            date.fromisoformat(data["since"]),
            data["source"],
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """A criterion that did not hold, with the record and its date that decided it.

    ``data_set`` is empty when the answer came from the application itself.
    """

    criterion: str
    says: Text
    source: str = ""  # the law or notice that sets the criterion
    data_set: str = ""
    data_set_title: Text = NO_TEXT
    field_names: tuple[str, ...] = ()
    as_of: date | None = None
    source_id: str = ""
    standards: tuple[StandardNamed, ...] = ()

    def as_data(self) -> dict[str, object]:
        """Return JSON values, for the decision's row and for papers."""
        return {
            "criterion": self.criterion,
            "says": self.says.as_dict(),
            "source": self.source,
            "data_set": self.data_set,
            "data_set_title": self.data_set_title.as_dict(),
            "field_names": list(self.field_names),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "source_id": self.source_id,
            "standards": [standard.as_data() for standard in self.standards],
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Ground":
        """Return the ground that `as_data` wrote."""
        return cls(
            data["criterion"],
            Text.of(data["says"]),
            data["source"],
            data["data_set"],
            Text.of(data["data_set_title"]),
            tuple(data["field_names"]),
            date.fromisoformat(data["as_of"]) if data["as_of"] else None,
            data["source_id"],
            tuple(StandardNamed.of(named) for named in data.get("standards", [])),
        )


@dataclass(frozen=True, slots=True)
class RemedyNamed:
    """A way to contest a decision, with the last day to use it.

    ``last_day`` is None while nobody can know it: the time runs from the outcome of the remedy
    ``after``.
    """

    title: Text
    says: Text
    last_day: date | None
    days: int
    unit: str
    source: str = ""
    after: Text = NO_TEXT

    def as_data(self) -> dict[str, object]:
        """Return JSON values, for the decision's row and for papers."""
        return {
            "title": self.title.as_dict(),
            "says": self.says.as_dict(),
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "days": self.days,
            "unit": self.unit,
            "source": self.source,
            "after": self.after.as_dict(),
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "RemedyNamed":
        """Return the remedy that `as_data` wrote."""
        return cls(
            Text.of(data["title"]),
            Text.of(data["says"]),
            date.fromisoformat(data["last_day"]) if data["last_day"] else None,
            data["days"],
            data["unit"],
            data["source"],
            Text.of(data.get("after", {})),  # decisions of former times count from their own day
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything a certificate or a refusal letter shows; `as_data` is what the template gets.

    Texts come in every language of the city, as ``{"zh": ..., "en": ...}`` in the data;
    ``language`` is the one the applicant used, to be set first.
    """

    kind: DocumentKind
    language: str
    languages: tuple[str, ...]
    city: Text
    agency: Text
    title: Text
    body: Text  # certificates: the placeholders are filled
    name: str  # of the person or organisation
    receipt_number: str
    service: Text
    decided_on: date
    decided_by: str  # office number, or "" when the process decided by itself
    reason: str
    grounds: tuple[Ground, ...]
    remedies: tuple[RemedyNamed, ...]
    valid_until: date | None
    verification_code: str
    verification_url: str  # what the QR code holds
    accent: str = "#A8321F"
    issued_on: date | None = None

    def as_data(self) -> dict[str, object]:
        """Return JSON values for the template: dates are ISO texts, absent ones null."""
        return {
            "kind": str(self.kind),
            "language": self.language,
            "languages": list(self.languages),
            "city": self.city.as_dict(),
            "agency": self.agency.as_dict(),
            "title": self.title.as_dict(),
            "body": self.body.as_dict(),
            "name": self.name,
            "receipt_number": self.receipt_number,
            "service": self.service.as_dict(),
            "decided_on": self.decided_on.isoformat(),
            "decided_by": self.decided_by,
            "reason": self.reason,
            "grounds": [ground.as_data() for ground in self.grounds],
            "remedies": [remedy.as_data() for remedy in self.remedies],
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "verification_code": self.verification_code,
            "verification_url": self.verification_url,
            "accent": self.accent,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
        }


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What an officer narrows the queue to. Empty members do not narrow.

    ``whose`` is "mine" or "unclaimed". ``due`` is "late", "today", "soon" (three working days)
    or "standing" (the resident's turn). ``words`` is a receipt number, its beginning, or the
    applicant's whole name.
    """

    agency: str = ""
    service: str = ""
    kind: str = ""  # a `catalogue.types.TaskKind`
    whose: str = ""
    due: str = ""
    words: str = ""
