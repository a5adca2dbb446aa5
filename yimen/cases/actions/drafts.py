"""Filling in an application: begin, save, attach, go on elsewhere, follow a new version."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from yimen.base.actor import Actor, Channel
from yimen.base.clock import now
from yimen.cases.actions.writing import city_day
from yimen.cases.events import (
    DraftResumed,
    DraftSaved,
    DraftsExpired,
    DraftStarted,
    DraftUpgraded,
    FileAttached,
    FileRemoved,
    ResumeCodeMade,
)
from yimen.cases.models import Draft, DraftFile, ResumeCode
from yimen.cases.queries.drafts import DraftView, FileView, file_view, open_service, view_of
from yimen.cases.queries.scope import draft_of
from yimen.cases.rules.drafts import (
    DRAFT_LIFE,
    changes,
    check_material,
    check_room,
    check_service_open,
    json_answers,
    kept_answers,
    may_continue,
)
from yimen.cases.rules.errors import NotAllowed, NotFound, UnknownItem, check_found
from yimen.cases.rules.files import check_file
from yimen.cases.rules.permissions import check_may_apply, check_system
from yimen.cases.types import ServiceChanges, UploadedFile
from yimen.catalogue.definition import Material
from yimen.catalogue.queries import current_city, service_version
from yimen.keys.queries import keyed_hash
from yimen.ledger.actions import append, store_document
from yimen.people.actions import make_provisional_person
from yimen.people.queries import acting_ids

_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else
_CODE_LENGTH = 12  # 58 random bits
AT_ONCE = 500


def person_applying(actor: Actor, person_id: UUID | None) -> UUID:
    """Return for whom an application is, or refuse one for somebody else.

    Visitors without a person get a provisional one: the channel keeps its id in the session
    (`accounts.actions.keep_provisional`).
    """
    own = person_id is None or person_id == actor.person_id
    if own or person_id not in acting_ids(actor):
        check_may_apply(actor, for_somebody=not own)
    return person_id or actor.person_id or make_provisional_person(actor)


@transaction.atomic
def start_draft(
    actor: Actor,
    service_code: str,
    *,
    person_id: UUID | None = None,
    channel: Channel | None = None,
) -> DraftView:
    """Begin an application. Raises `UnknownService`, `ServiceClosed`, `ChannelNotOffered`.

    For a visitor without a person, keep ``view.person_id`` in the session: it is what opens the
    draft from then on. ``person_id`` names an organisation of the actor's, or for staff anybody.
    """
    at = now()
    service = open_service(service_code)
    door = channel or actor.channel
    check_service_open(service, door, city_day(current_city(), at))
    row = Draft.objects.create(
        person_id=person_applying(actor, person_id),
        service_code=service.code,
        service_version=service.version,
        language=actor.language,
        channel=door,
        identified=actor.identified,
        account_id=actor.account_id,
        started_at=at,
        saved_at=at,
        expires_at=at + DRAFT_LIFE,
    )
    event = DraftStarted(row.id, service.code, service.version)
    append(event, actor=actor, person_id=row.person_id)
    return view_of(row)


@transaction.atomic
def save_answers(actor: Actor, draft_id: UUID, answers: Mapping[str, object]) -> DraftView:
    """Keep answers, right or wrong: they are checked page by page and when they are sent.

    Adds to what is there; None takes an answer away. A key that the service does not ask raises
    `UnknownItem`, too much text `AnswersTooLarge`.
    """
    row = draft_of(actor, draft_id, lock=True)
    service = service_version(row.service_code, row.service_version)
    for key in answers:
        if service.field_by_key(key) is None:
            raise UnknownItem(key)
    merged = {**row.answers, **json_answers(answers)}
    row.answers = json_answers({k: v for k, v in merged.items() if v is not None})
    _touch(row, now(), "answers")
    append(DraftSaved(row.id, sorted(answers)), actor=actor, person_id=row.person_id)
    return view_of(row)


def _touch(row: Draft, at: datetime, *columns: str) -> None:
    row.saved_at = at
    row.expires_at = at + DRAFT_LIFE
    row.save(update_fields=["saved_at", "expires_at", *columns])


def read_upload(
    material: Material, count: int, name: str, file: IO[bytes], there: int = 0
) -> UploadedFile:
    """Check a file and put it into the store. Raises `FileRefused`.

    No more of it is read than may be kept, so that an endless upload costs nothing. ``there`` are
    the bytes of the files that came before it.
    """
    content = file.read(material.max_bytes + 1)
    media_type, clean = check_file(material, count, name, content)
    check_room(clean, len(content), there)
    sha256 = store_document(content, media_type)
    return UploadedFile(material.key, clean, len(content), media_type, sha256)


@transaction.atomic
def attach(actor: Actor, draft_id: UUID, material_key: str, name: str, file: IO[bytes]) -> FileView:
    """Add a file to a draft. Raises `UnknownMaterial` and `FileRefused`.

    Judged by its content: type, size, count, all files together, and whether it is locked,
    damaged, a bomb or runs something.
    """
    row = draft_of(actor, draft_id, lock=True)
    service = service_version(row.service_code, row.service_version)
    material = check_material(service, material_key)
    files = DraftFile.objects.filter(person_id=row.person_id, draft_id=row.id)
    sizes = list(files.values_list("material_key", "size"))
    count = sum(key == material_key for key, _size in sizes)
    upload = read_upload(material, count, name, file, sum(size for _key, size in sizes))
    added = DraftFile.objects.create(
        person_id=row.person_id,
        draft_id=row.id,
        material_key=upload.material_key,
        name=upload.name,
        size=upload.size,
        media_type=upload.media_type,
        sha256=upload.sha256,
        added_at=now(),
    )
    _touch(row, added.added_at)
    event = FileAttached(row.id, added.id, material_key, upload.sha256)
    append(event, actor=actor, person_id=row.person_id)
    return file_view(added)


@transaction.atomic
def remove_attachment(actor: Actor, draft_id: UUID, file_id: UUID) -> None:
    """Take a file out of a draft."""
    row = draft_of(actor, draft_id, lock=True)
    deleted, _ = DraftFile.objects.filter(
        person_id=row.person_id, draft_id=row.id, id=file_id
    ).delete()
    if not deleted:
        raise NotFound
    _touch(row, now())
    append(FileRemoved(row.id, file_id), actor=actor, person_id=row.person_id)


@transaction.atomic
def discard_draft(actor: Actor, draft_id: UUID) -> None:
    """Delete a draft with its files and codes."""
    row = draft_of(actor, draft_id, lock=True)
    delete_drafts(row.person_id, [row.id])
    append(DraftsExpired(1), actor=actor, person_id=row.person_id)


def delete_drafts(person_id: UUID, draft_ids: list[UUID]) -> None:
    """Delete drafts of one person. A night clears away the files that no other row names."""
    ResumeCode.objects.filter(person_id=person_id, draft_id__in=draft_ids).delete()
    DraftFile.objects.filter(person_id=person_id, draft_id__in=draft_ids).delete()
    Draft.objects.filter(person_id=person_id, id__in=draft_ids).delete()


@transaction.atomic
def make_resume_code(actor: Actor, draft_id: UUID) -> str:
    """Return a new code by which the draft can be gone on with on another device.

    Shown once, as ``XXXX-XXXX-XXXX``; only its hash is kept. It replaces an earlier one.
    """
    row = draft_of(actor, draft_id, lock=True)
    code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    ResumeCode.objects.filter(person_id=row.person_id, draft_id=row.id).delete()
    ResumeCode.objects.create(
        code_hash=_code_hash(code),
        person_id=row.person_id,
        draft_id=row.id,
        expires_at=now() + DRAFT_LIFE,
    )
    append(ResumeCodeMade(row.id), actor=actor, person_id=row.person_id)
    return "-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def _code_hash(code: str) -> str:
    plain = "".join(character for character in code.upper() if character in _CODE_ALPHABET)
    return keyed_hash("cases-resume-code", plain)


@transaction.atomic
def resume_draft(actor: Actor, code: str) -> DraftView:
    """Open a draft by its code. Raises `NotFound`, and `NotAllowed` when sign-in is needed.

    A visitor then keeps ``view.person_id`` in the session. Somebody who is signed in gets a draft
    of their own with the same answers, and the visitor's is deleted. A draft of an identified
    person opens to that person only, whoever holds the code.
    """
    found = check_found(
        ResumeCode.objects.filter(code_hash=_code_hash(code), expires_at__gt=now()).first()
    )
    row = check_found(
        Draft.objects.select_for_update()
        .filter(person_id=found.person_id, id=found.draft_id)
        .first()
    )
    own = row.person_id in acting_ids(actor)
    if not may_continue(actor, identified=row.identified, own=own):
        raise NotAllowed("draft.resume")
    earlier = row.id
    if not own and (actor.account_id is not None or actor.person_id is not None):
        row = _moved(row, actor, actor.person_id or make_provisional_person(actor))
    append(DraftResumed(row.id, earlier), actor=actor, person_id=row.person_id)
    return view_of(row)


def _moved(row: Draft, actor: Actor, person_id: UUID) -> Draft:
    """Copy a draft to another person and delete it: a ``person_id`` is never changed."""
    files = list(DraftFile.objects.filter(person_id=row.person_id, draft_id=row.id))
    copy = Draft.objects.create(
        person_id=person_id,
        service_code=row.service_code,
        service_version=row.service_version,
        answers=row.answers,
        language=row.language,
        channel=row.channel,
        identified=actor.identified,
        account_id=actor.account_id,
        started_at=row.started_at,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
    )
    DraftFile.objects.bulk_create(
        DraftFile(
            person_id=person_id,
            draft_id=copy.id,
            material_key=file.material_key,
            name=file.name,
            size=file.size,
            media_type=file.media_type,
            sha256=file.sha256,
            added_at=file.added_at,
        )
        for file in files
    )
    delete_drafts(row.person_id, [row.id])
    return copy


@transaction.atomic
def upgrade_draft(actor: Actor, draft_id: UUID) -> ServiceChanges:
    """Bring a draft to the version applied now, and return what changed for the person.

    Answers to questions that are gone, or that cannot hold any more, are dropped, and so are
    files of materials that are gone. Empty changes when nothing is new.
    """
    row = draft_of(actor, draft_id, lock=True)
    service = open_service(row.service_code)
    told = changes(service_version(row.service_code, row.service_version), service)
    if row.service_version == service.version:
        return told
    row.service_version = service.version
    row.answers = kept_answers(row.answers, service)
    DraftFile.objects.filter(person_id=row.person_id, draft_id=row.id).exclude(
        material_key__in=[material.key for material in service.materials]
    ).delete()
    _touch(row, now(), "service_version", "answers")
    event = DraftUpgraded(row.id, told.from_version, told.to_version)
    append(event, actor=actor, person_id=row.person_id)
    return told


@transaction.atomic
def expire_drafts(actor: Actor) -> int:
    """Delete a batch of drafts past their last day; run by the worker until it returns 0."""
    check_system(actor, "draft.expire")
    old = list(
        Draft.objects.filter(expires_at__lt=now())
        .select_for_update(skip_locked=True)
        .values_list("person_id", "id")[:AT_ONCE]
    )
    for person_id, draft_id in old:
        delete_drafts(person_id, [draft_id])
    if old:
        append(DraftsExpired(len(old)), actor=actor)
    return len(old)
