"""The home page, which the editors own: rendered once for each edition of their pages."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.views import serve

from yimen.channels.shared.caching import public_page
from yimen.publishing.queries import edition


def _home(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = serve(request, "")
    return response


home = require_safe(public_page(_home, edition=edition))
