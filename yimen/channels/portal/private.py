"""Pages that belong to one person: kept out of every cache, and closed to everybody else.

A stranger learns nothing: somebody signed in gets "not found", whether there is such a page or not,
and somebody who is not signed in is led to the ways in, which are the same for every address.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from yimen.accounts.queries import actor_for
from yimen.base.actor import Actor, Channel
from yimen.cases.rules.errors import NotAllowed, NotFound
from yimen.channels.shared.errors import error_page
from yimen.mailbox.rules import MessageNotFound

Parameters = ParamSpec("Parameters")


def visitor(request: HttpRequest) -> Actor:
    """Return who acts, by the door of the portal."""
    return actor_for(request, Channel.PORTAL)


def personal_page(
    view: Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
    """Answer a page of one person: nothing of it is kept, nothing of it is told to others."""

    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except (NotFound, MessageNotFound):
            if request.user.is_authenticated:
                raise Http404 from None
            response = to_ways_in(request)
        except NotAllowed:
            response = _not_for_staff(request)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def to_ways_in(request: HttpRequest) -> HttpResponseRedirect:
    """Lead to the page that says how this one can be opened, and back to it afterwards."""
    query = urlencode({"next": request.path})
    return HttpResponseRedirect(f"{reverse('portal:ways_in')}?{query}")


def too_much(request: HttpRequest) -> HttpResponse:
    """Answer who begins more forms, or adds more files, than one network may in an hour."""
    return error_page(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        heading=_("Much was begun or added from here in a short time"),
        sentences=(
            _(
                "So that nobody can fill the portal, one network begins and adds only so much an hour."
            ),
            _("What you have begun and added is kept. Wait an hour, or use another connection."),
        ),
    )


def _not_for_staff(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.FORBIDDEN,
        heading=_("This page is for residents"),
        sentences=(
            _("You are signed in with a staff account, which works for others only."),
            _("Sign out, and use an account of your own to apply for yourself."),
        ),
    )
