"""Saying that a decision solves nothing: what happens then, what is wrong, and one button."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.accounts.actions import keep_lost_post
from yimen.accounts.queries import take_lost_post
from yimen.cases import actions, queries
from yimen.cases.queries import CaseStatus
from yimen.cases.rules.errors import (
    NoRecheck,
    NotFound,
    ReasonMissing,
    ReasonTooLong,
    RecheckTooLate,
)
from yimen.cases.rules.permissions import LONGEST_REASON
from yimen.catalogue.queries import current_city
from yimen.channels.portal.matters.status_pages import resident
from yimen.channels.portal.private import personal_page
from yimen.channels.shared import wording
from yimen.channels.shared.components import FieldError


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def not_solved(request: HttpRequest, number: str) -> HttpResponse:
    """Ask what is not solved; a POST sends it one level up, once for a decision."""
    actor = resident(request)
    try:
        status = queries.status(actor, number)
    except NotFound:
        if request.method == "POST" and not request.user.is_authenticated:
            keep_lost_post(request)
        raise
    if request.method != "POST":
        if status.recheck_until is None:
            return redirect("portal:status", status.receipt_number)
        lost = take_lost_post(request, request.path)
        written = lost.get("reason", "") if lost is not None else ""
        return _page(request, status, written, lost=lost is not None)
    reason = request.POST.get("reason", "")
    try:
        actions.ask_for_recheck(actor, number, reason)
    except (NoRecheck, RecheckTooLate):  # it was mended, or the last day ended, meanwhile
        return _page(request, status, reason, too_late=True, code=HTTPStatus.CONFLICT)
    except ReasonMissing:
        words = _("Write what is not solved. Somebody who did not decide reads it.")
        return _page(request, status, reason, error=words, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ReasonTooLong as error:
        words = _("This is too long. Shorten it to %(most)s characters.") % {
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
    return render(request, "portal/matters/not_solved.html", context, status=code)
