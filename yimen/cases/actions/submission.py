"""The one door: every channel ends in `submit`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.base.identifiers import receipt_number, uuid7
from yimen.cases.actions.contesting import note_contested
from yimen.cases.actions.drafts import delete_drafts, person_applying, read_upload
from yimen.cases.actions.writing import city_day, officer
from yimen.cases.events import Submitted
from yimen.cases.models import Application, Case, CaseFile, DraftFile, IdempotencyKey
from yimen.cases.queries.calendars import due_when_submitted
from yimen.cases.queries.drafts import open_service, stands_in
from yimen.cases.queries.scope import drafts_of
from yimen.cases.rules.clocks import Clocks
from yimen.cases.rules.drafts import (
    bound_agencies,
    check_counts,
    check_current,
    check_key,
    check_material,
    check_service_open,
    content_hash,
    draft_key,
    json_answers,
    key_scope,
)
from yimen.cases.rules.errors import AnswersRefused, CasesError, KeyReused, NotFound
from yimen.cases.rules.permissions import clerk_agency
from yimen.cases.types import CaseState, HistoryKind, NewApplication, Receipt, UploadedFile
from yimen.catalogue.definition import City, Service
from yimen.catalogue.queries import current_city
from yimen.catalogue.rules import read_answers
from yimen.catalogue.types import AnswerCode
from yimen.ledger.actions import append

# Five inserts in one statement: at 500 applications a second every round trip counts. A key that
# was used before lets none of the others happen; a second sender of the same key waits here until
# the first has committed.
_INSERT = """
WITH key AS (
    INSERT INTO cases_idempotencykey (scope, key, content_hash, person_id, case_id, at)
    VALUES (%(scope)s, %(key)s, %(content_hash)s, %(person_id)s, %(case_id)s, %(at)s)
    ON CONFLICT DO NOTHING
    RETURNING person_id, case_id
), receipt AS (
    INSERT INTO cases_receiptlookup (receipt_number, person_id, case_id)
    SELECT %(receipt_number)s, person_id, case_id FROM key
), application AS (
    INSERT INTO cases_application (person_id, id, receipt_number, service_code, service_version,
        answers, language, channel, submitted_at, identified, submitted_by,
        submitted_agency, submitted_number, fee)
    SELECT person_id, case_id, %(receipt_number)s, %(service_code)s, %(service_version)s,
        %(answers)s::jsonb, %(language)s, %(channel)s, %(at)s, %(identified)s, %(account_id)s,
        %(agency)s, %(office_number)s, %(fee)s
    FROM key
), handling AS (
    INSERT INTO cases_case (person_id, id, receipt_number, state, outcome, agency, agencies,
        service_code, service_version, submitted_on, opened_at, statutory_due, promised_due,
        calendar_mark)
    SELECT person_id, case_id, %(receipt_number)s, %(state)s, '', %(lead)s, %(agencies)s,
        %(service_code)s, %(service_version)s, %(day)s, %(at)s, %(statutory_due)s,
        %(promised_due)s, %(calendar_mark)s
    FROM key
), history AS (
    INSERT INTO cases_history (person_id, id, case_id, at, kind, agency, office_number,
        account_id, data)
    SELECT person_id, %(history_id)s, case_id, %(at)s, %(history_kind)s, %(agency)s,
        %(office_number)s, %(account_id)s, %(history_data)s::jsonb
    FROM key
)
SELECT count(*) FROM key
"""
_RECEIPT_CONSTRAINT = "cases_receiptlookup_pkey"
_RECEIPT_TRIES = 5  # 280,000 numbers a day of 27 billion: about one pair a day is alike


class _SentBefore(Exception):
    """The key is taken: undo, then answer with what was written then."""


@dataclass(frozen=True, slots=True)
class _Content:
    """What is sent, from a draft or whole."""

    service_code: str
    answers: Mapping[str, object]
    files: tuple[UploadedFile, ...]
    person_id: UUID | None
    language: str
    draft_id: UUID | None = None
    draft_version: int | None = None


def submit(actor: Actor, source: UUID | NewApplication, idempotency_key: str) -> Receipt:
    """Send an application: a draft by its id, or a whole one. Returns the receipt.

    One transaction writes application, case, history, event and the job that starts the process.
    The same key again gives the same receipt (``repeated`` is true), also when both come at once;
    a draft's own id is a key too, so that two windows cannot send it twice. Raises, with nothing
    written: `AnswersRefused` (by key, with code and bound), `AnswersTooLarge`, `FileRefused` (too
    many of one material), `ServiceClosed`, `UnknownService`, `ChannelNotOffered`, `DraftOutdated`
    (call `upgrade_draft`, show what changed), `KeyReused` (the key came with another content),
    `BadKey`, `NotFound` (no such draft), `NotAllowed`.
    """
    key = check_key(draft_key(source) if isinstance(source, UUID) else idempotency_key)
    for last in (False,) * (_RECEIPT_TRIES - 1) + (True,):
        try:
            with transaction.atomic():
                return _submit(actor, source, key)
        except _SentBefore:
            return _receipt_of(actor, source, key)
        except IntegrityError as error:
            if last or _RECEIPT_CONSTRAINT not in str(error):
                raise
        except CasesError:
            # The service may have closed, or the draft be gone, since the key was first sent.
            before = IdempotencyKey.objects.filter(scope=key_scope(actor), key=key)
            if not before.exists():
                raise
            return _receipt_of(actor, source, key)
    raise AssertionError("unreachable")  # pragma: no cover


def store_upload(
    actor: Actor, service_code: str, material_key: str, name: str, file: IO[bytes]
) -> UploadedFile:
    """Check and store a file for a whole application (`NewApplication.files`).

    Raises `UnknownService`, `UnknownMaterial`, `FileRefused`. How many files a material may have
    is checked when the application is sent.
    """
    material = check_material(open_service(service_code), material_key)
    return read_upload(material, 0, name, file)


def _submit(actor: Actor, source: UUID | NewApplication, key: str) -> Receipt:
    at = now()
    city = current_city()
    day = city_day(city, at)
    content = _of_draft(actor, source) if isinstance(source, UUID) else _whole(source)
    service = open_service(content.service_code)
    check_service_open(service, actor.channel, day)
    if content.draft_version is not None:
        check_current(content.draft_version, service)
    answers = _checked_answers(actor, city, service, content, day)
    person_id = (
        content.person_id
        if content.draft_id is not None and content.person_id is not None
        else person_applying(actor, content.person_id)
    )
    due, mark = due_when_submitted(service, day)
    receipt = _insert(actor, key, content, answers, person_id, service, due, mark, at)
    _insert_files(receipt, content, at)
    if service.contests is not None:
        note_contested(actor, service, answers, receipt)
    if content.draft_id is not None:
        delete_drafts(person_id, [content.draft_id])
    event = Submitted(
        receipt.case_id,
        receipt.receipt_number,
        service.code,
        service.version,
        str(actor.channel),
    )
    append(event, actor=actor, person_id=person_id)
    return receipt


def _whole(source: NewApplication) -> _Content:
    languages = current_city().languages
    return _Content(
        source.service_code,
        json_answers(source.answers),
        source.files,
        source.person_id,
        source.language if source.language in languages else languages[0],  # papers are set in it
    )


def _of_draft(actor: Actor, draft_id: UUID) -> _Content:
    row = drafts_of(actor).filter(id=draft_id).select_for_update().first()
    if row is None:
        raise NotFound
    files = DraftFile.objects.filter(person_id=row.person_id, draft_id=row.id).order_by("id")
    return _Content(
        row.service_code,
        row.answers,
        tuple(
            UploadedFile(file.material_key, file.name, file.size, file.media_type, file.sha256)
            for file in files
        ),
        row.person_id,
        row.language,
        row.id,
        row.service_version,
    )


def _checked_answers(
    actor: Actor, city: City, service: Service, content: _Content, day: date
) -> dict[str, object]:
    """Return the answers in their normal form, or refuse them.

    Records are looked into only when a material is missing that one could stand in for.
    """
    check_counts(service, content.files)
    attached = {file.material_key for file in content.files}
    read = read_answers(service, city, content.answers, attached, today=day)
    errors = list(read.errors)
    missing = {error.key for error in errors if error.code is AnswerCode.MATERIAL_MISSING}
    if missing:
        known = stands_in(actor, service, content.person_id)
        errors = [error for error in errors if error.key not in missing & known.keys()]
    if errors:
        raise AnswersRefused(errors)
    return json_answers(read.values)


def _insert(
    actor: Actor,
    key: str,
    content: _Content,
    answers: Mapping[str, object],
    person_id: UUID,
    service: Service,
    due: Clocks,
    mark: str,
    at: datetime,
) -> Receipt:
    day = due.promised.start
    receipt = Receipt(
        receipt_number=receipt_number(day),
        person_id=person_id,
        case_id=uuid7(),
        service_code=service.code,
        service_version=service.version,
        submitted_at=at,
        promised_due=due.promised.due,
        statutory_due=due.statutory.due,
        fee=service.fee.amount,
    )
    clerk = officer(actor, clerk_agency(actor))
    parameters: dict[str, Any] = {
        "scope": key_scope(actor),
        "key": key,
        "content_hash": content_hash(content.service_code, content.answers, content.files),
        "person_id": person_id,
        "case_id": receipt.case_id,
        "receipt_number": receipt.receipt_number,
        "service_code": service.code,
        "service_version": service.version,
        "answers": json.dumps(answers, ensure_ascii=False),
        "language": content.language,
        "channel": str(actor.channel),
        "at": at,
        "day": day,
        "identified": actor.identified or actor.is_staff,
        "account_id": actor.account_id,
        "agency": clerk.agency,
        "office_number": clerk.office_number,
        "fee": receipt.fee,
        "state": str(CaseState.RECEIVED),
        "lead": service.agency,
        "agencies": list(bound_agencies(service)),
        "statutory_due": receipt.statutory_due,
        "promised_due": receipt.promised_due,
        "calendar_mark": mark,
        "history_id": uuid7(),
        "history_kind": str(HistoryKind.SUBMITTED),
        "history_data": json.dumps({"channel": str(actor.channel)}),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, parameters)
        (written,) = cursor.fetchone()
    if not written:
        raise _SentBefore
    return receipt


def _insert_files(receipt: Receipt, content: _Content, at: datetime) -> None:
    if content.files:
        CaseFile.objects.bulk_create(
            CaseFile(
                person_id=receipt.person_id,
                case_id=receipt.case_id,
                material_key=file.material_key,
                name=file.name,
                size=file.size,
                media_type=file.media_type,
                sha256=file.sha256,
                added_at=at,
            )
            for file in content.files
        )


def _receipt_of(actor: Actor, source: UUID | NewApplication, key: str) -> Receipt:
    """Return the receipt that a key got, or refuse when it came with another content."""
    sent = IdempotencyKey.objects.get(scope=key_scope(actor), key=key)
    if isinstance(source, NewApplication):
        whole = _whole(source)
        if sent.content_hash != content_hash(whole.service_code, whole.answers, whole.files):
            raise KeyReused(key)
    case = Case.objects.get(person_id=sent.person_id, id=sent.case_id)
    application = Application.objects.get(person_id=sent.person_id, id=sent.case_id)
    return Receipt(
        receipt_number=case.receipt_number,
        person_id=case.person_id,
        case_id=case.id,
        service_code=case.service_code,
        service_version=case.service_version,
        submitted_at=application.submitted_at,
        promised_due=case.promised_due,
        statutory_due=case.statutory_due,
        fee=application.fee,
        repeated=True,
    )
