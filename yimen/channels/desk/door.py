"""Who stands at the desk: every page of it belongs to staff, and nobody else learns of it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from yimen.accounts.queries import actor_for
from yimen.base.actor import Actor, Channel
from yimen.cases.rules.errors import NotFound

Parameters = ParamSpec("Parameters")
READ = "case.read"


def officer(request: HttpRequest) -> Actor:
    """Return who acts at the desk."""
    return actor_for(request, Channel.DESK)


def staff_page(
    view: Callable[Concatenate[HttpRequest, Actor, Parameters], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
    """Open a page to staff; for everybody else there is none. Nothing of it is kept in a cache.

    The middleware has already turned away who is not signed in, and staff without a second factor;
    this holds even where it is not installed, because posts count with a second factor only.
    """

    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponseBase:
        actor = officer(request)
        if not actor.is_staff:
            raise Http404
        try:
            response = view(request, actor, *args, **kwargs)
        except NotFound:
            raise Http404 from None
        add_never_cache_headers(response)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def case_page(
    view: Callable[Concatenate[HttpRequest, Actor, Parameters], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
    """Open a page to staff with a post that reads cases; which cases is settled by the query."""

    @staff_page
    @wraps(view)
    def wrapped(
        request: HttpRequest, actor: Actor, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponseBase:
        if not actor.agencies_with(READ):
            raise Http404
        return view(request, actor, *args, **kwargs)

    return wrapped
