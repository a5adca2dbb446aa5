"""Reads of one's own mailbox."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.mailbox.models import Delivery, Message
from yimen.mailbox.rules import NO_ADDRESS, MessageNotFound
from yimen.mailbox.types import DeliveryState, Way
from yimen.people.queries import acting_ids

PAGE = 50  # messages answered at once


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """How word of a message was brought, and what became of that."""

    way: Way
    state: DeliveryState
    at: datetime  # when it came into this state, or was last tried
    printed: bool = False  # a letter that lies with the printer
    no_address: bool = False  # a letter that can only be fetched
    address: str = ""  # where it was brought to


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as channels show it. ``document_sha256`` is the paper that came with it, if any."""

    id: UUID
    subject: Text
    body: Text
    case_receipt: str
    document_sha256: str
    posted_at: datetime
    read_at: datetime | None
    deliveries: tuple[DeliveryView, ...] = ()


def _visible_to(actor: Actor) -> QuerySet[Message]:
    ids = acting_ids(actor)
    return Message.objects.filter(person_id__in=ids) if ids else Message.objects.none()


def _views(rows: Iterable[Message]) -> tuple[MessageView, ...]:
    """Return messages with their deliveries, which one query finds."""
    found = list(rows)
    brought: dict[UUID, list[DeliveryView]] = defaultdict(list)
    deliveries = Delivery.objects.filter(
        person_id__in={row.person_id for row in found}, message_id__in={row.id for row in found}
    )
    for delivery in deliveries.order_by("queued_at", "way") if found else ():
        if delivery.message_id is not None:
            brought[delivery.message_id].append(_delivery(delivery))
    return tuple(_view(row, tuple(brought[row.id])) for row in found)


def _delivery(row: Delivery) -> DeliveryView:
    return DeliveryView(
        way=Way(row.way),
        state=DeliveryState(row.state),
        at=row.settled_at or row.sent_at or row.tried_at or row.queued_at,
        printed=row.run_id is not None,
        no_address=row.error == NO_ADDRESS,
        address=row.address,
    )


def _view(row: Message, deliveries: tuple[DeliveryView, ...]) -> MessageView:
    return MessageView(
        id=row.id,
        subject=Text.of(row.subject),
        body=Text.of(row.body),
        case_receipt=row.case_receipt,
        document_sha256=row.document_sha256,
        posted_at=row.posted_at,
        read_at=row.read_at,
        deliveries=deliveries,
    )


def messages_of(actor: Actor, before: UUID | None = None) -> tuple[MessageView, ...]:
    """Return a page of the actor's messages, the newest first.

    ``before`` is the id of the last message of the page before. Staff and visitors have none.
    """
    rows = _visible_to(actor)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _views(rows.order_by("-id")[:PAGE])


def messages_kept(actor: Actor) -> tuple[MessageView, ...]:
    """Return all messages of the actor's, the newest first; staff and visitors have none."""
    return _views(_visible_to(actor).order_by("-id"))


def code_messages_kept(actor: Actor) -> tuple[DeliveryView, ...]:
    """Return what was sent to the actor beside the mailbox: codes, whose texts are not kept."""
    ids = acting_ids(actor)
    rows = Delivery.objects.filter(person_id__in=ids, message_id__isnull=True)
    return tuple(_delivery(row) for row in rows.order_by("queued_at", "id"))


def message(actor: Actor, message_id: UUID) -> MessageView:
    """Return one message of the actor's, or refuse. `actions.mark_read` says that it was opened."""
    (found,) = _views([message_row(actor, message_id)])
    return found


def message_row(actor: Actor, message_id: UUID) -> Message:
    """Return the row of one message of the actor's, or refuse."""
    row = _visible_to(actor).filter(id=message_id).first()
    if row is None:
        raise MessageNotFound
    return row


def named_documents(names: Collection[str]) -> QuerySet[Message, str]:
    """Return those of some stored documents that came with a message."""
    rows = Message.objects.filter(document_sha256__in=names).exclude(document_sha256="")
    return rows.values_list("document_sha256", flat=True)


def unread_count(actor: Actor) -> int:
    """Return how many messages the actor has not opened yet."""
    return _visible_to(actor).filter(read_at__isnull=True).count()
