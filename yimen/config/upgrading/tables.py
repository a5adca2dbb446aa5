"""The tables of older code made those of this code, with a backup before."""

from collections.abc import Callable

from django.db import connection

from yimen.config.preparing import known_schema, prepare
from yimen.config.refusal import Refusal

_ALIVE = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 s'"


def bring_up_to_date(save: Callable[[], None] | None) -> int:
    """Make the changes that are missing, after ``save``; return how many there were.

    Without ``save`` the person has said that there is a backup.
    """
    found = known_schema()
    if found.missing and not found.is_new:
        _refuse_company()
        if save is not None:
            save()
    prepare(with_demo=False, may_change=True)
    return found.missing


def _refuse_company() -> None:
    """Refuse while a worker of the older code is at work on these tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('procrastinate_workers') IS NOT NULL")
        if not (cursor.fetchone() or (False,))[0]:
            return
        cursor.execute(_ALIVE)
        count = (cursor.fetchone() or (0,))[0]
    if count:
        raise Refusal(
            "A worker is at work on this database. Stop worker and web servers, and try again in"
            " half a minute."
        )
