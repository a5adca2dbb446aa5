"""Requests that are larger than any form: refused before a byte of them is read."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from yimen.channels.shared.errors import error_page


class RequestLimit:
    """Middleware: answer 413 to what says of itself that it is too large.

    Stands before everything that reads the body, the protection against forgery included. A
    server that waits for "100 Continue" is never asked for the body at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse by the length that the request declares."""
        if _declared_length(request) > settings.LARGEST_REQUEST:
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self.get_response(request)


def _declared_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0
