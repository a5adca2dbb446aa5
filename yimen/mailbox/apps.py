"""Wiring of the app."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """The app `mailbox`."""

    name = "yimen.mailbox"
    label = "mailbox"

    def ready(self) -> None:
        """Let messages go out when one was queued, and papers stay as long as their messages."""
        from yimen.accounts.actions import extend_email
        from yimen.ledger.events import subscribe
        from yimen.ledger.queries import extend_naming
        from yimen.mailbox.actions import queue_account_email
        from yimen.mailbox.events import AccountEmailQueued, CodeQueued, MessagePosted
        from yimen.mailbox.queries import named_documents

        extend_email(queue_account_email)
        extend_naming(named_documents)
        subscribe(MessagePosted, "yimen.mailbox.tasks.deliver")
        subscribe(CodeQueued, "yimen.mailbox.tasks.deliver")
        subscribe(AccountEmailQueued, "yimen.mailbox.tasks.deliver")
