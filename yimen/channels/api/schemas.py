"""What goes over the wire: the published schema is made from these."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

Code = Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9-]*$")]
Texts = dict[str, str]


class ServiceSummary(Schema):
    """A service in the list."""

    code: str
    version: int
    agency: str
    title: Texts
    summary: Texts
    channels: list[str]


class QuestionOption(Schema):
    """One value of a choice."""

    value: str
    label: Texts


class Question(Schema):
    """One question of a form; ``when`` is the condition under which it is asked."""

    key: str
    kind: str
    label: Texts
    hint: Texts
    required: bool
    options: list[QuestionOption]
    when: str


class MaterialWanted(Schema):
    """A document that the service needs; ``from_data_set`` can stand in for it."""

    key: str
    title: Texts
    required: bool
    media_types: list[str]
    max_bytes: int
    max_files: int
    from_data_set: str


class ServiceDetail(ServiceSummary):
    """A service with its form."""

    fee: str
    questions: list[Question]
    materials: list[MaterialWanted]


class FileOut(Schema):
    """A stored file: its token goes into the application, within a day and by the same account."""

    token: str
    name: str
    size: int
    media_type: str


class ApplicationIn(Schema):
    """A whole application; answers are keyed by question, files are tokens."""

    service: Code
    answers: Annotated[dict[str, str | int | bool | None], Field(max_length=200)]
    files: Annotated[list[str], Field(max_length=50)] = []
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "zh"


class ReceiptOut(Schema):
    """What the applicant holds after sending."""

    receipt_number: str
    service: str
    service_version: int
    submitted_at: datetime
    promised_due: date | None
    statutory_due: date | None
    fee: str
    repeated: bool


class StatusOut(Schema):
    """Where a case is."""

    receipt_number: str
    service: str
    state: str
    outcome: str | None
    your_turn: bool
    promised_due: date | None
    statutory_due: date | None
    submitted_at: datetime
    closed_at: datetime | None


class ErrorOut(Schema):
    """One answer that was refused, or one place of the request."""

    key: str = ""
    code: str = ""
    place: str = ""
    says: str


class ProblemOut(Schema):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ErrorOut] = []
