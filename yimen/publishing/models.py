"""The pages that editors write: the home page, the index of articles, articles.

Nothing personal stands here. What the catalogue knows is shown, never copied.
"""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from yimen.catalogue import queries as catalogue
from yimen.catalogue.definition import City
from yimen.catalogue.types import AgencyKind, ChannelKind

SERVICES_ON_HOME = 10
ARTICLES_ON_HOME = 4
_FEATURES = ["h2", "h3", "bold", "ol", "ul", "link", "document-link", "blockquote"]


class HomePage(Page):
    """The first page of the portal: one question, moments in life, services, today's figures."""

    notice = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("notice"),
        help_text=_("One sentence above everything, such as a closure. Usually empty."),
    )

    template = "portal/home.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["publishing.ArticleIndexPage"]
    content_panels = [*Page.content_panels, FieldPanel("notice")]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the catalogue knows and the newest articles."""
        city = catalogue.current_city()
        services = catalogue.open_services()
        offices = [a for a in city.agencies.values() if a.kind is AgencyKind.NEIGHBOURHOOD]
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {
            "life_events": city.life_events.values(),
            "services": services[:SERVICES_ON_HOME],
            "offices": offices,
            "articles": newest_articles(self.locale.language_code, ARTICLES_ON_HOME),
            "online_services": sum(ChannelKind.PORTAL in s.channels for s in services),
            "agencies": len(city.agencies),
            "papers_spared": _papers_spared(city),
        }


class ArticleIndexPage(Page):
    """The list of all articles."""

    template = "portal/articles.html"
    parent_page_types = ["publishing.HomePage"]
    subpage_types = ["publishing.ArticlePage"]

    class Meta:
        verbose_name = _("list of articles")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the articles, the newest first."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"articles": newest_articles(self.locale.language_code)}


class ArticlePage(Page):
    """A text for readers: what is new, how things work."""

    summary = models.CharField(
        max_length=200, verbose_name=_("summary"), help_text=_("One sentence, shown in lists.")
    )
    body = RichTextField(features=_FEATURES, verbose_name=_("text"))
    agency = models.CharField(
        max_length=60,
        blank=True,
        verbose_name=_("agency"),
        help_text=_("The code of the agency that is answerable for the text."),
    )

    template = "portal/article.html"
    parent_page_types = ["publishing.ArticleIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("agency"),
    ]

    class Meta:
        verbose_name = _("article")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the agency and the day for the foot of the page."""
        city = catalogue.current_city()
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {
            "page_agency": city.agencies.get(self.agency),
            "page_day": self.last_published_at,
        }


def newest_articles(language_code: str, limit: int | None = None) -> list[ArticlePage]:
    """Return the published articles in a language, the newest first."""
    found = ArticlePage.objects.live().filter(locale__language_code=language_code)
    return list(found.order_by("-first_published_at")[:limit])


def _papers_spared(city: City) -> int:
    """Count the documents that nobody brings any more, because a record stands in for them."""
    return sum(
        bool(material.from_data_set)
        for service in city.services.values()
        for material in service.materials
    )
