"""Background work of accounts."""

from procrastinate.contrib.django import app

from yimen.accounts.actions import forget_expired
from yimen.accounts.actions.moving import move_posts
from yimen.base.actor import SYSTEM
from yimen.base.clock import is_night
from yimen.catalogue.queries import current_zone


@app.periodic(cron="17 * * * *")
@app.task(name="yimen.accounts.tasks.forget_expired", queue="night", pass_context=False)
def forget_expired_nightly(timestamp: int) -> None:
    """Forget sessions and counters of attempts that have expired, each night."""
    if is_night(timestamp, current_zone()):
        forget_expired()


@app.periodic(cron="* * * * *")
@app.task(
    name="yimen.accounts.tasks.follow_reforms", queue="cases", queueing_lock="accounts-reforms"
)
def follow_reforms(timestamp: int) -> None:
    """Every minute: let officers of an agency that has ended go on at its successor."""
    while move_posts(SYSTEM):
        pass
