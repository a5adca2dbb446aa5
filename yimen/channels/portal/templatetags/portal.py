"""What the editors' pages show beside their own text: the catalogue, and each other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.utils.translation import get_language

from yimen.accounts.queries import city_today
from yimen.cases.queries import Figures, figures
from yimen.catalogue import queries
from yimen.catalogue.definition import Agency, City, LifeEvent, Service
from yimen.catalogue.rules import agencies_there
from yimen.catalogue.types import AgencyKind, ChannelKind
from yimen.publishing.queries import newest_articles

if TYPE_CHECKING:
    from yimen.publishing.models import ArticlePage

SERVICES_ON_HOME = 10
ARTICLES_ON_HOME = 4

register = template.Library()


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What the home page shows that no editor writes."""

    life_events: tuple[LifeEvent, ...]
    services: tuple[Service, ...]
    offices: tuple[Agency, ...]
    articles: tuple["ArticlePage", ...]
    today: Figures
    online_services: int
    agencies: int
    papers_spared: int


@register.simple_tag
def home_facts() -> HomeFacts:
    """Gather what the home page shows of the catalogue."""
    city = queries.current_city()
    services = queries.open_services()
    there = agencies_there(city.agencies, city_today())
    offices = (a for a in there if a.kind is AgencyKind.NEIGHBOURHOOD)
    return HomeFacts(
        life_events=queries.life_events_served(),
        services=services[:SERVICES_ON_HOME],
        offices=tuple(offices),
        articles=tuple(newest_articles(get_language() or "", ARTICLES_ON_HOME)),
        today=figures(),
        online_services=sum(ChannelKind.PORTAL in service.channels for service in services),
        agencies=len(there),
        papers_spared=_papers_spared(city),
    )


@register.simple_tag
def articles() -> list["ArticlePage"]:
    """Return all articles in the language of the page, the newest first."""
    return newest_articles(get_language() or "")


@register.simple_tag
def answerable_agency(article: "ArticlePage") -> Agency | None:
    """Return the agency that is answerable for an article today, which may be a successor."""
    return queries.current_city().agencies.get(queries.acting(article.agency))


def _papers_spared(city: City) -> int:
    """Count the documents that nobody brings any more, because a record stands in for them."""
    return sum(
        bool(material.from_data_set)
        for service in city.services.values()
        for material in service.materials
    )
