"""Wiring of the app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The app `desk`."""

    name = "yimen.channels.desk"
    label = "desk"
