"""Jobs outlive the worker that had them in hand, and do not pile up."""

from datetime import timedelta

import pytest
from applied_city import _applied, city
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from yimen.base.clock import now
from yimen.config.jobs import MOST_TRIES, clear, rescue, take_up_again

__all__ = ["_applied", "city"]

pytestmark = pytest.mark.usefixtures("city")

NIGHT, NOON = 1_699_989_200, 1_700_020_800  # 03:13 and 12:00 in Shanghai


def a_job(status: str, *, silent: float = 0, attempts: int = 0, lock: str | None = None) -> int:
    """Return a job of a worker that gave its last sign so many seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
            [now() - timedelta(seconds=silent)],
        )
        [worker] = cursor.fetchone() or [None]
        cursor.execute(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, status, attempts, queueing_lock, worker_id)"
            " VALUES ('test', 'test', %s, %s, %s, %s) RETURNING id",
            [status, attempts, lock, worker],
        )
        [job] = cursor.fetchone() or [0]
    return int(job)


def an_old_job(status: str, *, days: float) -> int:
    """Return a job that came into its state some days ago."""
    job = a_job(status)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', %s)",
            [job, now() - timedelta(days=days)],
        )
    return job


def state_of(job: int) -> str:
    return str(ProcrastinateJob.objects.get(id=job).status)


def test_the_jobs_of_a_worker_that_is_gone_begin_anew() -> None:
    lost, in_hand = a_job("doing", silent=60), a_job("doing")
    async_to_sync(rescue.func)(0)
    assert (state_of(lost), state_of(in_hand)) == ("todo", "doing")
    assert async_to_sync(take_up_again)(app) == 0


def test_a_job_that_ends_its_worker_each_time_is_given_up() -> None:
    job = a_job("doing", silent=60, attempts=MOST_TRIES)
    assert async_to_sync(take_up_again)(app) == 0
    assert state_of(job) == "failed"


@pytest.mark.django_db(transaction=True)
def test_a_lost_job_gives_way_to_one_that_waits_and_does_the_same() -> None:
    lost, waiting = a_job("doing", silent=60, lock="one"), a_job("todo", lock="one")
    assert async_to_sync(take_up_again)(app) == 0
    assert (state_of(lost), state_of(waiting)) == ("failed", "todo")


def test_every_night_jobs_that_are_done_are_deleted_and_failed_ones_after_a_season() -> None:
    gone = {an_old_job("succeeded", days=2), an_old_job("failed", days=100)}
    kept = {
        an_old_job("succeeded", days=0.5),
        an_old_job("failed", days=2),
        an_old_job("todo", days=100),
    }
    async_to_sync(clear.func)(NOON)
    assert {*ids()} == gone | kept
    async_to_sync(clear.func)(NIGHT)
    assert {*ids()} == kept


def ids() -> list[int]:
    return list(ProcrastinateJob.objects.filter(task_name="test").values_list("id", flat=True))
