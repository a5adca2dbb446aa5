"""See an application without signing in: a receipt number and a one-time code.

Who asks learns nothing from the answers: a number that is not given out, one without an address
and one for which too many codes were asked look the same as any other.
"""

from contextlib import suppress
from http import HTTPStatus

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.accounts.actions import keep_provisional
from yimen.base.identifiers import normal_receipt_number
from yimen.cases import actions
from yimen.cases.rules.errors import CodeWrong, NoContact, NotFound, TooManyCodes
from yimen.channels.portal.matters import tickets
from yimen.channels.portal.private import personal_page, visitor
from yimen.channels.shared.components import FieldError
from yimen.channels.shared.errors import error_page


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """Ask for the receipt number, and send a code to the address that the applicant gave."""
    if request.method != "POST":
        return _number_page(request)
    typed = request.POST.get("number", "")
    number = normal_receipt_number(typed)
    if number is None:
        words = _(
            "This is not a receipt number. It looks like 261123-7K2M-9QXA; compare each character."
        )
        return _number_page(request, typed[:40], words)
    if not ratelimit.consume(request, action="status_code"):
        return error_page(request, HTTPStatus.TOO_MANY_REQUESTS)
    with suppress(NotFound, NoContact, TooManyCodes):  # the next page is the same for every number
        actions.send_status_code(visitor(request), number)
    tickets.keep_asked(request, number)
    return redirect("portal:status_code")


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Take the code, and open the status for half an hour."""
    number = tickets.asked(request)
    if not number:
        return redirect("portal:status_by_code")
    if request.method != "POST":
        return _code_page(request, number)
    if not ratelimit.consume(request, action="status_try"):
        return error_page(request, HTTPStatus.TOO_MANY_REQUESTS)
    actor = visitor(request)
    try:
        ticket = actions.open_status(actor, number, request.POST.get("code", "")[:20])
    except (CodeWrong, TooManyCodes, NotFound):
        words = _("The code is not right, is too old, or was tried too often. Ask for a new one.")
        return _code_page(request, number, words)
    tickets.keep(request, ticket)
    if ticket.provisional_person_id is not None and actor.account_id is None:
        keep_provisional(request, ticket.provisional_person_id)
    return redirect("portal:status", number)


def _errors(anchor: str, error: str) -> list[FieldError]:
    return [FieldError(anchor, error)] if error else []


def _number_page(request: HttpRequest, typed: str = "", error: str = "") -> HttpResponse:
    context = {"typed": typed, "error": error, "errors": _errors("number", error)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "portal/matters/status_number.html", context, status=status)


def _code_page(request: HttpRequest, number: str, error: str = "") -> HttpResponse:
    context = {"number": number, "error": error, "errors": _errors("code", error)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "portal/matters/status_code.html", context, status=status)
