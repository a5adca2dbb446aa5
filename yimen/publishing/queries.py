"""The editors' pages, read."""

from yimen.publishing.models import ArticlePage


def newest_articles(language_code: str, limit: int | None = None) -> list[ArticlePage]:
    """Return the published articles in a language, the newest first."""
    found = ArticlePage.objects.live().filter(locale__language_code=language_code)
    return list(found.order_by("-first_published_at")[:limit])
