"""Mending mistakes from the desk: what was entered or decided wrongly."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.base.actor import Actor
from yimen.cases import actions
from yimen.channels.desk.acting import on_case
from yimen.channels.desk.door import case_page


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def void(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Declare an application void that was entered by mistake."""
    return on_case(
        request,
        actor,
        number,
        "void",
        lambda: actions.void_entry(actor, number, request.POST.get("reason", "")),
        lambda file: file.status.outcome == "voided",
        _("The entry is void. The applicant is told, with the reason."),
    )
