"""What the mailbox tells the ledger: ids only, never a word of a message."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from yimen.ledger.events import Event


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """A message was put into somebody's mailbox; ``delivery_id`` is its e-mail, if one goes."""

    kind: ClassVar[str] = "mailbox.message_posted"
    message_id: UUID
    delivery_id: UUID | None


@dataclass(frozen=True, slots=True)
class CodeQueued(Event):
    """An e-mail with a one-time code waits to be sent."""

    kind: ClassVar[str] = "mailbox.code_queued"
    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class AccountEmailQueued(Event):
    """An e-mail about signing in waits to be sent; its address may be known to nobody."""

    kind: ClassVar[str] = "mailbox.account_email_queued"
    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class EmailSent(Event):
    """An e-mail was handed to the mail server."""

    kind: ClassVar[str] = "mailbox.email_sent"
    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class EmailFailed(Event):
    """An e-mail was given up: after the last try, or because it can never be sent."""

    kind: ClassVar[str] = "mailbox.email_failed"
    delivery_id: UUID
    tries: int


@dataclass(frozen=True, slots=True)
class MessageRead(Event):
    """Somebody opened a message for the first time."""

    kind: ClassVar[str] = "mailbox.message_read"
    message_id: UUID
