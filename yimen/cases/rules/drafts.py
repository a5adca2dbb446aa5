"""Drafts and what is sent: keys, content hashes, and what a new version of a service changes."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from yimen.base.actor import Actor, ActorKind, Channel
from yimen.cases.rules.errors import (
    AnswersTooLarge,
    BadKey,
    ChannelNotOffered,
    DraftOutdated,
    FileProblem,
    FileRefused,
    ServiceClosed,
    UnknownMaterial,
)
from yimen.cases.types import ServiceChanges, UploadedFile
from yimen.catalogue.definition import FormField, Material, Service

DRAFT_LIFE = timedelta(days=90)
KEY_LIFE = timedelta(days=30)
MOST_BYTES = 200_000_000  # of all files of a draft together
LONGEST_ANSWERS = 200_000  # characters of JSON
# The same door as it is declared by a service; the desk and the system enter nothing.
_EVERYWHERE = frozenset({Channel.SYSTEM})


def check_service_open(service: Service, channel: Channel, today: date) -> None:
    """Refuse a closed service, and a channel through which the service is not offered."""
    if service.closed_since is not None and service.closed_since <= today:
        raise ServiceClosed(service.code, service.closed_since)
    offered = {str(kind) for kind in service.channels}
    if channel not in _EVERYWHERE and str(channel) not in offered:
        raise ChannelNotOffered(service.code, str(channel))


def check_current(draft_version: int, service: Service) -> None:
    """Refuse to send a draft that was filled in under another version of the service."""
    if draft_version != service.version:
        raise DraftOutdated(draft_version, service.version)


def check_key(key: str) -> str:
    """Return the idempotency key, or refuse one that cannot be told apart from others."""
    if not 8 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise BadKey
    return key


def draft_key(draft_id: UUID) -> str:
    """Return the key under which a draft is sent: its own id, so that it is sent once."""
    return f"draft:{draft_id}"


def key_scope(actor: Actor) -> str:
    """Return whose keys are kept apart from everybody else's: an account's, or a visitor's."""
    if actor.account_id is not None:
        return f"account:{actor.account_id}"
    if actor.person_id is not None:
        return f"person:{actor.person_id}"
    return str(actor.kind)


def check_material(service: Service, key: str) -> Material:
    """Return the material, or refuse one that the service does not ask for."""
    material = service.material_by_key(key)
    if material is None:
        raise UnknownMaterial(key)
    return material


def check_room(name: str, size: int, there: int) -> None:
    """Refuse a file with which the files of a draft together are larger than may be kept."""
    if there + size > MOST_BYTES:
        raise FileRefused(FileProblem.TOO_MUCH, name, limit=MOST_BYTES)


def check_counts(service: Service, files: tuple[UploadedFile, ...]) -> None:
    """Refuse more files of a material than it may have."""
    counts: dict[str, int] = {}
    for file in files:
        counts[file.material_key] = counts.get(file.material_key, 0) + 1
        material = service.material_by_key(file.material_key)
        if material is not None and counts[file.material_key] > material.max_files:
            raise FileRefused(
                FileProblem.TOO_MANY,
                file.name,
                limit=material.max_files,
                material_key=material.key,
            )


def bound_agencies(service: Service) -> tuple[str, ...]:
    """Return every agency that the process of a service binds, the leading one first."""
    return tuple(dict.fromkeys((service.agency, *service.bindings.values())))


def as_json(value: object) -> object:
    """Return an answer as it is stored: exact decimals and days as text."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def json_answers(answers: Mapping[str, object]) -> dict[str, object]:
    """Return all answers as they are stored, or refuse more than any form asks."""
    stored = {key: as_json(value) for key, value in answers.items()}
    if len(json.dumps(stored, ensure_ascii=False, default=str)) > LONGEST_ANSWERS:
        raise AnswersTooLarge
    return stored


def content_hash(
    service_code: str, answers: Mapping[str, object], files: tuple[UploadedFile, ...]
) -> str:
    """Return a hash by which the same content sent twice is known."""
    content = {
        "service": service_code,
        "answers": dict(answers),
        "files": sorted((file.material_key, file.sha256) for file in files),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def changes(before: Service, now: Service) -> ServiceChanges:
    """Return what a new version of a service changes for somebody who is filling it in."""
    was, is_now = _asked(before), _asked(now)
    required_then, required_now = _conditions(before), _conditions(now)
    return ServiceChanges(
        from_version=before.version,
        to_version=now.version,
        added=tuple(key for key in is_now if key not in was),
        removed=tuple(key for key in was if key not in is_now),
        changed=tuple(key for key in is_now if key in was and was[key] != is_now[key]),
        conditions=tuple(k for k, value in required_now.items() if required_then.get(k) != value),
        conditions_removed=tuple(key for key in required_then if key not in required_now),
        limits_changed=_limits(before) != _limits(now),
        fee_words_changed=before.fee.says != now.fee.says,
        fee_before=before.fee.amount,
        fee_now=now.fee.amount,
    )


def _asked(service: Service) -> dict[str, object]:
    """Return what is asked under each key, without where it stands in the files."""
    asked: dict[str, object] = {field.key: _field_asked(field) for field in service.fields}
    asked.update({material.key: _material_asked(material) for material in service.materials})
    return asked


def _conditions(service: Service) -> dict[str, object]:
    return {c.key: (c.when.source, c.says, c.says_not) for c in service.criteria}


def _limits(service: Service) -> tuple[object, ...]:
    """Return how long it takes, and may take, without where that stands."""
    limits = (service.statutory, service.promised, service.extension)
    return tuple((limit.days, limit.unit) if limit else None for limit in limits)


def _field_asked(field: FormField) -> tuple[object, ...]:
    return (
        "field",
        field.kind,
        field.label,
        field.hint,
        field.required,
        field.minimum,
        field.maximum,
        field.max_length,
        field.scale,
        tuple((option.value, option.label) for option in field.options),
        field.when.source if field.when else "",
    )


def _material_asked(material: Material) -> tuple[object, ...]:
    return (
        "material",
        material.title,
        material.hint,
        material.required,
        material.media_types,
        material.max_bytes,
        material.max_files,
        material.from_data_set,
        material.from_when.source if material.from_when else "",
        material.when.source if material.when else "",
    )


def kept_answers(answers: Mapping[str, object], now: Service) -> dict[str, object]:
    """Return the answers that a new version still asks for, and can still hold.

    A choice whose option is gone is asked again.
    """
    kept = {}
    for key, value in answers.items():
        field = now.field_by_key(key)
        if field is None:
            continue
        if field.options and value not in {option.value for option in field.options}:
            continue
        kept[key] = value
    return kept


def may_continue(actor: Actor, *, identified: bool, own: bool) -> bool:
    """Say whether a draft's code opens it for this actor.

    Drafts of identified people hold what the city knows of them: a code alone does not open them.
    """
    return own or (not identified and actor.kind is not ActorKind.STAFF)
