"""Wiring of the app."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """The app `publishing`."""

    name = "yimen.publishing"
    label = "publishing"

    def ready(self) -> None:
        """Tell the ledger of every publication."""
        from yimen.publishing import handlers

        handlers.listen()
