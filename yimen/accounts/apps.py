"""Wiring of the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The app `accounts`."""

    name = "yimen.accounts"
    label = "accounts"
