"""The closed lists of words about cases, and the small values that travel between layers.

A package, because what a decision names can be written and read again: see `naming`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from yimen.base.text import Text
from yimen.cases.types.naming import NO_TEXT as NO_TEXT
from yimen.cases.types.naming import Ground as Ground
from yimen.cases.types.naming import LawNamed as LawNamed
from yimen.cases.types.naming import RemedyNamed as RemedyNamed
from yimen.cases.types.naming import StandardNamed as StandardNamed


class CaseState(StrEnum):
    """Where a case is. Data of `process.CASE_MOVES`."""

    RECEIVED = "received"  # submitted; its process has not started yet
    HANDLING = "handling"  # the city's turn
    WAITING = "waiting"  # the resident's turn: a correction was asked for, the clock stands
    CLOSED = "closed"  # decided, withdrawn or voided


class Outcome(StrEnum):
    """How a case ended. The first two words are also the ids of the end events of a process."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by the applicant, before anything was decided
    VOIDED = "voided"  # by an office: it was entered by mistake
    REVOKED = "revoked"  # approved, and taken back by the agency that had decided


DECIDED = (Outcome.APPROVED, Outcome.REFUSED, Outcome.REVOKED)


class Mending(StrEnum):
    """Why a decision is in force no more: what was done with it."""

    REVOKED = "revoked"
    CORRECTED = "corrected"


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
    STANDS = "stands"  # of a recheck
    MENDED = "mended"  # of a recheck: the decision was revoked or corrected


RECHECK_KEY = "recheck"  # of the task of a recheck, which stands in no diagram


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
    LATE = "late"  # a promised day is not kept; the applicant is told why and the new day
    DOCUMENT_ISSUED = "document_issued"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    REVOKED = "revoked"
    DECISION_CORRECTED = "decision_corrected"
    RECHECK_ASKED = "recheck_asked"
    RECHECK_ANSWERED = "recheck_answered"
    RECHECK_ORDERED = "recheck_ordered"  # an application that contests the decision was approved
    CONTESTED = "contested"  # an application that contests the decision came in
    MOVED = "moved"  # its agency ended, and another has its work


class CorrectionKind(StrEnum):
    """What is to be corrected: an answer, or a material."""

    FIELD = "field"
    MATERIAL = "material"


class CorrectionState(StrEnum):
    """Whether a correction is still the resident's turn."""

    ASKED = "asked"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"
    DROPPED = "dropped"  # the case ended before it was answered


class ExtensionState(StrEnum):
    """Whether an extension of the time limit was approved."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class DocumentKind(StrEnum):
    """What sort of paper the city issued."""

    CERTIFICATE = "certificate"
    REFUSAL = "refusal"
    REVOCATION = "revocation"


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


class WatchBand(StrEnum):
    """How far a watched promise is; the most pressing first."""

    PAST_LAW = "past_law"  # the limit of the law has passed
    LATE = "late"  # the promised day has passed
    TODAY = "today"
    SOON = "soon"


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
    law: LawNamed | None = None  # on what ground an earlier decision was revoked or corrected
    instead_of: date | None = None  # the day of that decision
    ended_code: str = ""  # and the code on its paper, which no longer holds

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
            "law": self.law.as_data() if self.law else None,
            "instead_of": self.instead_of.isoformat() if self.instead_of else None,
            "ended_code": self.ended_code,
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
