"""Saying that a decision solves nothing: what happens then, what is wrong, and one button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.cases import actions
from yimen.cases.rules.errors import NoRecheck, ReasonMissing, ReasonTooLong, RecheckTooLate
from yimen.channels.portal.matters.reasons import empty_page, reason_page, status_for_form
from yimen.channels.portal.matters.status_pages import resident
from yimen.channels.portal.private import personal_page
from yimen.channels.shared import wording

_PAGE = "portal/matters/not_solved.html"


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def not_solved(request: HttpRequest, number: str) -> HttpResponse:
    """Ask what is not solved; a POST sends it one level up, once for a decision."""
    actor = resident(request)
    status = status_for_form(request, actor, number)
    if request.method != "POST":
        return empty_page(request, _PAGE, status, offered=status.recheck_until is not None)
    reason = request.POST.get("reason", "")
    try:
        actions.ask_for_recheck(actor, number, reason)
    except (NoRecheck, RecheckTooLate):  # it was mended, or the last day ended, meanwhile
        return reason_page(request, _PAGE, status, reason, too_late=True)
    except ReasonMissing:
        words = _("Write what is not solved. Somebody who did not decide reads it.")
        return reason_page(request, _PAGE, status, reason, error=words)
    except ReasonTooLong as error:
        words = _("This is too long. Shorten it to %(most)s characters.") % {
            "most": wording.count(error.limit)
        }
        return reason_page(request, _PAGE, status, reason, error=words)
    return redirect("portal:status", status.receipt_number)
