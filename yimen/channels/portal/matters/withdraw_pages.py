"""Taking an application back: what that means, an optional reason, and one button."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.accounts.actions import keep_lost_post
from yimen.accounts.queries import take_lost_post
from yimen.cases import actions, queries
from yimen.cases.queries import CaseStatus
from yimen.cases.rules.errors import NotFound, ReasonTooLong, WrongState
from yimen.cases.rules.permissions import LONGEST_REASON
from yimen.catalogue.queries import current_city
from yimen.channels.portal.matters.status_pages import resident
from yimen.channels.portal.private import personal_page
from yimen.channels.shared import wording
from yimen.channels.shared.components import FieldError


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Say what withdrawing means; a POST does it, unless the case was decided meanwhile."""
    actor = resident(request)
    try:
        status = queries.status(actor, number)
    except NotFound:
        if request.method == "POST" and not request.user.is_authenticated:
            keep_lost_post(request)
        raise
    if request.method != "POST":
        if not status.is_open:
            return redirect("portal:status", status.receipt_number)
        lost = take_lost_post(request, request.path)
        written = lost.get("reason", "") if lost is not None else ""
        return _page(request, status, written, lost=lost is not None)
    reason = request.POST.get("reason", "")
    try:
        actions.withdraw(actor, number, reason)
    except WrongState:  # decided or voided while this page was open
        if queries.status(actor, number).ending is not None:
            return redirect("portal:status", status.receipt_number)
        return _page(request, status, reason, too_late=True, code=HTTPStatus.CONFLICT)
    except ReasonTooLong as error:
        words = _("The reason is too long. Shorten it to %(most)s characters.") % {
            "most": wording.count(error.limit)
        }
        return _page(request, status, reason, error=words, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("portal:status", status.receipt_number)


def _page(
    request: HttpRequest,
    status: CaseStatus,
    reason: str,
    *,
    error: str = "",
    lost: bool = False,
    too_late: bool = False,
    code: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "status": status,
        "service": status.service,
        "page_agency": current_city().agencies.get(status.service.agency),
        "reason": reason,
        "most": LONGEST_REASON,
        "error": error,
        "errors": [FieldError("reason", error)] if error else [],
        "lost": lost,
        "too_late": too_late,
        "section": "mine",
    }
    return render(request, "portal/matters/withdraw.html", context, status=code)
