"""Taking an application back: what that means, an optional reason, and one button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.cases import actions, queries
from yimen.cases.rules.errors import ReasonTooLong, WrongState
from yimen.channels.portal.matters.reasons import empty_page, reason_page, status_for_form
from yimen.channels.portal.matters.status_pages import resident
from yimen.channels.portal.private import personal_page
from yimen.channels.shared import wording

_PAGE = "portal/matters/withdraw.html"


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Say what withdrawing means; a POST does it, unless the case was decided meanwhile."""
    actor = resident(request)
    status = status_for_form(request, actor, number)
    if request.method != "POST":
        return empty_page(request, _PAGE, status, offered=status.is_open)
    reason = request.POST.get("reason", "")
    try:
        actions.withdraw(actor, number, reason)
    except WrongState:  # decided or voided while this page was open
        if queries.status(actor, number).ending is not None:
            return redirect("portal:status", status.receipt_number)
        return reason_page(request, _PAGE, status, reason, too_late=True)
    except ReasonTooLong as error:
        words = _("The reason is too long. Shorten it to %(most)s characters.") % {
            "most": wording.count(error.limit)
        }
        return reason_page(request, _PAGE, status, reason, error=words)
    return redirect("portal:status", status.receipt_number)
