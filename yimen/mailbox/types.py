"""The closed lists of words of the app."""

from enum import StrEnum


class Way(StrEnum):
    """How somebody hears of a message beside the mailbox, where every message lies."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"  # also between two tries, and while a letter is printed
    SENT = "sent"  # the mail server, the gateway or the post has it
    DELIVERED = "delivered"  # the gateway says that the telephone has it
    FAILED = "failed"  # given up after the last try, or can never arrive


class Fate(StrEnum):
    """What a gateway knows of a short message that it took."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"
