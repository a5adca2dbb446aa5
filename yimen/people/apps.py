"""Wiring of the app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app `people`."""

    name = "yimen.people"
    label = "people"

    def ready(self) -> None:
        """Register our part of `city apply` and what happens when somebody signs in."""
        from yimen.accounts.actions import extend_sign_in
        from yimen.catalogue.actions import extend_apply
        from yimen.people.adapters import take_over_drafts
        from yimen.people.records import apply_tables, plan_tables

        extend_apply("data set tables", plan_tables, apply_tables)
        extend_sign_in(take_over_drafts)
