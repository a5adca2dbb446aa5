"""Applications for machines: send one, ask where it is."""

from dataclasses import astuple
from http import HTTPStatus
from io import BytesIO
from typing import Annotated

from django.core import signing
from django.http import HttpRequest, HttpResponse
from ninja import File, Header, Router, Status
from ninja.files import UploadedFile

from yimen.accounts.queries import actor_for
from yimen.base.actor import Actor, Channel
from yimen.cases.actions import store_upload, submit
from yimen.cases.queries import status
from yimen.cases.rules.errors import AnswersRefused, FileRefused
from yimen.cases.types import NewApplication, Receipt
from yimen.cases.types import UploadedFile as StoredFile
from yimen.catalogue.queries import current_city
from yimen.channels.api.problems import (
    FileTokenRefused,
    MaterialFileRefused,
    ServiceAnswersRefused,
)
from yimen.channels.api.schemas import ApplicationIn, FileOut, ProblemOut, ReceiptOut, StatusOut

router = Router(tags=["applications"])
_SALT = "api-file"
_TOKEN_SECONDS = 24 * 3600
_REFUSALS = dict.fromkeys((400, 401, 403, 404, 410, 413, 422), ProblemOut)


@router.post(
    "/services/{code}/materials/{key}",
    response={201: FileOut, **dict.fromkeys((400, 401, 403, 404, 413, 415), ProblemOut)},
)
def upload(request: HttpRequest, code: str, key: str, file: File[UploadedFile]) -> Status[FileOut]:
    """Store a file for a material of a service, checked by its content."""
    actor = actor_for(request, Channel.API)
    try:
        stored = store_upload(actor, code, key, file.name or "", file.file or BytesIO())
    except FileRefused as refused:
        material = current_city().services[code].material_by_key(key)
        raise MaterialFileRefused(refused, material) from refused
    token = signing.dumps([actor.account_id, *astuple(stored)], salt=_SALT)
    shown = FileOut(token=token, name=stored.name, size=stored.size, media_type=stored.media_type)
    return Status(HTTPStatus.CREATED, shown)


@router.post("/applications", response={201: ReceiptOut, 200: ReceiptOut, **_REFUSALS})
def send(
    request: HttpRequest,
    response: HttpResponse,
    application: ApplicationIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key")],
) -> Status[ReceiptOut]:
    """Send an application. 201 once it is written; the same key again answers 200 and the same."""
    actor = actor_for(request, Channel.API)
    files = tuple(_file_of(actor, token) for token in application.files)
    whole = NewApplication(
        application.service, application.answers, files, language=application.language
    )
    try:
        receipt = submit(actor, whole, idempotency_key)
    except AnswersRefused as refused:
        service = current_city().services[application.service]
        raise ServiceAnswersRefused(service, refused) from refused
    except FileRefused as refused:
        service = current_city().services[application.service]
        raise MaterialFileRefused(refused, service.material_by_key(refused.material_key)) from None
    response["Location"] = f"/api/v1/applications/{receipt.receipt_number}"
    code = HTTPStatus.OK if receipt.repeated else HTTPStatus.CREATED
    return Status(code, _receipt(receipt))


@router.get(
    "/applications/{receipt_number}", response={200: StatusOut, 401: ProblemOut, 404: ProblemOut}
)
def where(request: HttpRequest, receipt_number: str) -> StatusOut:
    """Say where an application is, to its applicant and to the agencies that handle it."""
    found = status(actor_for(request, Channel.API), receipt_number)
    return StatusOut(
        receipt_number=found.receipt_number,
        service=found.service.code,
        state=str(found.state),
        outcome=str(found.outcome) if found.outcome else None,
        your_turn=found.your_turn is not None,
        promised_due=found.promised.due,
        statutory_due=found.statutory.due,
        submitted_at=found.submitted_at,
        closed_at=found.closed_at,
    )


def _file_of(actor: Actor, token: str) -> StoredFile:
    try:
        account_id, *values = signing.loads(token, salt=_SALT, max_age=_TOKEN_SECONDS)
    except signing.BadSignature as error:
        raise FileTokenRefused from error
    if account_id != actor.account_id:
        raise FileTokenRefused
    return StoredFile(*values)


def _receipt(receipt: Receipt) -> ReceiptOut:
    return ReceiptOut(
        receipt_number=receipt.receipt_number,
        service=receipt.service_code,
        service_version=receipt.service_version,
        submitted_at=receipt.submitted_at,
        promised_due=receipt.promised_due,
        statutory_due=receipt.statutory_due,
        fee=str(receipt.fee),
        repeated=receipt.repeated,
    )
