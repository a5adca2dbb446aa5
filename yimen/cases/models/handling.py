"""Tables of applications and of what offices do with them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yimen.cases.models.base import OfCase, OfPerson, one_of
from yimen.cases.types import (
    DECIDED,
    CaseState,
    CorrectionState,
    DocumentKind,
    ExtensionState,
    Mending,
    Outcome,
    TaskState,
)

ACTIVE_TASK_STATES = (TaskState.OPEN, TaskState.CLAIMED)
_ACTIVE = Q(state__in=[str(state) for state in ACTIVE_TASK_STATES])


class Application(OfPerson):
    """A filled-in request as it was sent, with the fee of that day.

    ``answers`` change only by an answered correction, which keeps what stood before.
    """

    receipt_number = models.CharField(max_length=20)
    service_code = models.CharField(max_length=80)
    service_version = models.PositiveIntegerField()
    answers = models.JSONField()
    language = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    submitted_at = models.DateTimeField()
    identified = models.BooleanField()  # else a provisional person stands for the applicant
    submitted_by = models.BigIntegerField(null=True)  # account; null: a visitor
    submitted_agency = models.CharField(max_length=80, default="")  # the clerk's
    submitted_number = models.CharField(max_length=40, default="")  # the clerk's office number
    fee = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=["submitted_at"], name="cases_application_day")]

    def __str__(self) -> str:
        return self.receipt_number


class Case(OfPerson):
    """The application being handled. Its id is the application's.

    ``agencies`` are all that its process binds: they may read it. While it is open they follow a
    reform, afterwards they are those that had it. ``calendar_mark`` names the calendar by which its
    due dates were computed.
    """

    receipt_number = models.CharField(max_length=20)
    state = models.CharField(max_length=16)
    outcome = models.CharField(max_length=16, default="")
    agency = models.CharField(max_length=80)
    agencies = ArrayField(models.CharField(max_length=80))
    service_code = models.CharField(max_length=80)
    service_version = models.PositiveIntegerField()
    submitted_on = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    statutory_due = models.DateField(null=True)  # null while the clock stands
    promised_due = models.DateField(null=True)
    calendar_mark = models.CharField(max_length=16)
    eligible = models.BooleanField(null=True)  # by the records when the process started
    process_state = models.BinaryField(null=True)  # compressed; dropped when the case closes

    application = models.ForeignObject(
        Application,
        on_delete=models.DO_NOTHING,
        from_fields=("person_id", "id"),
        to_fields=("person_id", "id"),
        related_name="+",
    )

    class Meta:
        constraints = [
            one_of("cases_case_state", "state", CaseState),
            one_of("cases_case_outcome", "outcome", Outcome, blank=True),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="cases_case_closed_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["calendar_mark"],
                condition=Q(closed_at__isnull=True),
                name="cases_case_calendar",
            ),
            models.Index(
                fields=["promised_due", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_case_promised",
            ),
            models.Index(
                fields=["statutory_due", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_case_statutory",
            ),
            models.Index(
                fields=["agency", "promised_due", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_case_agency",
            ),
            models.Index(
                fields=["closed_at"], condition=Q(closed_at__isnull=False), name="cases_case_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number


class CaseFile(OfCase):
    """A material of an application. A corrected one replaces those before it."""

    material_key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    correction_id = models.UUIDField(null=True)  # it came with the answer to this correction
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="cases_casefile_document")]

    def __str__(self) -> str:
        return str(self.id)


class ClockStop(OfCase):
    """A time in which the clock of a case stands."""

    reason = models.CharField(max_length=16)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "case_id"],
                condition=Q(until__isnull=True),
                name="cases_one_open_stop",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Extension(OfCase):
    """More time, asked for by one officer and approved or refused by another."""

    state = models.CharField(max_length=16)
    days = models.PositiveIntegerField()  # in the unit of the service's limits
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField()
    asked_number = models.CharField(max_length=40)  # office number, in the case's agency
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    answered_number = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            one_of("cases_extension_state", "state", ExtensionState),
            models.UniqueConstraint(
                fields=["person_id", "case_id"],
                condition=~Q(state="refused"),
                name="cases_one_extension",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state="asked"), name="cases_extension_waiting"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Task(OfCase):
    """What an officer is asked to do. Its id is also the id of the step in the process.

    ``due`` is the promised due date of the case, kept here so that the queue reads one index;
    while it is the resident's turn it is far away and ``waiting`` is true.
    """

    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    title = models.JSONField()  # {language: text}, as the diagram of the case's process had it
    binding = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    role = models.CharField(max_length=80)
    service_code = models.CharField(max_length=80)
    receipt_number = models.CharField(max_length=20)
    applicant = models.CharField(max_length=200)  # name, for the queue and its search
    state = models.CharField(max_length=16)
    due = models.DateField()
    waiting = models.BooleanField(default=False)
    assignee = models.BigIntegerField(null=True)  # account
    assignee_number = models.CharField(max_length=40, default="")  # office number, in `agency`
    opened_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, default="")
    reason = models.TextField(default="")

    case = models.ForeignObject(
        Case,
        on_delete=models.DO_NOTHING,
        from_fields=("person_id", "case_id"),
        to_fields=("person_id", "id"),
        related_name="+",
    )

    class Meta:
        constraints = [
            one_of("cases_task_state", "state", TaskState),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(assignee__isnull=False),
                name="cases_task_claimed_by",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "role", "due", "id"], condition=_ACTIVE, name="cases_task_queue"
            ),
            models.Index(
                fields=["agency", "role", "service_code", "due", "id"],
                condition=_ACTIVE,
                name="cases_task_service",
            ),
            models.Index(
                fields=["agency", "role", "kind", "due", "id"],
                condition=_ACTIVE,
                name="cases_task_kind",
            ),
            models.Index(
                fields=["assignee", "due", "id"],
                condition=Q(state="claimed"),
                name="cases_task_mine",
            ),
            models.Index(
                fields=["receipt_number"],
                condition=_ACTIVE,
                name="cases_task_receipt",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(
                fields=["agency", "role", "applicant"],
                condition=_ACTIVE,
                name="cases_task_applicant",
                opclasses=["varchar_ops", "varchar_ops", "varchar_pattern_ops"],
            ),
            models.Index(fields=["person_id", "case_id"], name="cases_task_case"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_number} {self.key}"


class History(OfCase):
    """What happened to a case, in the order of ``id``. ``data`` depends on ``kind``."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    agency = models.CharField(max_length=80, default="")  # of the officer; "" for all others
    office_number = models.CharField(max_length=40, default="")
    account_id = models.BigIntegerField(null=True)  # null: the system, or a visitor
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.id)


class Correction(OfCase):
    """What the resident is asked to correct, and what was answered.

    ``items`` is a list of ``{kind, key, says}``; ``answers`` is ``{key: {was, now}}`` for
    questions; files carry the correction's id.
    """

    task_id = models.UUIDField()
    state = models.CharField(max_length=16)
    items = models.JSONField()
    answers = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField()
    asked_agency = models.CharField(max_length=80)
    asked_number = models.CharField(max_length=40)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("cases_correction_state", "state", CorrectionState),
            models.UniqueConstraint(
                fields=["person_id", "case_id"],
                condition=Q(state="asked"),
                name="cases_one_open_correction",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Decision(OfCase):
    """How a case was decided, by whom, why, and on what facts of which date.

    One of a case is in force. A decision that is revoked or corrected stays, with the day on which
    it ended; the one that ended it is a row of its own.
    """

    task_id = models.UUIDField(null=True)  # null: the process decided by itself
    outcome = models.CharField(max_length=16)
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_on = models.DateField()
    decided_by = models.BigIntegerField(null=True)
    decided_number = models.CharField(max_length=40, default="")  # office number, in `agency`
    agency = models.CharField(max_length=80)
    grounds = models.JSONField(default=list)  # `types.Ground`
    remedies = models.JSONField(default=list)  # `types.RemedyNamed`
    law = models.JSONField(default=dict)  # `types.LawNamed`: why it replaces an earlier one
    replaces = models.UUIDField(null=True)  # the decision in whose place it stands
    ended_at = models.DateTimeField(null=True)  # null while it is in force
    ended_as = models.CharField(max_length=16, default="")

    class Meta:
        constraints = [
            one_of("cases_decision_outcome", "outcome", DECIDED),
            one_of("cases_decision_ended", "ended_as", Mending, blank=True),
            models.UniqueConstraint(
                fields=["person_id", "case_id"],
                condition=Q(ended_at__isnull=True),
                name="cases_one_decision",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class IssuedDocument(OfCase):
    """The paper of a decision, in the store under its hash. It holds as long as the decision."""

    decision_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    title = models.JSONField()
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100, default="application/pdf")
    sealed_by = models.CharField(max_length=100, default="")  # a key; "" before there were seals
    verification_code = models.CharField(max_length=32)
    issued_at = models.DateTimeField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of("cases_document_kind", "kind", DocumentKind),
            models.UniqueConstraint(
                fields=["person_id", "decision_id"], name="cases_one_document_of_a_decision"
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="cases_issued_document")]

    def __str__(self) -> str:
        return str(self.id)
