"""The number of an error page, and what is written down under it for `yimen doctor NUMBER`."""

import logging
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from yimen.base import clock, journal
from yimen.base.identifiers import error_number

log = logging.getLogger(__name__)

HEADER = "Yimen-Error"


def record(request: HttpRequest, status: int, exception: BaseException | None = None) -> str:
    """Write down that a request was answered with an error, and return the number of the answer.

    Written are time, status, method, the pattern of the address and where the code stood; nothing
    that was sent, so neither the address itself nor the words of the exception. A full disk costs
    the entry, never the answer.
    """
    number = error_number()
    match = request.resolver_match
    entry: dict[str, object] = {
        "number": number,
        "time": clock.now().isoformat(timespec="milliseconds"),
        "status": int(status),
        "method": request.method if request.method in _METHODS else "another",
        "page": match.view_name if match else "",
        "address": match.route if match else "",
    }
    if exception is not None:
        entry |= journal.facts_of(exception)
    try:
        journal.append(Path(settings.DATA_FOLDER) / "log", entry)
    except OSError as error:
        log.error("The error %s (%s) could not be written down: %s", number, status, error.strerror)
    return number


def stamp(response: HttpResponse, number: str) -> HttpResponse:
    """Let an answer carry its number where machines find it."""
    response[HEADER] = number
    return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
