"""Wiring of the app."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """The app `keys`."""

    name = "yimen.keys"
    label = "keys"
