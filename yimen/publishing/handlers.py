"""Wagtail's own signals, each told to the ledger."""

from wagtail.models import Page, Revision
from wagtail.signals import page_published, page_unpublished

from yimen.publishing import actions


def listen() -> None:
    """Hear of every publication, from the office of the editors and from the schedule."""
    page_published.connect(_published, dispatch_uid="publishing.ledger")
    page_unpublished.connect(_unpublished, dispatch_uid="publishing.ledger")


def _published(
    sender: type[Page], instance: Page, revision: Revision | None = None, **_others: object
) -> None:
    actions.record_published(instance, revision)


def _unpublished(sender: type[Page], instance: Page, **_others: object) -> None:
    actions.record_unpublished(instance)
