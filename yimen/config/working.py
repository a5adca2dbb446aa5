"""The worker: background jobs, and the sealer of the ledger beside them."""

import asyncio
import logging
import os
import signal
import threading

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from yimen.config.jobs import SILENT_AFTER, take_up_again
from yimen.config.parent_death import end_with_supervisor
from yimen.ledger.tasks import run_sealer

log = logging.getLogger(__name__)


def work(jobs: int) -> None:
    """Work until told to stop; what is being done is finished first."""
    end_with_supervisor()
    stop = threading.Event()
    sealer = threading.Thread(target=_seal, args=(stop,), name="sealer")
    sealer.start()
    try:
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        with app.replace_connector(connector.get_worker_connector()):
            asyncio.run(_work(app, jobs))
    finally:
        stop.set()
        sealer.join()


async def _work(queue: App, jobs: int) -> None:
    """Begin with what a worker that was killed had in hand."""
    async with queue.open_async():
        await take_up_again(queue)
        await queue.run_worker_async(
            concurrency=jobs, shutdown_graceful_timeout=10, stalled_worker_timeout=SILENT_AFTER
        )


def _seal(stop: threading.Event) -> None:
    """Seal until told to stop; a sealer that cannot go on takes the worker along, for a new try."""
    try:
        run_sealer(stop)
    except Exception:
        log.exception("The sealer of the ledger cannot go on.")
        os.kill(os.getpid(), signal.SIGTERM)
