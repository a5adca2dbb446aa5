"""Wiring of the app."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """The app `mailbox`."""

    name = "yimen.mailbox"
    label = "mailbox"
