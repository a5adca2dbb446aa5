"""What a person reads when something goes wrong: what happened, what is kept, what to do."""

import sys
from collections.abc import Callable, Sequence
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from yimen.catalogue.rules import NoCityApplied
from yimen.channels.shared.context import html_lang
from yimen.channels.shared.error_record import record, stamp

RETRY_SECONDS = 120
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Sentences = tuple[str, ...]


def error_page(
    request: HttpRequest,
    status: HTTPStatus,
    *,
    heading: str = "",
    sentences: Sequence[str] = (),
    retry_after: int = 0,
    exception: Exception | None = None,
) -> HttpResponse:
    """Answer an error page in the design; ``heading`` and ``sentences`` say more than the usual."""
    number = record(request, status, exception)
    usual_heading, usual_sentences = _WORDS[status]()
    context = {
        "heading": heading or usual_heading,
        "sentences": tuple(sentences) or usual_sentences,
        "status": status.value,
        "number": number,
    }
    response = stamp(render(request, "shared/error.html", context, status=status), number)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, and 413 where the request was too large to be read."""
    if type(exception).__name__ in ("RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent"):
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, exception=exception)
    return error_page(request, HTTPStatus.BAD_REQUEST, exception=exception)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return error_page(request, HTTPStatus.FORBIDDEN, exception=exception)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return error_page(request, HTTPStatus.NOT_FOUND)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose protection against forgery does not fit (CSRF_FAILURE_VIEW)."""
    return error_page(
        request,
        HTTPStatus.FORBIDDEN,
        heading=_("This form was open too long"),
        sentences=(
            _("For your safety nothing was sent. Answers that you saved before are kept."),
            _("Go back, load the page again and send the form once more. Cookies must be allowed."),
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 without a database or a city. Needs neither itself."""
    exception = sys.exc_info()[1]
    gone = isinstance(exception, (OperationalError, InterfaceError, NoCityApplied))
    status = HTTPStatus.SERVICE_UNAVAILABLE if gone else HTTPStatus.INTERNAL_SERVER_ERROR
    number = record(request, status, exception)
    return bare_page(status, sent=request.method not in SAFE_METHODS, number=number)


def bare_page(status: HTTPStatus, *, sent: bool, number: str) -> HttpResponse:
    """Answer an error page that is made without database, session and city.

    ``sent`` says that the visitor had sent something, and has to be told what became of it.
    """
    make = _broken if status is HTTPStatus.INTERNAL_SERVER_ERROR else _unavailable
    heading, sentences = make(sent)
    chinese = (get_language() or "zh").startswith("zh")
    content = render_to_string(
        "shared/error_bare.html",
        {
            "heading": heading,
            "sentences": sentences,
            "html_lang": html_lang(),
            "home": "/" if chinese else "/en/",
            "home_label": _("Go to the home page"),
            "product": pgettext("name of the portal", "Yimen"),
            "code_label": _("Code of this page: %(status)s") % {"status": status.value},
            "number_label": _("Number: %(number)s. Name it when you ask for help.")
            % {"number": number},
        },
    )
    response = stamp(HttpResponse(content, status=status), number)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _bad_request() -> tuple[str, Sentences]:
    return _("This request cannot be understood"), (
        _("Nothing was changed. Go back and try again, or begin from the home page."),
    )


def _forbidden() -> tuple[str, Sentences]:
    return _("This page is not open to you"), (
        _("It belongs to somebody else, or to an office. Nothing was changed."),
        _("If it is yours, sign in with the account that you used for it."),
    )


def _not_found() -> tuple[str, Sentences]:
    return _("There is no such page"), (
        _("The address may have a slip in it, or the page has moved."),
        _("Search for what you need to do, or begin from the home page."),
    )


def _gone() -> tuple[str, Sentences]:
    return _("This page is no longer here"), (
        _("It was taken down. Search for what you need to do, or begin from the home page."),
    )


def _too_large() -> tuple[str, Sentences]:
    return _("That was too large to take"), (
        _("This step was not saved; everything from the steps before is kept."),
        _("Go back and add a smaller file, or a shorter text."),
    )


def _too_many() -> tuple[str, Sentences]:
    return _("Too many tries in a short time"), (
        _("Nothing is lost. Wait a few minutes, then try again."),
    )


def _broken(sent: bool) -> tuple[str, Sentences]:
    heading = _("Something broke on our side")
    if not sent:
        return heading, (
            _("It was not you. What you had saved is kept."),
            _("Try again in a few minutes."),
        )
    return heading, (
        _("It was not you. What you had saved is kept; this last step may not have been done."),
        _("Try again in a few minutes. If you sent an application, look for its receipt first."),
    )


def _unavailable(sent: bool) -> tuple[str, Sentences]:
    safe = _("Every application with a receipt number is safe.")
    last = (_("This last step was not done."),) if sent else ()
    return _("The portal is not available just now"), (
        safe,
        *last,
        _("Try again in a few minutes."),
    )


_WORDS: dict[HTTPStatus, Callable[[], tuple[str, Sentences]]] = {
    HTTPStatus.BAD_REQUEST: _bad_request,
    HTTPStatus.FORBIDDEN: _forbidden,
    HTTPStatus.NOT_FOUND: _not_found,
    HTTPStatus.GONE: _gone,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _too_large,
    HTTPStatus.TOO_MANY_REQUESTS: _too_many,
}
