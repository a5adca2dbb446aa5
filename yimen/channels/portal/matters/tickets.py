"""What the session keeps of one-time codes: for which number one was asked, and what it opened."""

from uuid import UUID

from django.http import HttpRequest

from yimen.cases.actions import StatusTicket

_ASKED = "status_asked"
_OPENED = "status_tickets"  # {receipt number: token}
_MOST = 5


def keep_asked(request: HttpRequest, number: str) -> None:
    """Keep for which receipt number a code was asked."""
    request.session[_ASKED] = number


def asked(request: HttpRequest) -> str:
    """Return for which receipt number a code was asked, or ""."""
    return str(request.session.get(_ASKED, ""))


def keep(request: HttpRequest, ticket: StatusTicket) -> None:
    """Keep what opens a status for half an hour."""
    opened = {**request.session.get(_OPENED, {}), ticket.receipt_number: ticket.token}
    request.session[_OPENED] = dict(list(opened.items())[-_MOST:])
    request.session.pop(_ASKED, None)


def token_for(request: HttpRequest, number: str) -> str:
    """Return the token that opens a status, or ""."""
    return str(request.session.get(_OPENED, {}).get(number, ""))


def file_key(number: str) -> str:
    """Return where files for a correction wait until everything that was asked for is there."""
    return f"correction_files:{number}"


def as_uuid(text: str) -> UUID | None:
    """Return a UUID as it stands in an address, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
