"""The vital signs of an installation, measured: for `yimen doctor`, /health/ready and /metrics."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q

from yimen.base import clock
from yimen.catalogue.models import Release
from yimen.config.backup.state import saved_until
from yimen.config.schema import known_migrations
from yimen.keys.queries import certificates, public_keys
from yimen.keys.rules import KeysNotMade
from yimen.keys.types import State
from yimen.ledger.models import Seal
from yimen.ledger.queries import sealer_lag
from yimen.mailbox.models import Delivery
from yimen.mailbox.types import DeliveryState, Way

DAY = timedelta(days=1)
LATE = timedelta(minutes=15)  # a delivery that is due so long waits for a worker
_QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo' AND due <= now()),
       extract(epoch FROM now() - min(due) FILTER (WHERE status = 'todo' AND due <= now())),
       count(*) FILTER (WHERE status = 'failed' AND last > now() - interval '1 day')
FROM (
    SELECT status, coalesce(scheduled_at, last) AS due, last
    FROM procrastinate_jobs AS job, LATERAL (
        SELECT max(at) AS last FROM procrastinate_events WHERE job_id = job.id) AS event
    WHERE status IN ('todo', 'failed')
) AS jobs
"""
_HEARTBEAT = "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of the database, compared with those that this code knows."""

    missing: int  # changes that are not made yet
    unknown: int  # changes that newer code made
    city_applied: bool
    is_new: bool = False  # no table was ever made

    @property
    def serves(self) -> bool:
        """Say whether this code can serve from it."""
        return not self.missing and self.city_applied


@dataclass(frozen=True, slots=True)
class Signs:
    """What was measured, at one moment. Times are in seconds."""

    schema: Schema
    clock_ahead: float  # of this machine, compared with the database's
    sealed_in_future: float  # how far the last seal lies ahead of this machine's clock; 0 if not
    worker_silent: float | None  # since the last heartbeat; None without any worker
    jobs_waiting: int  # that are due
    oldest_job: float
    jobs_failed: int  # in the last day
    events_unsealed: int
    oldest_unsealed: float
    disk_free: int  # bytes, where the data folder is
    disk_size: int
    has_ledger_key: bool
    first_certificate_ends: float | None  # until the first of those in use ends
    given_up: dict[str, int]  # deliveries by way, in the last day
    deliveries_late: int
    backup_age: float | None  # of the last moment that a backup knows; None without any


def schema() -> Schema:
    """Compare the database's tables with the code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if not _row(cursor.fetchone())[0]:
            return Schema(len(known_migrations()), 0, city_applied=False, is_new=True)
        cursor.execute("SELECT app || '.' || name FROM django_migrations")
        applied = {str(name) for (name,) in cursor.fetchall()}
    known = known_migrations()
    missing = len(known - applied)
    applied_city = not missing and Release.objects.exists()
    return Schema(missing, len(applied - known), applied_city, is_new=not applied)


def measure() -> Signs | Schema:
    """Measure everything; only the schema when it is not one that can be asked."""
    found = schema()
    if found.missing:
        return found
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = _row(cursor.fetchone())[0]
        assert isinstance(theirs, datetime)
        cursor.execute(_HEARTBEAT)
        silent = _row(cursor.fetchone())[0]
        cursor.execute(_QUEUE)
        waiting, oldest, failed = _row(cursor.fetchone())
    lag = sealer_lag()
    disk = shutil.disk_usage(settings.DATA_FOLDER)
    return Signs(
        schema=found,
        clock_ahead=(now - theirs).total_seconds(),
        sealed_in_future=_sealed_in_future(now),
        worker_silent=None if silent is None else _number(silent),
        jobs_waiting=int(_number(waiting)),
        oldest_job=_number(oldest),
        jobs_failed=int(_number(failed)),
        events_unsealed=lag.events,
        oldest_unsealed=lag.seconds,
        disk_free=disk.free,
        disk_size=disk.total,
        has_ledger_key=_has_ledger_key(),
        first_certificate_ends=_first_end(now),
        given_up=_given_up(now),
        deliveries_late=_late(now),
        backup_age=_backup_age(now),
    )


def _sealed_in_future(now: datetime) -> float:
    last = Seal.objects.order_by("-number").values_list("at", flat=True).first()
    return max((last - now).total_seconds(), 0.0) if last is not None else 0.0


def _has_ledger_key() -> bool:
    try:
        return bool(public_keys("ledger"))
    except KeysNotMade:
        return False


def _first_end(now: datetime) -> float | None:
    ends = [facts.last_day for facts in certificates() if facts.state is State.IN_USE]
    return (min(ends) - now).total_seconds() if ends else None


def _given_up(now: datetime) -> dict[str, int]:
    """Count by way what can never arrive. Letters have a list of their own, for the counter."""
    recent = Q(state=DeliveryState.FAILED, tried_at__gte=now - DAY)
    rows = Delivery.objects.filter(recent).values_list("way").annotate(Count("id"))
    found = {str(way): count for way, count in rows}
    return {str(way): found.get(str(way), 0) for way in (Way.EMAIL, Way.SMS)}


def _late(now: datetime) -> int:
    waiting = Delivery.objects.filter(
        way__in=[Way.EMAIL, Way.SMS], state=DeliveryState.WAITING, next_try_at__lt=now - LATE
    )
    return waiting.count()


def _backup_age(now: datetime) -> float | None:
    until = saved_until(Path(settings.DATA_FOLDER))
    return (now - until).total_seconds() if until is not None else None


def _row(row: tuple[object, ...] | None) -> tuple[object, ...]:
    assert row is not None
    return row


def _number(value: object) -> float:
    return float(str(value)) if value is not None else 0.0
