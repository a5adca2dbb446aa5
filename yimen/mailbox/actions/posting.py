"""Post messages, queue what tells people of them, mark messages read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.base.languages import page_tag
from yimen.base.text import Text
from yimen.catalogue.queries import current_city
from yimen.ledger.actions import append
from yimen.mailbox.events import (
    AccountEmailQueued,
    CodeQueued,
    DeliveryFailed,
    MessagePosted,
    MessageRead,
)
from yimen.mailbox.models import Delivery, Message
from yimen.mailbox.queries import message_row, postal_of, reach_of
from yimen.mailbox.rules import NO_ADDRESS, check_may_post
from yimen.mailbox.types import DeliveryState, Way

NO_TEXT = Text()
_LONGEST_SUBJECT = 200


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak a language of the city's folder: ``zh`` is ``zh-hans`` to the pages."""
    with override(page_tag(language)):
        yield


def in_each_language(say: Callable[[str], str]) -> Text:
    """Return what is said, in each language of the city; ``say`` gets the language it speaks."""
    said = {}
    for language in current_city().languages:
        with in_language(language):
            said[language] = say(language)
    return Text.of(said)


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
    sms: Text = NO_TEXT,
    letter: bool = False,
    unread_letter: bool = True,
) -> UUID:
    """Put a message into a person's mailbox, once for each ``key``, and return its id.

    Word of it goes by the ways that the person has chosen, or by e-mail to ``email`` where there is
    no account (somebody who applied without signing in). It says only that there is a message, with
    the receipt number and where to read it. ``language`` is the one in which it is said; ``sms`` is
    what a short message says, where it is not the usual sentence. With ``letter`` it is printed and
    posted too, whatever the person has chosen: the law demands that it be served. With
    ``unread_letter`` it is when it lies unread for too long.
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
        language=language,
        on_paper=unread_letter,
    )
    reach = reach_of(person_id, email)
    queued = []
    if reach.email:
        queued.append(_queue_email(row, reach.email, language))
    if reach.phone:
        queued.append(_queue_sms(row, reach.phone, language, sms))
    if reach.letter or letter:
        queued.append(queue_letter(actor, row, demanded=True))
    event = MessagePosted(row.id, [str(delivery.id) for delivery in queued])
    append(event, actor=actor, person_id=person_id)
    return row.id


def _queue_email(row: Message, address: str, language: str) -> Delivery:
    with in_language(language):
        subject = _("There is a message for you")
        lines = [_("There is a message for you in your mailbox.")]
        if row.case_receipt:
            lines.append(_("Receipt number: %(number)s") % {"number": row.case_receipt})
        lines.append(_("Read it here: %(address)s") % {"address": _link(row, language)})
        lines.append(
            _("This e-mail never asks for a password or a code. Open the page by its address.")
        )
    text = "\n\n".join(lines)
    return queue(row.person_id, Way.EMAIL, address, text, subject=subject, message_id=row.id)


def _queue_sms(row: Message, phone: str, language: str, sms: Text) -> Delivery:
    with in_language(language):
        words = {"city": current_city().title[language], "address": settings.SITE_URL}
        usual = _("%(city)s: there is a message for you. Sign in and read it: %(address)s") % words
    text = sms[language] or usual
    return queue(row.person_id, Way.SMS, phone, text, message_id=row.id)


def queue_letter(actor: Actor, row: Message, *, demanded: bool) -> Delivery:
    """Let a message wait for the printer, or for the counter where no address is known."""
    name, address = postal_of(row.person_id)
    at = now()
    delivery = Delivery.objects.create(
        person_id=row.person_id,
        message_id=row.id,
        way=Way.LETTER,
        name=name,
        address=address,
        state=DeliveryState.WAITING if address else DeliveryState.FAILED,
        error="" if address else NO_ADDRESS,
        demanded=demanded,
        queued_at=at,
        next_try_at=at,
    )
    if not address:
        event = DeliveryFailed(delivery.id, Way.LETTER, 0)
        append(event, actor=actor, person_id=row.person_id)
    return delivery


def _link(row: Message, language: str) -> str:
    prefix = "" if language.startswith("zh") else f"/{language}"
    return f"{settings.SITE_URL}{prefix}/mailbox/{row.id}/"


def queue(
    person_id: UUID,
    way: Way,
    address: str,
    body: str,
    *,
    subject: str = "",
    message_id: UUID | None = None,
) -> Delivery:
    """Let a delivery wait to be tried; the caller's event starts the job that tries it."""
    at = now()
    return Delivery.objects.create(
        person_id=person_id,
        message_id=message_id,
        way=way,
        address=address,
        subject=subject,
        body=body,
        state=DeliveryState.WAITING,
        queued_at=at,
        next_try_at=at,
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
    text = "\n\n".join(lines)
    delivery = queue(person_id, Way.EMAIL, address, text, subject=subject)
    append(CodeQueued(delivery.id), actor=actor, person_id=person_id)


@transaction.atomic
def queue_account_email(address: str, subject: str, body: str) -> None:
    """Queue an e-mail about signing in, or about work to staff: to an address, not to a person.

    Rows lie by person, so this one gets an id that is nobody's.
    """
    nobody = uuid7()
    delivery = queue(nobody, Way.EMAIL, address, body, subject=subject[:_LONGEST_SUBJECT])
    append(AccountEmailQueued(delivery.id), actor=SYSTEM, person_id=nobody)


@transaction.atomic
def mark_read(actor: Actor, message_id: UUID) -> None:
    """Say that the actor has opened a message; only the first time counts.

    A letter that was only meant for somebody who does not read their mailbox is not printed then.
    """
    row = message_row(actor, message_id)
    if row.read_at is not None:
        return
    row.read_at = now()
    row.save(update_fields=["read_at"])
    unprinted = Delivery.objects.filter(person_id=row.person_id, message_id=row.id, way=Way.LETTER)
    unprinted.filter(run_id__isnull=True, demanded=False).delete()
    append(MessageRead(row.id), actor=actor, person_id=row.person_id)
