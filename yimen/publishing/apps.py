"""Wiring of the app."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """The app `publishing`."""

    name = "yimen.publishing"
    label = "publishing"
