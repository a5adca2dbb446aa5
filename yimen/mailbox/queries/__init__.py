"""Reads of one's own mailbox, and of how somebody is reached."""

from yimen.mailbox.queries.messages import (
    PAGE,
    MessageView,
    message,
    message_row,
    messages_of,
    named_documents,
    unread_count,
)
from yimen.mailbox.queries.reach import Reach, TellingView, address_of, reach_of, telling_of

__all__ = [
    "PAGE",
    "MessageView",
    "Reach",
    "TellingView",
    "address_of",
    "message",
    "message_row",
    "messages_of",
    "named_documents",
    "reach_of",
    "telling_of",
    "unread_count",
]
