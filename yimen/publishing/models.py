"""The pages that editors write: the home page, the index of articles, articles.

Nothing personal stands here. What the catalogue knows is shown, never copied.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

_FEATURES = ["h2", "h3", "bold", "ol", "ul", "link", "blockquote"]


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


class ArticleIndexPage(Page):
    """The list of all articles."""

    template = "portal/articles.html"
    parent_page_types = ["publishing.HomePage"]
    subpage_types = ["publishing.ArticlePage"]

    class Meta:
        verbose_name = _("list of articles")


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
