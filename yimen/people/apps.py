"""Wiring of the app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app `people`."""

    name = "yimen.people"
    label = "people"
