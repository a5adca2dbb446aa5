"""Every write to messages, to what brings them to people, and to how people want to be told."""

from yimen.mailbox.actions.choosing import (
    ask_phone_code,
    choose_ways,
    confirm_phone,
    forget_phone_codes,
)
from yimen.mailbox.actions.delivering import ask_fates, deliver, deliver_due, give_up_old
from yimen.mailbox.actions.posting import (
    in_each_language,
    in_language,
    mark_read,
    post,
    queue_account_email,
    send_code,
)
from yimen.mailbox.actions.printing import mark_posted, print_letters, queue_unread

__all__ = [
    "ask_fates",
    "ask_phone_code",
    "choose_ways",
    "confirm_phone",
    "deliver",
    "deliver_due",
    "forget_phone_codes",
    "give_up_old",
    "in_each_language",
    "in_language",
    "mark_posted",
    "mark_read",
    "post",
    "print_letters",
    "queue_account_email",
    "queue_unread",
    "send_code",
]
