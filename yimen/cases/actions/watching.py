"""The day's list of promises, by e-mail to whoever watches them: numbers and days, nothing personal."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from yimen.accounts.queries import officers_with_email
from yimen.base.actor import Actor
from yimen.cases.actions.writing import today
from yimen.cases.events import ListsMailed
from yimen.cases.queries.watching import WatchedCase, watch_counts, watched_cases, watches
from yimen.cases.rules.papers import shown_day
from yimen.cases.rules.permissions import check_system
from yimen.cases.types import WatchBand
from yimen.catalogue.queries import current_city
from yimen.ledger.actions import append
from yimen.mailbox.actions import in_language, queue_account_email

AT_ONCE = 50
MOST_LINES = 20

_NOTE = """
INSERT INTO cases_watchmail (account_id, day, cases)
SELECT account_id, %s, cases FROM unnest(%s::bigint[], %s::int[]) AS list(account_id, cases)
ON CONFLICT (account_id, day) DO NOTHING RETURNING account_id
"""


@transaction.atomic
def mail_lists(actor: Actor, after: int = 0) -> int | None:
    """Queue the day's list for a batch of staff; returns the last account, or None when all are done.

    Run by the worker in the morning, again and again. Whose list was made today gets no second
    one: two workers meet at the unique day of an account, and one that was killed has noted nothing.
    """
    check_system(actor, "case.watch")
    officers = officers_with_email(actor, after, AT_ONCE)
    if not officers:
        return None
    day = today(current_city())
    lists = {account_id: (email, *_list_of(officer)) for account_id, email, officer in officers}
    mine = _note(
        day, {account: sum(counts.values()) for account, (_e, counts, _c) in lists.items()}
    )
    sent = 0
    for account_id in mine:
        email, counts, cases = lists[account_id]
        if cases:
            queue_account_email(email, *_written(counts, cases))
            sent += 1
    if sent:
        append(ListsMailed(sent), actor=actor)
    return officers[-1][0]


def _list_of(officer: Actor) -> tuple[Mapping[WatchBand, int], Sequence[WatchedCase]]:
    if not watches(officer):
        return {}, ()
    cases = watched_cases(officer)
    return (watch_counts(officer), cases) if cases else ({}, ())


def _note(day: date, totals: Mapping[int, int]) -> list[int]:
    """Note that lists were made today; returns whose were not made before."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [day, list(totals), list(totals.values())])
        return [account_id for (account_id,) in cursor.fetchall()]


def _written(counts: Mapping[WatchBand, int], cases: Sequence[WatchedCase]) -> tuple[str, str]:
    """Return subject and text of a list in the city's first language."""
    language = current_city().languages[0]
    with in_language(language):
        total = sum(counts.values())
        subject = _("Promises on your desk: %(count)d") % {"count": total}
        said = {
            WatchBand.PAST_LAW: _("Past the limit of the law: %(count)d"),
            WatchBand.LATE: _("Past the promised day: %(count)d"),
            WatchBand.TODAY: _("Due today: %(count)d"),
            WatchBand.SOON: _("Due soon: %(count)d"),
        }
        lines = [said[band] % {"count": count} for band, count in counts.items()]
        listed = [
            _("%(number)s: by %(day)s")
            % {"number": case.receipt_number, "day": shown_day(case.promised_due, language)}
            for case in cases[:MOST_LINES]
        ]
        more = total - len(listed)
        if more:
            listed.append(_("and %(count)d more") % {"count": more})
        see = _("See them on your desk: %(address)s") % {
            "address": f"{settings.SITE_URL}/desk/promises/"
        }
    return subject, "\n\n".join(["\n".join(lines), "\n".join(listed), see])
