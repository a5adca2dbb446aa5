"""Append events, seal them, store documents.

An event is appended in the transaction of what it tells of; nobody waits for a lock to write one.
The sealer comes later, alone, gives positions and signs.
"""

import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from psycopg.types.json import Jsonb

from yimen.base import clock
from yimen.base.actor import Actor, ActorKind
from yimen.base.identifiers import uuid7
from yimen.keys.queries import encrypting, key_of_file, sign, storage_key_id
from yimen.keys.rules import KeyUnknown
from yimen.ledger import rules
from yimen.ledger.events import DocumentsDeleted, Event, subscribers
from yimen.ledger.models import RECORD, DayRoot, Seal, StoredDocument
from yimen.ledger.queries import document_path, named, open_document, zone_of_days

BATCH = 10_000  # events in a seal, so that sealing a backlog never holds a transaction long
_NOTED_AGAIN = timedelta(hours=1)
_SEALER = 0x79696D656E  # the advisory lock of the one sealer

_APPEND = """
INSERT INTO ledger_event (id, kind, at, actor_kind, actor_account, actor_person, actor_label,
    channel, person_id, payload)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_JOB = "ROW(%s, %s, %s, %s, NULL, %s, NULL)::procrastinate_job_to_defer_v1"

# Events below the oldest running transaction, in the order of their horizons. Those at or above
# the next transaction to come were written by another server and restored here; they come first.
_PLACE = f"""
WITH snapshot AS MATERIALIZED (
    SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next
    FROM pg_current_snapshot() AS s
), batch AS (
    SELECT ready.id AS event, %(last)s + row_number() OVER (ORDER BY turn, ready.horizon, ready.id)
        AS place
    FROM (
        (SELECT 1 AS turn, horizon, id FROM ledger_event
         WHERE position IS NULL AND horizon >= (SELECT next FROM snapshot)
         ORDER BY horizon, id LIMIT %(limit)s)
        UNION ALL
        (SELECT 2, horizon, id FROM ledger_event
         WHERE position IS NULL AND horizon < (SELECT oldest FROM snapshot)
         ORDER BY horizon, id LIMIT %(limit)s)
    ) AS ready
    ORDER BY turn, ready.horizon, ready.id LIMIT %(limit)s
)
UPDATE ledger_event SET position = place FROM batch WHERE id = event
RETURNING position, {RECORD}
"""  # noqa: S608  no value of anyone's is in it


# Appending


def append(event: Event, *, actor: Actor, person_id: UUID | None = None) -> UUID:
    """Append an event in the caller's transaction, and defer a job for each of its subscribers.

    One statement. ``person_id`` is the person it is about. Each job gets ``event_id``,
    ``person_id`` and ``payload``, runs at least once after the commit, and never without it.
    """
    if not connection.in_atomic_block:
        raise rules.NotInTransaction(event.kind)
    event_id, payload = uuid7(), event.payload()
    values: list[Any] = [
        event_id,
        event.kind,
        clock.now(),
        actor.kind.value,
        actor.account_id,
        actor.person_id,
        _public_label(actor),
        actor.channel.value,
        person_id,
        Jsonb(payload),
    ]
    statement = _APPEND
    if jobs := [_job(name) for name in subscribers(event.kind)]:
        arguments = Jsonb(
            {
                "event_id": str(event_id),
                "person_id": str(person_id) if person_id else None,
                "payload": payload,
            }
        )
        for job in jobs:
            values += [job.queue, job.task_name, job.priority, job.lock, arguments]
        rows = ", ".join([_JOB] * len(jobs))
        statement = f"WITH event AS ({_APPEND}) SELECT procrastinate_defer_jobs_v1(ARRAY[{rows}])"
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    return event_id


def _job(name: str) -> Job:
    """Return the job a task name stands for, with the queue, priority and lock it declares."""
    return app.configure_task(name).job


def _public_label(actor: Actor) -> str:
    """Return an officer's office and number; a resident's name has no place in the ledger."""
    return actor.label if actor.kind in (ActorKind.STAFF, ActorKind.SYSTEM) else ""


# Sealing


@contextmanager
def be_the_sealer() -> Iterator[bool]:
    """Hold the sealer's lock for as long as this connection lives; yields False if another does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SEALER])
        [held] = cursor.fetchone() or [False]
        try:
            yield held
        finally:
            if held:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SEALER])


def seal_once(limit: int = BATCH) -> int | None:
    """Give the next events their positions and sign them; return how many, None if another does.

    All in one transaction: after a crash at any step the events are sealed or are not.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if not _take_turn():
            return None
        last = Seal.objects.defer("leaves").order_by("-number").first()
        position = last.last_position if last else 0
        cursor.execute(_PLACE, {"last": position, "limit": limit})
        if records := sorted(cursor.fetchall()):
            leaves = b"".join([rules.leaf_hash(record.encode()) for _, record in records])
            _write_seal(last, position + 1, leaves)
        return len(records)


def _take_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER])
        [taken] = cursor.fetchone() or [False]
        return bool(taken)


def _write_seal(last: Seal | None, first_position: int, leaves: bytes) -> None:
    seal = Seal(
        number=last.number + 1 if last else 1,
        first_position=first_position,
        last_position=first_position + len(leaves) // rules.HASH - 1,
        root=rules.merkle_root(leaves),
        previous=rules.body_hash(last.body()) if last else rules.NOTHING_BEFORE,
        at=_time_of_seal(last),
        leaves=leaves,
    )
    _sign_and_insert(seal)


def _time_of_seal(last: Seal | None) -> datetime:
    """Return now, but never before the last seal, nor before the last day was closed."""
    times = [clock.now()]
    if last:
        times.append(last.at)
    times += DayRoot.objects.order_by("-day").values_list("at", flat=True)[:1]
    return max(times)


def _sign_and_insert(row: Seal | DayRoot) -> None:
    signature = sign("ledger", row.body())
    row.key_id, row.algorithm = signature.key_id, signature.algorithm
    row.signature = signature.value
    row.save(force_insert=True)


def close_days() -> list[date]:
    """Sign a root for each day in the city's time that is over; return those days.

    A day without a seal has no root, and while there is no city no day ends. A root names its
    seals, so that a city in another time zone later changes nothing that was signed: what was
    sealed after the last day belongs to a later one.
    """
    closed: list[date] = []
    zone = zone_of_days()
    while zone is not None and (day := _close_next_day(zone)):
        closed.append(day)
    return closed


def _close_next_day(zone: ZoneInfo) -> date | None:
    with transaction.atomic(durable=True):
        if not _take_turn():
            return None
        last = DayRoot.objects.order_by("-day").first()
        open_seals = Seal.objects.defer("leaves").order_by("number")
        if last:
            open_seals = open_seals.filter(number__gt=last.last_seal)
        first = open_seals.first()
        if first is None:
            return None
        day = first.at.astimezone(zone).date()
        if last:
            day = max(day, last.day + timedelta(days=1))
        if day >= clock.today(zone):
            return None
        end = datetime.combine(day + timedelta(days=1), time(), zone)
        _write_day(day, last, list(open_seals.filter(at__lt=end)))
        return day


def _write_day(day: date, last: DayRoot | None, seals: list[Seal]) -> None:
    leaves = b"".join(rules.leaf_hash(seal.body()) for seal in seals)
    root = DayRoot(
        day=day,
        first_seal=seals[0].number,
        last_seal=seals[-1].number,
        first_position=seals[0].first_position,
        last_position=seals[-1].last_position,
        root=rules.merkle_root(leaves),
        previous=rules.body_hash(last.body()) if last else rules.NOTHING_BEFORE,
        at=clock.now(),
    )
    _sign_and_insert(root)


# Stored documents


def store_document(content: bytes | IO[bytes], media_type: str) -> str:
    """Store a file under the SHA-256 of its content and return that, in hexadecimal.

    Large files are read piece by piece and encrypted on the way. The file is on the disk before the row is in the caller's
    transaction; if that is rolled back, a file without a row remains until a night clears it away.
    Storing the same content again notes the time, and puts back a file that was lost or damaged.
    """
    source = BytesIO(content) if isinstance(content, bytes) else content
    folder = Path(settings.DOCUMENT_STORE)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / f".{secrets.token_hex(16)}"
    try:
        name, size = _copy(source, beside)
        with transaction.atomic():
            _hold(name)
            if not _is_stored(name):
                _put(beside, document_path(name))
            key_id = _key_of(name)
            _write_document(StoredDocument(name, size, media_type, clock.now(), key_id))
    finally:
        beside.unlink(missing_ok=True)
    return name


def _hold(name: str) -> None:
    """Keep a document from being deleted until the transaction ends; many may hold the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [rules.lock_of(name)])


def _write_document(row: StoredDocument) -> None:
    StoredDocument.objects.bulk_create([row], ignore_conflicts=True)
    old = row.at - _NOTED_AGAIN  # not each time: two that store the same would wait for each other
    StoredDocument.objects.filter(sha256=row.sha256, at__lt=old).update(at=row.at)
    _note_key(row.sha256, row.key_id)


def _note_key(name: str, key_id: str) -> None:
    rows = StoredDocument.objects.filter(sha256=name).exclude(key_id=key_id)
    rows.update(key_id=key_id)


def _key_of(name: str) -> str:
    with document_path(name).open("rb") as file:
        return key_of_file(file)


def encrypt_anew(name: str) -> bool:
    """Encrypt a stored document with the data key of today; say whether it could be done.

    Whoever reads it meanwhile reads on. Killed at any moment, it leaves the old file or the new one,
    both whole, and the next try goes on from there. One that is lost or damaged stays as it is: its
    row is not asked for again, and who stores the same content heals it. Raises KeyUnknown where the
    key of the file is not held here: then nothing may be called done.
    """
    beside = Path(settings.DOCUMENT_STORE) / f".{secrets.token_hex(16)}"
    with transaction.atomic():
        _hold(name)
        try:
            content = open_document(name)
        except (rules.DocumentMissing, rules.DocumentDamaged):
            _note_key(name, rules.UNREADABLE)
            return False
        try:
            with content:
                if _key_of(name) != storage_key_id():
                    _copy(content, beside)
                    _put(beside, document_path(name))
        finally:
            beside.unlink(missing_ok=True)
        _note_key(name, _key_of(name))
    return True


@transaction.atomic
def delete_documents(actor: Actor, names: Collection[str], before: datetime) -> int:
    """Delete those of some documents that were last stored before then and that nothing names.

    Run by the worker with what `unnamed_documents` found some time ago, so each is asked about
    again here, when nobody who stores the same content can be on the way. Returns how many.
    """
    held = {name for name in names if _take_from_all(name)}
    fresh = StoredDocument.objects.filter(sha256__in=held, at__gte=before)
    gone = held - named(held) - {*fresh.values_list("sha256", flat=True)}
    StoredDocument.objects.filter(sha256__in=gone).delete()
    for name in gone:
        document_path(name).unlink(missing_ok=True)
    if gone:
        append(DocumentsDeleted(len(gone)), actor=actor)
    return len(gone)


def clear_half_copied(before: datetime) -> None:
    """Remove what was being copied when a process ended, before then."""
    for path in Path(settings.DOCUMENT_STORE).glob(".*"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def _take_from_all(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [rules.lock_of(name)])
        [taken] = cursor.fetchone() or [False]
        return bool(taken)


def _copy(source: IO[bytes], target: Path) -> tuple[str, int]:
    """Encrypt to a new file, safe on the disk; return hash and size of the plain content."""
    digest, size = sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        encrypted = encrypting(file)
        while piece := source.read(1 << 20):
            digest.update(piece)
            size += len(piece)
            encrypted.write(piece)
        encrypted.finish()
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _is_stored(name: str) -> bool:
    try:
        open_document(name).close()
    except (rules.DocumentMissing, rules.DocumentDamaged, KeyUnknown):
        return False
    return True


def _put(beside: Path, path: Path) -> None:
    """Give the file its name, and let the folders that lead to it reach the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside.replace(path)
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
