"""What keeps the queue of background jobs whole: nothing is lost with a worker, nothing piles up."""

import logging

from asgiref.sync import sync_to_async
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.utils import utcnow

from yimen.base.clock import is_night
from yimen.catalogue.queries import current_zone

log = logging.getLogger(__name__)

SILENT_AFTER = 30.0  # seconds without a heartbeat, after which a worker counts as gone
MOST_TRIES = 20  # a job that ends its worker each time must not do so for ever
_KEEP_DONE, _KEEP_FAILED = 24, 90 * 24  # hours


async def take_up_again(queue: App) -> int:
    """Put the jobs of workers that are gone back into the queue; returns how many.

    The library takes note of such a worker, but leaves what it had in hand as being done.
    """
    stalled = await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_AFTER)
    return sum([await _take_up(queue, job) for job in stalled])


async def _take_up(queue: App, job: Job) -> bool:
    if job.attempts >= MOST_TRIES:
        log.error("Job %s (%s) was begun %s times.", job.id, job.task_name, job.attempts)
        await queue.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
        return False
    try:
        await queue.job_manager.retry_job(job, retry_at=utcnow())
    except UniqueViolation:  # another that will do the same waits already
        await queue.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
        return False
    except ConnectorException:  # another worker was quicker
        log.info("Job %s (%s) is not stalled any more.", job.id, job.task_name)
        return False
    log.warning("Job %s (%s) lost its worker and begins anew.", job.id, job.task_name)
    return True


@app.periodic(cron="* * * * *")
@app.task(name="yimen.config.jobs.rescue", queue="upkeep", queueing_lock="jobs-rescue")
async def rescue(timestamp: int) -> None:
    """Every minute: begin anew what a worker that is gone had in hand."""
    await take_up_again(app)


@app.periodic(cron="47 * * * *")
@app.task(name="yimen.config.jobs.clear", queue="upkeep", queueing_lock="jobs-clear")
async def clear(timestamp: int) -> None:
    """Every night: delete jobs that are done; those that failed are kept for a season."""
    if not is_night(timestamp, await sync_to_async(current_zone)()):
        return
    manager = app.job_manager
    await manager.delete_old_jobs(nb_hours=_KEEP_DONE, include_cancelled=True)
    await manager.delete_old_jobs(nb_hours=_KEEP_FAILED, include_failed=True, include_aborted=True)
