"""What every page knows: the city, its languages, and where the visitor stands."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from yimen.base import clock
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.channels.shared.wording import plain_language

LANGUAGE_NAMES = {"zh": ("zh-hans", "zh-Hans", "中文"), "en": ("en", "en", "English")}


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
        "page_day": clock.today(ZoneInfo(city.time_zone)),
    }


def html_lang() -> str:
    """Return the language of the page as HTML names it."""
    language = plain_language(get_language() or "zh")
    return LANGUAGE_NAMES[language][1] if language in LANGUAGE_NAMES else language


def page_languages(request: HttpRequest, city: City) -> tuple[PageLanguage, ...]:
    """Return the city's languages; following one keeps the page and what was asked of it."""
    current = plain_language(get_language() or "zh")
    address = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    languages = []
    for tag in city.languages:
        django_tag, lang, name = LANGUAGE_NAMES.get(tag, (tag, tag, tag))
        url = translate_url(address, django_tag)
        languages.append(PageLanguage(tag, lang, name, url, tag == current))
    return tuple(languages)
