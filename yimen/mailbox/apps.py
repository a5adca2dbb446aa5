"""Wiring of the app."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """The app `mailbox`."""

    name = "yimen.mailbox"
    label = "mailbox"

    def ready(self) -> None:
        """Let e-mails go out when a message was posted or a code or a notice was queued."""
        from yimen.accounts.actions import extend_email
        from yimen.ledger.events import subscribe
        from yimen.mailbox.actions import queue_account_email
        from yimen.mailbox.events import AccountEmailQueued, CodeQueued, MessagePosted

        extend_email(queue_account_email)
        subscribe(MessagePosted, "yimen.mailbox.tasks.send_email")
        subscribe(CodeQueued, "yimen.mailbox.tasks.send_email")
        subscribe(AccountEmailQueued, "yimen.mailbox.tasks.send_email")
