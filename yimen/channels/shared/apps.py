"""Wiring of the app."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """The app `shared`."""

    name = "yimen.channels.shared"
    label = "shared"
