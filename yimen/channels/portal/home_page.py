"""The home page, which the editors own: rendered anew when they publish or a figure changes."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.views import serve

from yimen.cases.queries import figures
from yimen.channels.shared.caching import public_page
from yimen.publishing.queries import edition


def _home(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = serve(request, "")
    return response


def _edition() -> str:
    return f"{edition()} {figures()}"


home = require_safe(public_page(_home, edition=_edition))
