"""Background work of cases that the clock starts."""

from procrastinate.contrib.django import app

from yimen.base.actor import SYSTEM
from yimen.cases import actions


@app.periodic(cron="17 3 * * *")
@app.task(name="yimen.cases.tasks.clean_up", queue="cases", queueing_lock="cases-clean-up")
def clean_up(timestamp: int) -> None:
    """Every night: delete drafts past their last day, and keys and codes that nobody needs."""
    while actions.expire_drafts(SYSTEM):
        pass
    actions.forget_old_keys(SYSTEM)
