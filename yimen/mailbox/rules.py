"""What the mailbox refuses, and what it decides without a database."""

from collections.abc import Sequence
from datetime import timedelta

from yimen.base.actor import Actor, ActorKind

MOST_TRIES = 8
LONGEST_WAIT = timedelta(days=1)  # longer than all tries together


class MailboxError(Exception):
    """Base of everything that the mailbox refuses."""


class MessageNotFound(MailboxError):
    """There is no such message, or it is somebody else's: the two are not told apart."""


class NotAllowed(MailboxError):
    """Only the system and staff write to people; people read only their own."""


class EmailNotSent(MailboxError):
    """The mail server did not take an e-mail; the worker tries again."""

    def __init__(self, tries: int) -> None:
        super().__init__(tries)
        self.tries = tries


def check_may_post(actor: Actor) -> None:
    """Refuse residents and visitors."""
    if actor.kind not in (ActorKind.SYSTEM, ActorKind.STAFF):
        raise NotAllowed


def is_given_up(tries: int) -> bool:
    """Say whether an e-mail has been tried often enough."""
    return tries >= MOST_TRIES


def masked_address(address: str) -> str:
    """Return ``l***@example.org``: enough to know one's own address, not to learn another's."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"


def first_address(addresses: Sequence[str]) -> str:
    """Return the first address that is one."""
    return next((address for address in addresses if "@" in address), "")
