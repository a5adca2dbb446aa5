"""The sealer as the worker runs it."""

import logging
from threading import Event

from django.db import DatabaseError, InterfaceError, connection

from yimen.ledger import actions

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between seals, between tries to become the sealer, and after trouble


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
