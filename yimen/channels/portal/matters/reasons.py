"""Pages on which an applicant writes a few words about a case and sends them with one button."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yimen.accounts.actions import keep_lost_post
from yimen.accounts.queries import take_lost_post
from yimen.base.actor import Actor
from yimen.cases import queries
from yimen.cases.queries import CaseStatus
from yimen.cases.rules.errors import NotFound
from yimen.cases.rules.permissions import LONGEST_REASON
from yimen.catalogue.queries import current_city
from yimen.channels.shared.components import FieldError


def status_for_form(request: HttpRequest, actor: Actor, number: str) -> CaseStatus:
    """Return the case that a form is about, or refuse with `NotFound`.

    What was sent after the sign-in had ended is kept for when it has begun again.
    """
    try:
        return queries.status(actor, number)
    except NotFound:
        if request.method == "POST" and not request.user.is_authenticated:
            keep_lost_post(request)
        raise


def empty_page(
    request: HttpRequest, template: str, status: CaseStatus, *, offered: bool
) -> HttpResponse:
    """Answer the form, with what was lost in it; where it is not offered, lead to the status."""
    if not offered:
        return redirect("portal:status", status.receipt_number)
    lost = take_lost_post(request, request.path)
    written = lost.get("reason", "") if lost is not None else ""
    return reason_page(request, template, status, written, lost=lost is not None)


def reason_page(
    request: HttpRequest,
    template: str,
    status: CaseStatus,
    reason: str,
    *,
    error: str = "",
    lost: bool = False,
    too_late: bool = False,
) -> HttpResponse:
    """Answer the form as it was typed, with what is wrong, or that it comes too late."""
    code = HTTPStatus.OK
    if too_late:
        code = HTTPStatus.CONFLICT
    elif error:
        code = HTTPStatus.UNPROCESSABLE_ENTITY
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
    return render(request, template, context, status=code)
