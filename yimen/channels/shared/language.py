"""Pages speak the languages of the city, whatever else the software knows."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import translate_url
from django.utils.translation import get_language

from yimen.catalogue.queries import current_city
from yimen.channels.shared.context import LANGUAGE_NAMES
from yimen.channels.shared.wording import plain_language


class CityLanguages:
    """Middleware: a page asked for in a language that the city does not speak moves to one it does.

    A city that speaks English only has no Chinese pages, though their addresses have no prefix.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or redirect to the same page in the city's first language."""
        if request.method in ("GET", "HEAD"):
            languages = current_city().languages
            if languages and plain_language(get_language() or "") not in languages:
                first = LANGUAGE_NAMES.get(languages[0], (languages[0],))[0]
                address = request.get_full_path()
                translated = translate_url(address, first)
                if translated != address:
                    return HttpResponseRedirect(translated)
        return self.get_response(request)
