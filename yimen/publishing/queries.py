"""The editors' pages, read."""

from django.db.models import Count, Max, Q
from wagtail.models import Page

from yimen.publishing.models import ArticlePage


def newest_articles(language_code: str, limit: int | None = None) -> list[ArticlePage]:
    """Return the published articles in a language, the newest first."""
    found = ArticlePage.objects.live().filter(locale__language_code=language_code)
    return list(found.order_by("-first_published_at")[:limit])


def edition() -> str:
    """Return a text that changes whenever a page is published, taken down or moved."""
    last, live = Page.objects.aggregate(
        last=Max("last_published_at"), live=Count("pk", filter=Q(live=True))
    ).values()
    return f"{last} {live}"
