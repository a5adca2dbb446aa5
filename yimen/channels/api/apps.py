"""Wiring of the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The app `api`."""

    name = "yimen.channels.api"
    label = "api"
