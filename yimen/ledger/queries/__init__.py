"""Read the ledger: events, proofs, what is published, stored documents.

Verifying all of it is in `verification`, beside this file.
"""

import base64
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import IO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.db.models.expressions import RawSQL

from yimen.base import clock
from yimen.keys.queries import decrypting, public_keys, storage_key_id
from yimen.keys.rules import ContentDamaged
from yimen.ledger import rules
from yimen.ledger.loader import ROOTS_FORMAT
from yimen.ledger.models import RECORD, DayRoot, Event, Seal, Signed, StoredDocument
from yimen.ledger.types import LedgerEntry, SealerLag

PROOF_FORMAT = "yimen-ledger-proof-1"
_NAMES_AT_ONCE = 5000  # documents asked about in one statement

_ENTRY = (
    "position", "id", "kind", "at", "actor_kind", "actor_account", "actor_label", "channel",
    "person_id", "payload",
)  # fmt: skip


# Days


_zones: list[Callable[[], ZoneInfo | None]] = []


def extend_zone(zone: Callable[[], ZoneInfo | None]) -> None:
    """Let a higher app say in which time zone the city's days begin; called from `apps.py`."""
    _zones[:] = [zone]


def zone_of_days() -> ZoneInfo | None:
    """Return the city's time zone, or None while there is no city."""
    return next((zone() for zone in _zones), None)


# Events


def events_after(
    position: int, *, kinds: Collection[str] | None = None, limit: int = 1000
) -> list[LedgerEntry]:
    """Return the next sealed events after a position, in order: for whoever rebuilds from them."""
    events = Event.objects.sealed().filter(position__gt=position)
    if kinds is not None:
        events = events.filter(kind__in=kinds)
    return [LedgerEntry(*row) for row in events.values_list(*_ENTRY)[:limit]]


def events_about(
    person_ids: Collection[UUID], *, kinds: Collection[str] | None = None, limit: int | None = 100
) -> list[LedgerEntry]:
    """Return the newest events about a person, sealed or not, under all ids that person has.

    Without a limit, all of them. The caller has made sure that its actor may see them.
    """
    events = Event.objects.filter(person_id__in=person_ids).order_by("-id")
    if kinds is not None:
        events = events.filter(kind__in=kinds)
    return [LedgerEntry(*row) for row in events.values_list(*_ENTRY)[:limit]]


def sealer_lag() -> SealerLag:
    """Return how many events wait for the sealer, and since when."""
    found = Event.objects.unsealed().aggregate(events=Count("id"), oldest=Min("at"))
    last = Seal.objects.aggregate(position=Max("last_position"))["position"]
    oldest = found["oldest"]
    seconds = max((clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    return SealerLag(found["events"], oldest, seconds, last or 0)


# Proofs, and what is published


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """What leads from an event to the signed root of its seal, and on to that of its day."""

    event_id: UUID
    position: int
    record: str
    seal: Seal
    path: list[bytes]
    day: DayRoot | None
    path_in_day: list[bytes]


def day_roots() -> list[DayRoot]:
    """Return the signed root of every day that is over, oldest first."""
    return list(DayRoot.objects.order_by("day"))


def inclusion_proof(event_id: UUID) -> InclusionProof:
    """Return what proves that an event is in its seal, and the seal in its day once that is over."""
    event = (
        Event.objects.filter(id=event_id)
        .annotate(record=RawSQL(RECORD, []))  # noqa: S611  a constant
        .values_list("position", "record")
        .first()
    )
    if event is None:
        raise rules.EventUnknown(event_id)
    position, record = event
    if position is None:
        raise rules.EventNotSealed(event_id)
    seal = Seal.objects.filter(last_position__gte=position).order_by("last_position")[0]
    path = rules.audit_path(bytes(seal.leaves), position - seal.first_position)
    day = DayRoot.objects.filter(last_seal__gte=seal.number).order_by("last_seal").first()
    return InclusionProof(
        event_id, position, record, seal, path, day, _path_in_day(seal, day) if day else []
    )


def _path_in_day(seal: Seal, day: DayRoot) -> list[bytes]:
    seals = Seal.objects.defer("leaves").order_by("number")
    seals = seals.filter(number__range=(day.first_seal, day.last_seal))
    leaves = b"".join(rules.leaf_hash(one.body()) for one in seals)
    return rules.audit_path(leaves, seal.number - day.first_seal)


def published_roots() -> dict[str, object]:
    """Return what the portal publishes: each day's signed root, the newest seal, the public keys.

    ``signed`` is the exact text that was signed; a reader hashes and reads that, nothing else.
    """
    head = Seal.objects.defer("leaves").order_by("-number").first()
    return {
        "format": ROOTS_FORMAT,
        "keys": public_keys("ledger"),
        "days": [_published(day) for day in day_roots()],
        "head": _published(head) if head else None,
    }


def published_proof(event_id: UUID) -> dict[str, object]:
    """Return the proof of an event as a file to check offline, by `check_ledger.py` or by hand.

    It contains the event itself. The caller has made sure that its actor may see that.
    """
    proof = inclusion_proof(event_id)
    return {
        "format": PROOF_FORMAT,
        "event": str(proof.event_id),
        "record": proof.record,
        "path": [step.hex() for step in proof.path],
        "seal": _published(proof.seal),
        "path_in_day": [step.hex() for step in proof.path_in_day],
        "day": _published(proof.day) if proof.day else None,
        "keys": public_keys("ledger"),
    }


def _published(row: Signed) -> dict[str, str]:
    return {
        "signed": row.body().decode("ascii"),
        "key": row.key_id,
        "algorithm": row.algorithm,
        "signature": base64.b64encode(row.signature).decode("ascii"),
    }


# Stored documents


def document(sha256: str) -> StoredDocument | None:
    """Return what is known of a stored document: its size, media type and date."""
    return StoredDocument.objects.filter(sha256=sha256).first()


Naming = Callable[[Collection[str]], Iterable[str]]
_namings: list[Naming] = []


def extend_naming(names: Naming) -> None:
    """Let a higher app say which of some documents its rows still name; called from `apps.py`.

    It answers with one statement: a row that moves from one of its tables to another is seen.
    """
    if names not in _namings:
        _namings.append(names)


def named(documents: Collection[str]) -> set[str]:
    """Return those of some documents that a row of any app names."""
    return {name for names in _namings for name in names(documents)}


def unnamed_documents(before: datetime) -> Iterator[str]:
    """Yield the documents last stored before then that no row names, and files without a row."""
    for part in (f"{number:02x}" for number in range(256)):
        rows = StoredDocument.objects.filter(sha256__gte=part, sha256__lt=f"{part}g", at__lt=before)
        files = (Path(settings.DOCUMENT_STORE) / part).glob("??/*")
        old = {
            path.name
            for path in files
            if rules.is_document_name(path.name) and path.stat().st_mtime < before.timestamp()
        }
        found = sorted(old.union(rows.values_list("sha256", flat=True)))
        for start in range(0, len(found), _NAMES_AT_ONCE):
            some = found[start : start + _NAMES_AT_ONCE]
            yield from sorted({*some} - named(some))


def document_path(sha256: str) -> Path:
    """Return where a document lies: two levels of folders, so that none grows too large."""
    rules.check_document_name(sha256)
    return Path(settings.DOCUMENT_STORE) / sha256[:2] / sha256[2:4] / sha256


def open_document(sha256: str) -> IO[bytes]:
    """Open a stored document for reading, from its start, after its content was checked.

    Not one byte of a damaged file is handed out. What is encrypted is decrypted on the way, and
    never lies in plain on the disk. Checking reads the file once. Raises DocumentMissing,
    DocumentDamaged, and KeyUnknown where the key of the file is not held here.
    """
    try:
        file = document_path(sha256).open("rb")
    except FileNotFoundError:
        raise rules.DocumentMissing(sha256) from None
    content: IO[bytes] = file
    try:
        content = decrypting(file)
        found = file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # IO suffices
        content.seek(0)
    except ContentDamaged:
        found = ""
    except BaseException:
        content.close()
        raise
    if found != sha256:
        content.close()
        raise rules.DocumentDamaged(sha256, found)
    return content


def outdated_documents(limit: int) -> list[str]:
    """Return some documents that are plain, or encrypted with another key than today's."""
    key_id = storage_key_id()
    outdated = Q(key_id__lt=key_id) | Q(key_id__gt=key_id)  # an index answers these, "<>" not
    rows = StoredDocument.objects.filter(outdated).exclude(key_id=rules.UNREADABLE)
    return list(rows.order_by("key_id", "sha256").values_list("sha256", flat=True)[:limit])


def documents_by_key() -> dict[str, int]:
    """Return how many documents each data key has encrypted; "" stands for plain ones."""
    rows = StoredDocument.objects.values_list("key_id").annotate(Count("sha256"))
    return dict(rows.order_by("key_id"))
