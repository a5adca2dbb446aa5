"""Wiring of the app."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The app `catalogue`."""

    name = "yimen.catalogue"
    label = "catalogue"
