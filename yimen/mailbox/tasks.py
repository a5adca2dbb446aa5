"""Background work of the mailbox."""

from uuid import UUID

from procrastinate.contrib.django import app

from yimen.base.actor import SYSTEM
from yimen.base.clock import is_night
from yimen.catalogue.queries import current_zone
from yimen.mailbox import actions


@app.task(name="yimen.mailbox.tasks.deliver", queue="email")
def deliver(event_id: str, person_id: str | None, payload: dict[str, object]) -> None:
    """Try at once what an event queued. What does not go out is tried again by the clock."""
    named = payload.get("deliveries", payload.get("delivery_id"))
    if person_id is not None and named:
        for delivery in named if isinstance(named, list) else [named]:
            actions.deliver(SYSTEM, UUID(person_id), UUID(str(delivery)))


@app.periodic(cron="* * * * *")
@app.task(name="yimen.mailbox.tasks.deliver_waiting", queue="email", queueing_lock="mailbox-due")
def deliver_waiting(timestamp: int) -> None:
    """Every minute: try again what is due, also what a killed worker left."""
    actions.deliver_due(SYSTEM)


@app.periodic(cron="*/5 * * * *")
@app.task(name="yimen.mailbox.tasks.ask_gateway", queue="email", queueing_lock="mailbox-fates")
def ask_gateway(timestamp: int) -> None:
    """Every five minutes: ask what became of the short messages that were sent."""
    actions.ask_fates(SYSTEM)


@app.periodic(cron="37 * * * *")
@app.task(name="yimen.mailbox.tasks.give_up_old", queue="email", queueing_lock="mailbox-give-up")
def give_up_old(timestamp: int) -> None:
    """Every hour: give up what could not be sent for a day, and forget old codes."""
    actions.forget_phone_codes(SYSTEM)
    while actions.give_up_old(SYSTEM):
        pass


@app.periodic(cron="47 * * * *")
@app.task(name="yimen.mailbox.tasks.print_letters", queue="email", queueing_lock="mailbox-letters")
def print_letters(timestamp: int) -> None:
    """Every night: queue letters about what is unread for too long, and print the day's letters."""
    if is_night(timestamp, current_zone()):
        while actions.queue_unread(SYSTEM):
            pass
        actions.print_letters(SYSTEM)
