"""Wiring of the app."""

from zoneinfo import ZoneInfo

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The app `catalogue`."""

    name = "yimen.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Let the days of the ledger be those of the city."""
        from yimen.ledger.queries import extend_zone

        extend_zone(_zone)


def _zone() -> ZoneInfo | None:
    from yimen.catalogue.queries import current_zone
    from yimen.catalogue.rules import NoCityApplied

    try:
        return current_zone()
    except NoCityApplied:
        return None
