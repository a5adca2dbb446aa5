"""Wiring of the app."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """The app `mailbox`."""

    name = "yimen.mailbox"
    label = "mailbox"

    def ready(self) -> None:
        """Let e-mails go out when a message was posted or a code was queued."""
        from yimen.ledger.events import subscribe
        from yimen.mailbox.events import CodeQueued, MessagePosted

        subscribe(MessagePosted, "yimen.mailbox.tasks.send_email")
        subscribe(CodeQueued, "yimen.mailbox.tasks.send_email")
