"""Wiring of the app."""

from django.apps import AppConfig


class PaperConfig(AppConfig):
    """The app `paper`."""

    name = "yimen.channels.paper"
    label = "paper"

    def ready(self) -> None:
        """Say how certificates and letters of refusal are set."""
        from yimen.cases.actions import extend_papers
        from yimen.cases.types import DocumentKind
        from yimen.channels.paper.letters import TEMPLATE, paper_data

        for kind in DocumentKind:
            extend_papers(kind, TEMPLATE, paper_data)
