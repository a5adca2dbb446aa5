"""What every page knows: the city, its languages, and where the visitor stands."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from yimen.base import clock
from yimen.base.languages import html_tag, is_right_to_left, own_name, page_tag, plain_tag
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """A language of the city, with the address of this page in it."""

    tag: str
    html_lang: str
    name: str
    url: str
    current: bool


def page(request: HttpRequest) -> dict[str, object]:
    """Return the variables of the layout."""
    city = current_city()
    return {
        "city": city,
        "page_languages": page_languages(request, city),
        "html_lang": html_lang(),
        "right_to_left": is_right_to_left(plain_tag(get_language() or "zh")),
        "page_day": clock.today(ZoneInfo(city.time_zone)),
    }


def html_lang() -> str:
    """Return the language of the page as HTML names it."""
    return html_tag(plain_tag(get_language() or "zh"))


def page_languages(request: HttpRequest, city: City) -> tuple[PageLanguage, ...]:
    """Return the city's languages; following one keeps the page and what was asked of it."""
    current = plain_tag(get_language() or "zh")
    address = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    languages = []
    for tag in city.languages:
        url = translate_url(address, page_tag(tag))
        name = own_name(tag)
        languages.append(PageLanguage(tag, html_tag(tag), name, url, tag == current))
    return tuple(languages)
