"""The sealer as the worker runs it, and what the night clears away."""

import logging
from datetime import timedelta
from itertools import islice
from threading import Event
from time import monotonic

from django.db import DatabaseError, InterfaceError, connection
from procrastinate.contrib.django import app

from yimen.base.actor import SYSTEM
from yimen.base.clock import now
from yimen.ledger import actions, queries

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between seals, between tries to become the sealer, and after trouble
_UNNAMED_FOR = timedelta(days=1)  # an upload stays so long without a row that names it
_AT_ONCE = 500
_ENCRYPTS_FOR = 240.0  # seconds
_ENCRYPTED_AT_ONCE = 20


def run_sealer(stop: Event) -> None:
    """Seal about each second until told to stop; of many that run, one seals and the others wait.

    Trouble with the database is logged and tried again, so that it outlives a restart of the
    server. Anything else, such as a missing key, is raised: nothing can be sealed then.
    """
    try:
        while not stop.is_set():
            try:
                _seal_while_first(stop)
            except (DatabaseError, InterfaceError):
                log.exception("sealer: the database does not answer, trying again")
                connection.close()
            stop.wait(PAUSE)
    finally:
        connection.close()


def _seal_while_first(stop: Event) -> None:
    with actions.be_the_sealer() as first:
        while first and not stop.is_set():
            sealed = actions.seal_once()
            actions.close_days()
            if sealed != actions.BATCH:
                stop.wait(PAUSE)


@app.periodic(cron="*/5 * * * *")
@app.task(name="yimen.ledger.tasks.encrypt_old", queue="upkeep", queueing_lock="ledger-encrypt-old")
def encrypt_old(timestamp: int) -> None:
    """Every five minutes: encrypt what is plain, or was encrypted with an older key of storage.

    It stops in time for the next one and goes on there; without work it costs one statement.
    """
    until, done = monotonic() + _ENCRYPTS_FOR, 0
    while monotonic() < until and (names := queries.outdated_documents(_ENCRYPTED_AT_ONCE)):
        done += sum(actions.encrypt_anew(name) for name in names)
    if done:
        log.info("storage: %s documents were encrypted with the key of today", done)


def delete_unnamed_documents() -> int:
    """Delete stored documents that nothing has named for a day, as discarded drafts leave them."""
    before, gone = now() - _UNNAMED_FOR, 0
    unnamed = queries.unnamed_documents(before)
    while names := list(islice(unnamed, _AT_ONCE)):
        gone += actions.delete_documents(SYSTEM, names, before)
    actions.clear_half_copied(before)
    return gone
