"""Pages speak the languages of the city and keep its time, whatever else the software knows."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import get_language

from yimen.base.languages import page_tag, plain_tag
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city


class CityLanguages:
    """Middleware: a page asked for in a language that the city does not speak moves to one it does.

    A city that speaks English only has no Chinese pages, though their addresses have no prefix.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the city's time, or redirect to the same page in the city's first language."""
        city = current_city()
        if request.method in ("GET", "HEAD"):
            elsewhere = _in_a_spoken_language(request, city)
            if elsewhere:
                return HttpResponseRedirect(elsewhere)
        with timezone.override(ZoneInfo(city.time_zone)):
            return self.get_response(request)


def _in_a_spoken_language(request: HttpRequest, city: City) -> str:
    """Return the address of this page in the city's first language; "" where it is spoken."""
    languages = city.languages
    if not languages or plain_tag(get_language() or "") in languages:
        return ""
    first = page_tag(languages[0])
    address = request.get_full_path()
    translated = translate_url(address, first)
    return translated if translated != address else ""
