"""Mending mistakes from the desk: what was entered or decided wrongly."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.base.actor import Actor
from yimen.cases import actions
from yimen.cases.queries import CaseFileView
from yimen.cases.types import Outcome
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


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def revoke(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Take back an approval."""
    posted = request.POST
    reason, law = posted.get("reason", ""), posted.get("law", "")
    return on_case(
        request,
        actor,
        number,
        "revoke",
        lambda: actions.revoke(actor, number, _decision(request), reason, law),
        lambda file: _is_mine(file, actor, Outcome.REVOKED, reason),
        _("The approval is revoked. The applicant is told, with the reason and the remedies."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def correct(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Put a right decision in the place of a wrong one."""
    posted = request.POST
    outcome, reason, law = (posted.get(name, "") for name in ("outcome", "reason", "law"))
    return on_case(
        request,
        actor,
        number,
        "correct",
        lambda: actions.correct_decision(actor, number, _decision(request), outcome, reason, law),
        lambda file: _is_mine(file, actor, outcome, reason),
        _("The decision is corrected. The applicant is told, and the new paper is being made."),
    )


def _decision(request: HttpRequest) -> UUID:
    """Return the decision that stood on the page; one that is none is never in force."""
    try:
        return UUID(request.POST.get("decision", ""))
    except ValueError:
        return UUID(int=0)


def _is_mine(file: CaseFileView, actor: Actor, outcome: str, reason: str) -> bool:
    """Say whether the decision in force is what this officer has sent before: a double click."""
    decided = file.status.decision
    return decided is not None and (decided.decided_by, decided.outcome, decided.reason) == (
        actor.account_id,
        outcome,
        reason.strip(),
    )
