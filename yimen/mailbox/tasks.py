"""Background work of the mailbox."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from yimen.base.actor import SYSTEM
from yimen.mailbox import actions
from yimen.mailbox.rules import MOST_TRIES, EmailNotSent

# 4, 16, 64 seconds ... about 18 hours in all: mail servers come back.
_RETRY = RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=4, retry_exceptions={EmailNotSent})


@app.task(name="yimen.mailbox.tasks.send_email", queue="email", retry=_RETRY)
def send_email(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Send the e-mail of a message or of a code, if one was queued."""
    delivery = payload.get("delivery_id")
    if person_id is not None and isinstance(delivery, str):
        actions.send_email(SYSTEM, UUID(person_id), UUID(delivery))


@app.periodic(cron="37 * * * *")
@app.task(name="yimen.mailbox.tasks.give_up_old", queue="email", queueing_lock="mailbox-give-up")
def give_up_old(timestamp: int) -> None:
    """Every hour: give up e-mails that could not be sent for a day."""
    while actions.give_up_old(SYSTEM):
        pass
