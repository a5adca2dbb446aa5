"""The closed lists of words of the app."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where an e-mail is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # given up after the last try
