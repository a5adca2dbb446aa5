"""Bring messages to people: try, try again later and later, give up; ask what became of them.

No transaction is held while a mail server or a gateway thinks. Before a try the delivery is moved
to a later time and that is committed: two workers never try the same at once, and one that is
killed leaves it to be tried again. Every try carries the delivery's id, by which a gateway knows
that it had it before.
"""

import logging
from uuid import UUID

from django.db import transaction
from django.db.models import F

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.ledger.actions import append
from yimen.mailbox.events import DeliveryArrived, DeliveryFailed, DeliverySent
from yimen.mailbox.gateways import ShortMessage, send_email, sms_gateway
from yimen.mailbox.models import Delivery
from yimen.mailbox.rules import (
    ENOUGH_FAILED,
    LEASE,
    LONGEST_WAIT,
    REPORTS_FOR,
    REST,
    ReceiverAway,
    Undeliverable,
    is_given_up,
    wait_after,
)
from yimen.mailbox.types import DeliveryState, Fate, Way

log = logging.getLogger(__name__)

AT_ONCE = 500
_BY_WIRE = (Way.EMAIL, Way.SMS)


def deliver(actor: Actor, person_id: UUID, delivery_id: UUID) -> None:
    """Try one delivery, if it is due. Once it is sent, doing it again changes nothing.

    Run by the worker, at least once. While its receiver rests after failures, it waits.
    """
    found = Delivery.objects.filter(person_id=person_id, id=delivery_id, way__in=_BY_WIRE)
    row = found.filter(state=DeliveryState.WAITING, next_try_at__lte=now()).first()
    if row is not None and not _rests(Way(row.way)):
        _try(actor, row)


def deliver_due(actor: Actor) -> int:
    """Try a batch of what is due, the longest waiting first; returns how many went out.

    A receiver that fails three times in a row is left alone until the next minute.
    """
    return sum(_deliver_due_by(actor, way) for way in _BY_WIRE)


def _deliver_due_by(actor: Actor, way: Way) -> int:
    due = Delivery.objects.filter(state=DeliveryState.WAITING, way=way, next_try_at__lte=now())
    went = failed = 0
    for row in due.order_by("next_try_at")[:AT_ONCE]:
        if _try(actor, row):
            went, failed = went + 1, 0
        else:
            failed += 1
        if failed == ENOUGH_FAILED:
            break
    return went


def _rests(way: Way) -> bool:
    """Say whether a receiver failed several times within the last minute."""
    tried = Delivery.objects.filter(
        state=DeliveryState.WAITING, way=way, tried_at__gt=now() - REST
    ).exclude(error="")
    return tried[:ENOUGH_FAILED].count() == ENOUGH_FAILED


def _try(actor: Actor, row: Delivery) -> bool:
    """Try one delivery that this worker gets hold of; say whether its receiver did its part."""
    if not _take(row):
        return True
    try:
        _hand_over(row)
    except ReceiverAway as away:
        _note_away(actor, row, str(away))
        return False
    except Undeliverable as refused:
        _give_up(actor, row, str(refused))
    else:
        _note_sent(actor, row)
    return True


def _take(row: Delivery) -> bool:
    at = now()
    held = Delivery.objects.filter(
        person_id=row.person_id, id=row.id, state=DeliveryState.WAITING, next_try_at__lte=at
    )
    taken = held.update(tries=F("tries") + 1, tried_at=at, next_try_at=at + LEASE)
    row.tries += 1
    return taken == 1


def _hand_over(row: Delivery) -> None:
    if row.way == Way.EMAIL:
        send_email(row.id, row.address, row.subject, row.body)
    else:
        message = ShortMessage(row.id, row.address, row.body, again=row.tries > 1)
        sms_gateway().send(message)


def _held(row: Delivery) -> Delivery | None:
    """Return the row as it stands, held until the transaction ends, while it still waits."""
    waiting = Delivery.objects.select_for_update().filter(person_id=row.person_id, id=row.id)
    return waiting.filter(state=DeliveryState.WAITING).first()


@transaction.atomic
def _note_sent(actor: Actor, row: Delivery) -> None:
    held = _held(row)
    if held is None:  # given up, or sent by another worker after the lease had run out
        return
    held.state, held.sent_at, held.error = DeliveryState.SENT, now(), ""
    held.subject = held.body = ""  # a code is nobody's business any more
    held.save(update_fields=["state", "sent_at", "subject", "body", "error"])
    append(DeliverySent(held.id, held.way), actor=actor, person_id=held.person_id)


def _note_away(actor: Actor, row: Delivery, error: str) -> None:
    log.warning("Delivery %s by %s failed, try %s: %s", row.id, row.way, row.tries, error)
    if is_given_up(row.tries):
        _give_up(actor, row, error)
        return
    waiting = Delivery.objects.filter(
        person_id=row.person_id, id=row.id, state=DeliveryState.WAITING, tries=row.tries
    )
    waiting.update(error=error, next_try_at=now() + wait_after(row.tries))


@transaction.atomic
def _give_up(actor: Actor, row: Delivery, error: str) -> None:
    held = _held(row)
    if held is not None:
        log.warning("Delivery %s by %s is given up: %s", row.id, row.way, error)
        held.error = error
        _fail(actor, held)


def _fail(actor: Actor, row: Delivery) -> None:
    """Mark a delivery as failed and erase its text."""
    row.state, row.subject, row.body = DeliveryState.FAILED, "", ""
    row.save(update_fields=["state", "subject", "body", "error"])
    append(DeliveryFailed(row.id, row.way, row.tries), actor=actor, person_id=row.person_id)


@transaction.atomic
def give_up_old(actor: Actor) -> int:
    """Give up a batch of what has waited for a day, whatever kept it; returns how many.

    Run by the worker until it returns 0: no text, and no code in it, waits for ever. Letters wait
    for the printer, not for a receiver.
    """
    before = now() - LONGEST_WAIT
    old = Delivery.objects.filter(
        state=DeliveryState.WAITING, way__in=_BY_WIRE, queued_at__lt=before
    )
    rows = list(old.select_for_update(skip_locked=True)[:AT_ONCE])
    for row in rows:
        _fail(actor, row)
    return len(rows)


def ask_fates(actor: Actor) -> int:
    """Ask the gateway what became of short messages; returns how many it told.

    Each is asked about for three days, first those not asked about for longest; a gateway that
    does not answer is asked again in five minutes.
    """
    gateway, told = sms_gateway(), 0
    sent = Delivery.objects.filter(
        way=Way.SMS,
        state=DeliveryState.SENT,
        settled_at__isnull=True,
        sent_at__gt=now() - REPORTS_FOR,
    )
    for row in sent.order_by("tried_at")[:AT_ONCE]:
        try:
            fate = gateway.fate(row.id)
        except ReceiverAway as away:
            log.warning("The SMS gateway did not say what became of %s: %s", row.id, away)
            break
        if fate is Fate.UNDER_WAY:
            Delivery.objects.filter(person_id=row.person_id, id=row.id).update(tried_at=now())
        else:
            _settle(actor, row, fate)
            told += 1
    return told


@transaction.atomic
def _settle(actor: Actor, row: Delivery, fate: Fate) -> None:
    arrived = fate is Fate.DELIVERED
    state = DeliveryState.DELIVERED if arrived else DeliveryState.FAILED
    unsettled = Delivery.objects.filter(
        person_id=row.person_id, id=row.id, state=DeliveryState.SENT, settled_at__isnull=True
    )
    if unsettled.update(state=state, settled_at=now()):
        event = (
            DeliveryArrived(row.id, row.way)
            if arrived
            else DeliveryFailed(row.id, row.way, row.tries)
        )
        append(event, actor=actor, person_id=row.person_id)
