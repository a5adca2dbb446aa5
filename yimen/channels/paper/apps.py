"""Wiring of the app."""

from django.apps import AppConfig


class PaperConfig(AppConfig):
    """The app `paper`."""

    name = "yimen.channels.paper"
    label = "paper"
