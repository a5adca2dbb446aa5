"""What the mailbox refuses, and what it decides without a database."""

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta

from yimen.base.actor import Actor, ActorKind
from yimen.mailbox.types import Way

# Minutes until the next try, after the first, the second ...: about 22 hours in all. A receiver
# that is away for five minutes has everything after six.
BACK_OFF = (1, 5, 15, 60, 180, 360, 720)
MOST_TRIES = len(BACK_OFF) + 1
LONGEST_WAIT = timedelta(days=1)  # longer than all tries together

# Whoever tries holds the delivery for so long; then it counts as left by a worker that was killed.
# Longer than the slowest exchange with a mail server, each step of which may take 20 seconds.
LEASE = timedelta(minutes=5)

# A receiver that failed so many deliveries within so long is left alone meanwhile, so that the
# worker does not spend its time waiting for it.
ENOUGH_FAILED = 3
REST = timedelta(minutes=1)

NO_ADDRESS = "no_address"  # the error of a letter to somebody of whom no address is known
MOST_IN_RUN = 5000  # letters in one file for the printer; the others go with the next day's
LOOK_BACK = timedelta(days=7)  # how long letters about unread messages are made up for

REPORTS_FOR = timedelta(days=3)  # how long a gateway is asked what became of a short message

# Codes that show that a telephone is somebody's. Short messages cost the city money: few a day.
CODE_LASTS = timedelta(minutes=15)
CODE_TRIES = 5
MOST_CODES = 5
CODES_WITHIN = timedelta(days=1)
_CODE_DIGITS = 6


class MailboxError(Exception):
    """Base of everything that the mailbox refuses."""


class MessageNotFound(MailboxError):
    """There is no such message, or it is somebody else's: the two are not told apart."""


class NotAllowed(MailboxError):
    """Only the system and staff write to people; people read only their own."""


class PhoneNotVerified(MailboxError):
    """Short messages go only to a telephone whose bearer entered the code that came to it."""


class TooManyCodes(MailboxError):
    """The account has asked for as many codes as it may in a day."""


class WrongPhoneCode(MailboxError):
    """The code is not the one that was sent, or counts no longer."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class ReceiverAway(MailboxError):
    """A mail server or a gateway did not answer as it should; trying again may help."""


class Undeliverable(MailboxError):
    """The text or the address itself is refused: trying again would change nothing."""


def check_may_post(actor: Actor) -> None:
    """Refuse residents and visitors."""
    if actor.kind not in (ActorKind.SYSTEM, ActorKind.STAFF):
        raise NotAllowed


def check_may_print(actor: Actor) -> None:
    """Refuse everybody but the system: letters are printed and posted by `yimen letters`."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed


def check_may_choose(actor: Actor) -> int:
    """Return the account of a resident who is signed in; refuse visitors and staff."""
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotAllowed
    return actor.account_id


def check_ways(ways: Collection[Way], phone: str) -> None:
    """Refuse short messages without a telephone that was verified."""
    if Way.SMS in ways and not phone:
        raise PhoneNotVerified


def check_may_ask_code(asked: int) -> None:
    """Refuse another code to an account that has asked for enough today."""
    if asked >= MOST_CODES:
        raise TooManyCodes


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}"


def is_given_up(tries: int) -> bool:
    """Say whether a delivery has been tried often enough."""
    return tries >= MOST_TRIES


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after a failed try; ``tries`` counts from 1."""
    return timedelta(minutes=BACK_OFF[min(tries, len(BACK_OFF)) - 1])


def masked_address(address: str) -> str:
    """Return ``l***@example.org``: enough to know one's own address, not to learn another's."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"


def masked_phone(phone: str) -> str:
    """Return ``*******0001``: enough to know one's own number."""
    return "*" * max(len(phone) - 4, 0) + phone[-4:]


def first_address(addresses: Sequence[str]) -> str:
    """Return the first address that is one."""
    return next((address for address in addresses if "@" in address), "")
