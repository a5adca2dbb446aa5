"""What a person is filling in, and what the city can fill in for them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yimen.base.actor import Actor
from yimen.cases.models import Case, Draft, DraftFile, IdempotencyKey
from yimen.cases.queries.scope import draft_of, drafts_of
from yimen.cases.rules.drafts import draft_key, key_scope
from yimen.cases.rules.errors import UnknownService
from yimen.cases.rules.purposes import for_draft
from yimen.catalogue.definition import DataSet, Material, Service
from yimen.catalogue.queries import current_city, service_version
from yimen.people.queries import acting_ids, facts, ids_for, open_record, own_ids, says
from yimen.people.types import Purpose, RecordSource


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a draft or a case."""

    id: UUID
    material_key: str
    name: str
    size: int
    media_type: str
    sha256: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as channels show it. ``answers`` are as stored: days and decimals are text.

    ``current_version`` is the one applied now; when it differs from ``service_version`` the draft
    needs `actions.upgrade_draft` before it can be sent.
    """

    id: UUID
    person_id: UUID
    service: Service
    current_version: int
    answers: Mapping[str, object]
    files: tuple[FileView, ...]
    language: str
    saved_at: datetime
    expires_at: datetime

    @property
    def is_outdated(self) -> bool:
        return self.service.version != self.current_version

    @property
    def attached(self) -> frozenset[str]:
        """Return the keys of the materials that have a file."""
        return frozenset(file.material_key for file in self.files)


@dataclass(frozen=True, slots=True)
class Prefilled:
    """An answer that a record has, with where it comes from."""

    value: object
    source: RecordSource


def open_service(code: str) -> Service:
    """Return the service applied now, or refuse an unknown code."""
    service = current_city().services.get(code)
    if service is None:
        raise UnknownService(code)
    return service


def draft(actor: Actor, draft_id: UUID) -> DraftView:
    """Return one of the actor's drafts. Raises `NotFound` for anybody else's."""
    return view_of(draft_of(actor, draft_id))


def drafts(actor: Actor) -> tuple[DraftView, ...]:
    """Return the actor's drafts, the last saved first."""
    rows = list(drafts_of(actor).order_by("-saved_at")[:50])
    files: dict[UUID, list[DraftFile]] = {row.id: [] for row in rows}
    persons = {row.person_id for row in rows}
    for file in DraftFile.objects.filter(person_id__in=persons, draft_id__in=files).order_by("id"):
        files[file.draft_id].append(file)
    return tuple(_view(row, files[row.id]) for row in rows)


def receipt_of_draft(actor: Actor, draft_id: UUID) -> str | None:
    """Return the receipt number of a draft that the actor has sent, or None.

    Who comes back to a page of a form that was sent is shown what it became, also when they have
    signed in since.
    """
    ids = acting_ids(actor)
    scopes = [key_scope(actor), *(f"person:{person_id}" for person_id in ids)]
    sent = IdempotencyKey.objects.filter(scope__in=scopes, key=draft_key(draft_id)).first()
    if sent is None or sent.person_id not in ids:
        return None
    case = Case.objects.filter(person_id=sent.person_id, id=sent.case_id)
    return case.values_list("receipt_number", flat=True).first()


def view_of(row: Draft) -> DraftView:
    """Return a draft's row as channels see it."""
    files = DraftFile.objects.filter(person_id=row.person_id, draft_id=row.id).order_by("id")
    return _view(row, files)


def _view(row: Draft, files: Iterable[DraftFile]) -> DraftView:
    current = current_city().services.get(row.service_code)
    service = (
        current
        if current is not None and current.version == row.service_version
        else service_version(row.service_code, row.service_version)
    )
    return DraftView(
        id=row.id,
        person_id=row.person_id,
        service=service,
        current_version=current.version if current is not None else row.service_version,
        answers=row.answers,
        files=tuple(file_view(file) for file in files),
        language=row.language,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
    )


def file_view(file: DraftFile) -> FileView:
    """Return a file's row as channels see it."""
    return FileView(
        file.id,
        file.material_key,
        file.name,
        file.size,
        file.media_type,
        file.sha256,
        file.added_at,
    )


def prefilled(
    actor: Actor,
    service: Service,
    person_id: UUID | None = None,
    *,
    keys: Collection[str] | None = None,
) -> dict[str, Prefilled]:
    """Return the answers that records have for a signed-in person, by question.

    Nothing for visitors: records open to identified people only. ``person_id`` names an
    organisation of theirs, or (for staff) whose application it is. ``keys`` asks for these
    questions only, so that a page with one question opens one record.
    """
    asked = [f for f in service.fields if f.from_record and (keys is None or f.key in keys)]
    subject = _whose_records(actor, person_id) if asked else None
    if subject is None:
        return {}
    names = {field.key: field.from_record for field in asked}
    known = facts(actor, subject, set(names.values()), for_draft(actor, service))
    return {
        key: Prefilled(known.values[name], known.sources[name])
        for key, name in names.items()
        if name in known.values
    }


def _whose_records(actor: Actor, person_id: UUID | None) -> UUID | None:
    """Return whose records answer for an application, None where none may be opened.

    What somebody began before signing in stands under a provisional person, of whom nothing is
    known: the records are those of who has signed in.
    """
    if not (actor.identified or actor.is_staff):
        return None
    if person_id is None or person_id == actor.person_id:
        return actor.person_id
    return actor.person_id if person_id in own_ids(actor) else person_id


def stands_in(
    actor: Actor,
    service: Service,
    person_id: UUID | None = None,
    *,
    purpose: Purpose | None = None,
) -> dict[str, RecordSource]:
    """Return the materials that are not asked for, each with the record that answers instead.

    Where a material says what its record must say, one that does not say so answers nothing.
    Nothing for visitors: their records are not opened. ``person_id`` names an organisation of the
    actor's, or (for staff) whose application it is. The purpose is filling in, unless another is
    given.
    """
    subject = _whose_records(actor, person_id)
    if subject is None:
        return {}
    city, ids = current_city(), ids_for(actor, subject)
    known = {}
    purpose = purpose or for_draft(actor, service)
    for material in service.materials:
        data_set = city.data_sets.get(material.from_data_set)
        if data_set is None:
            continue
        fields = _fields_that_tell(material, data_set)
        record = open_record(actor, subject, data_set.code, fields, purpose, ids=ids)
        if record is not None and says(record, material.from_when):
            known[material.key] = record.source
    return known


def _fields_that_tell(material: Material, data_set: DataSet) -> tuple[str, ...]:
    """Return the fields that the condition names; where any row will do, one is read, not all."""
    names = sorted(material.from_when.names) if material.from_when is not None else []
    return tuple(name.partition(".")[2] for name in names) or (data_set.fields[0].key,)
