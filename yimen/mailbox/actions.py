"""Post messages, queue and send the e-mails about them, mark messages read."""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.errors import MessageError
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.base.languages import page_tag
from yimen.base.text import Text
from yimen.ledger.actions import append
from yimen.mailbox.events import (
    AccountEmailQueued,
    CodeQueued,
    EmailFailed,
    EmailSent,
    MessagePosted,
    MessageRead,
)
from yimen.mailbox.models import Delivery, Message
from yimen.mailbox.queries import address_of, message_row
from yimen.mailbox.rules import LONGEST_WAIT, EmailNotSent, check_may_post, is_given_up
from yimen.mailbox.types import DeliveryState

log = logging.getLogger(__name__)

# What the text or the address itself makes impossible: trying again would change nothing.
_CANNOT_BE_WRITTEN = (ValueError, LookupError, MessageError)
_LONGEST_SUBJECT = 200
_AT_ONCE = 500


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak a language of the city's folder: ``zh`` is ``zh-hans`` to the pages."""
    with override(page_tag(language)):
        yield


@transaction.atomic
def post(
    person_id: UUID,
    subject: Text,
    body: Text,
    *,
    key: str,
    actor: Actor,
    case_receipt: str | None = None,
    document_sha256: str | None = None,
    language: str = "zh",
    email: str = "",
) -> UUID:
    """Put a message into a person's mailbox, once for each ``key``, and return its id.

    An e-mail goes to the person's account, or to ``email`` where there is none (somebody who
    applied without signing in), or to who represents the organisation. It says only that there is a
    message, with the receipt number and where to read it. ``language`` is the e-mail's.
    """
    check_may_post(actor)
    existing = Message.objects.filter(person_id=person_id, key=key).first()
    if existing is not None:
        return existing.id
    row = Message.objects.create(
        person_id=person_id,
        key=key,
        subject=subject.as_dict(),
        body=body.as_dict(),
        case_receipt=case_receipt or "",
        document_sha256=document_sha256 or "",
        posted_at=now(),
    )
    delivery = _queue_notice(row, language, email)
    event = MessagePosted(row.id, delivery.id if delivery is not None else None)
    append(event, actor=actor, person_id=person_id)
    return row.id


def _queue_notice(row: Message, language: str, email: str) -> Delivery | None:
    address = address_of(row.person_id, email)
    if not address:
        return None
    with in_language(language):
        subject = _("There is a message for you")
        lines = [_("There is a message for you in your mailbox.")]
        if row.case_receipt:
            lines.append(_("Receipt number: %(number)s") % {"number": row.case_receipt})
        lines.append(_("Read it here: %(address)s") % {"address": _link(row, language)})
        lines.append(
            _("This e-mail never asks for a password or a code. Open the page by its address.")
        )
    return _queue(row.person_id, address, subject, "\n\n".join(lines), row.id)


def _link(row: Message, language: str) -> str:
    prefix = "" if language.startswith("zh") else f"/{language}"
    return f"{settings.SITE_URL}{prefix}/mailbox/{row.id}/"


def _queue(
    person_id: UUID, address: str, subject: str, body: str, message_id: UUID | None = None
) -> Delivery:
    return Delivery.objects.create(
        person_id=person_id,
        message_id=message_id,
        address=address,
        subject=subject,
        body=body,
        state=DeliveryState.WAITING,
        queued_at=now(),
    )


@transaction.atomic
def send_code(
    person_id: UUID, address: str, code: str, receipt: str, language: str, actor: Actor
) -> None:
    """Queue an e-mail with a one-time code to see the status of a case."""
    with in_language(language):
        subject = _("Your code: %(code)s") % {"code": code}
        lines = [
            _("Your code to see the status of application %(receipt)s: %(code)s")
            % {"receipt": receipt, "code": code},
            _("It works once, for 15 minutes. If you did not ask for it, do nothing."),
        ]
    delivery = _queue(person_id, address, subject, "\n\n".join(lines))
    append(CodeQueued(delivery.id), actor=actor, person_id=person_id)


@transaction.atomic
def queue_account_email(address: str, subject: str, body: str) -> None:
    """Queue an e-mail about signing in: it goes to an address, not to a person.

    Rows lie by person, so this one gets an id that is nobody's.
    """
    nobody = uuid7()
    delivery = _queue(nobody, address, subject[:_LONGEST_SUBJECT], body)
    append(AccountEmailQueued(delivery.id), actor=SYSTEM, person_id=nobody)


def send_email(actor: Actor, person_id: UUID, delivery_id: UUID) -> None:
    """Hand a waiting e-mail to the mail server. Once it is sent, doing it again changes nothing.

    Run by the worker, at least once: no transaction is held while a mail server thinks. Raises
    `EmailNotSent` to be tried again; after the last try, or when it can never be written, the
    delivery is marked as failed, and the message is still in the mailbox.
    """
    row = Delivery.objects.get(person_id=person_id, id=delivery_id)
    if row.state != DeliveryState.WAITING:
        return
    row.tries += 1
    try:
        EmailMessage(row.subject, row.body, to=[row.address]).send()
    except (OSError, smtplib.SMTPException) as error:
        _note_failure(actor, row, error, last=is_given_up(row.tries))
        if row.state == DeliveryState.WAITING:
            raise EmailNotSent(row.tries) from error
    except _CANNOT_BE_WRITTEN as error:
        _note_failure(actor, row, error, last=True)
    else:
        _note_sent(actor, row)


@transaction.atomic
def _note_sent(actor: Actor, row: Delivery) -> None:
    row.state, row.sent_at, row.error = DeliveryState.SENT, now(), ""
    row.subject = row.body = ""  # a code is nobody's business any more
    row.save(update_fields=["state", "sent_at", "subject", "body", "error", "tries"])
    append(EmailSent(row.id), actor=actor, person_id=row.person_id)


@transaction.atomic
def _note_failure(actor: Actor, row: Delivery, error: Exception, *, last: bool) -> None:
    log.warning("E-mail %s was not sent, try %s: %s", row.id, row.tries, type(error).__name__)
    row.error = type(error).__name__
    if last:
        _give_up(actor, row)
    row.save(update_fields=["state", "subject", "body", "error", "tries"])


def _give_up(actor: Actor, row: Delivery) -> None:
    """Mark an e-mail as failed and erase its text; the caller saves it."""
    row.state, row.subject, row.body = DeliveryState.FAILED, "", ""
    append(EmailFailed(row.id, row.tries), actor=actor, person_id=row.person_id)


@transaction.atomic
def give_up_old(actor: Actor) -> int:
    """Give up a batch of e-mails that have waited for a day, whatever kept them; returns how many.

    Run by the worker until it returns 0: no text, and no code in it, waits for ever.
    """
    old = Delivery.objects.filter(state=DeliveryState.WAITING, queued_at__lt=now() - LONGEST_WAIT)
    rows = list(old.select_for_update(skip_locked=True)[:_AT_ONCE])
    for row in rows:
        _give_up(actor, row)
        row.save(update_fields=["state", "subject", "body"])
    return len(rows)


@transaction.atomic
def mark_read(actor: Actor, message_id: UUID) -> None:
    """Say that the actor has opened a message; only the first time counts."""
    row = message_row(actor, message_id)
    if row.read_at is not None:
        return
    row.read_at = now()
    row.save(update_fields=["read_at"])
    append(MessageRead(row.id), actor=actor, person_id=row.person_id)
