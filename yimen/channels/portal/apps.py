"""Wiring of the app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The app `portal`."""

    name = "yimen.channels.portal"
    label = "portal"
