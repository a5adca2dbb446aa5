"""What the mailbox tells the ledger: ids and ways only, never a word or an address."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from yimen.ledger.events import Event


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    """A message was put into somebody's mailbox; ``deliveries`` bring word of it."""

    kind: ClassVar[str] = "mailbox.message_posted"
    message_id: UUID
    deliveries: list[str]


@dataclass(frozen=True, slots=True)
class CodeQueued(Event):
    """An e-mail or a short message with a one-time code waits to be sent."""

    kind: ClassVar[str] = "mailbox.code_queued"
    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class AccountEmailQueued(Event):
    """An e-mail about signing in waits to be sent; its address may be known to nobody."""

    kind: ClassVar[str] = "mailbox.account_email_queued"
    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class DeliverySent(Event):
    """The mail server, the gateway or the post took a delivery."""

    kind: ClassVar[str] = "mailbox.delivery_sent"
    delivery_id: UUID
    way: str


@dataclass(frozen=True, slots=True)
class DeliveryArrived(Event):
    """A gateway says that a short message is on the telephone."""

    kind: ClassVar[str] = "mailbox.delivery_arrived"
    delivery_id: UUID
    way: str


@dataclass(frozen=True, slots=True)
class DeliveryFailed(Event):
    """A delivery was given up: after the last try, or because it can never arrive."""

    kind: ClassVar[str] = "mailbox.delivery_failed"
    delivery_id: UUID
    way: str
    tries: int


@dataclass(frozen=True, slots=True)
class MessageRead(Event):
    """Somebody opened a message for the first time."""

    kind: ClassVar[str] = "mailbox.message_read"
    message_id: UUID


@dataclass(frozen=True, slots=True)
class WaysChosen(Event):
    """Somebody said by which ways they want to hear of messages."""

    kind: ClassVar[str] = "mailbox.ways_chosen"
    account_id: int
    ways: list[str]


@dataclass(frozen=True, slots=True)
class PhoneVerified(Event):
    """Somebody entered the code that was sent to their telephone."""

    kind: ClassVar[str] = "mailbox.phone_verified"
    account_id: int


@dataclass(frozen=True, slots=True)
class PhoneCodeRefused(Event):
    """A wrong code was entered for a telephone."""

    kind: ClassVar[str] = "mailbox.phone_code_refused"
    account_id: int
    tries_left: int


@dataclass(frozen=True, slots=True)
class LettersPrinted(Event):
    """The letters of a day stand in one file for the printer."""

    kind: ClassVar[str] = "mailbox.letters_printed"
    run_id: UUID
    letters: int
    pages: int


@dataclass(frozen=True, slots=True)
class LettersPosted(Event):
    """The letters of a day were handed to the post."""

    kind: ClassVar[str] = "mailbox.letters_posted"
    run_id: UUID
    letters: int
