"""Wiring of the app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The app `ledger`."""

    name = "yimen.ledger"
    label = "ledger"
