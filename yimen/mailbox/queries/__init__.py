"""Reads of one's own mailbox, and of how somebody is reached."""

from yimen.mailbox.queries.letters import LettersView, letters, letters_for_counter
from yimen.mailbox.queries.messages import (
    PAGE,
    DeliveryView,
    MessageView,
    code_messages_kept,
    message,
    message_row,
    messages_kept,
    messages_of,
    named_documents,
    unread_count,
)
from yimen.mailbox.queries.reach import (
    Reach,
    TellingView,
    address_of,
    postal_of,
    reach_of,
    telling_of,
)

__all__ = [
    "PAGE",
    "DeliveryView",
    "LettersView",
    "MessageView",
    "Reach",
    "TellingView",
    "address_of",
    "code_messages_kept",
    "letters",
    "letters_for_counter",
    "message",
    "message_row",
    "messages_kept",
    "messages_of",
    "named_documents",
    "postal_of",
    "reach_of",
    "telling_of",
    "unread_count",
]
