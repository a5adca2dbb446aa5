"""Background work of cases that the clock starts."""

import logging
from datetime import datetime

from procrastinate.contrib.django import app

from yimen.base.actor import SYSTEM
from yimen.base.clock import is_night
from yimen.cases import actions
from yimen.cases.rules.watching import is_mail_time
from yimen.catalogue.queries import current_city, current_zone
from yimen.keys.rules import KeyTrouble
from yimen.ledger.tasks import delete_unnamed_documents

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="yimen.cases.tasks.keep_deadlines", queue="cases", queueing_lock="cases-deadlines")
def keep_deadlines(timestamp: int) -> None:
    """Every minute: bring open cases that are not on the calendar in force onto it."""
    while actions.recompute_deadlines(SYSTEM):
        pass


@app.periodic(cron="*/5 * * * *")
@app.task(name="yimen.cases.tasks.apologise", queue="cases", queueing_lock="cases-apologise")
def apologise(timestamp: int) -> None:
    """Every five minutes: note the promises that were not kept, so that applicants are told."""
    while actions.apologise(SYSTEM):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="yimen.cases.tasks.follow_reforms", queue="cases", queueing_lock="cases-reforms")
def follow_reforms(timestamp: int) -> None:
    """Every minute: move what is open at an agency that has ended to its successor."""
    while actions.move_cases(SYSTEM):
        pass


@app.periodic(cron="*/10 * * * *")
@app.task(name="yimen.cases.tasks.mail_lists", queue="cases", queueing_lock="cases-mail-lists")
def mail_lists(timestamp: int) -> None:
    """On working mornings: send staff the promises that stand on their desks, once a day."""
    if not is_mail_time(datetime.fromtimestamp(timestamp, current_zone()), current_city().calendar):
        return
    after: int | None = 0
    while after is not None:
        after = actions.mail_lists(SYSTEM, after)


@app.periodic(cron="17 * * * *")
@app.task(name="yimen.cases.tasks.clean_up", queue="cases", queueing_lock="cases-clean-up")
def clean_up(timestamp: int) -> None:
    """Every night: delete drafts past their last day, and files, keys and codes nobody needs."""
    if not is_night(timestamp, current_zone()):
        return
    while actions.expire_drafts(SYSTEM):
        pass
    actions.forget_old_keys(SYSTEM)
    delete_unnamed_documents()


@app.periodic(cron="7 * * * *")
@app.task(name="yimen.cases.tasks.keep_seals", queue="cases", queueing_lock="cases-seals")
def keep_seals(timestamp: int) -> None:
    """Every hour: renew certificates that near their end, and the list of those that are revoked."""
    try:
        actions.keep_seals()
    except KeyTrouble as trouble:  # papers wait by themselves; the next hour tries again
        log.error("The seals of the city are not renewed, and are tried again: %s", trouble)
