"""Opening a form: the actor's own, of the version in force; what was sent leads to its receipt."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yimen.base.actor import Actor
from yimen.cases import queries
from yimen.cases.rules.errors import NotFound
from yimen.catalogue.queries import current_city
from yimen.channels.portal.apply.form import Form
from yimen.channels.portal.apply.starting import closed_page
from yimen.channels.portal.private import visitor


def open_form(actor: Actor, draft_id: UUID) -> Form:
    """Return a draft of the actor's as a form, or refuse with `NotFound`."""
    return Form(actor, queries.draft(actor, draft_id), current_city())


def opened(request: HttpRequest, draft_id: UUID) -> Form | HttpResponse:
    """Return the form, or the page that comes before it.

    That is the receipt when the form was sent, the page of what changed when the service has a
    new version, and the page of a closed service.
    """
    actor = visitor(request)
    try:
        form = open_form(actor, draft_id)
    except NotFound:
        receipt = queries.receipt_of_draft(actor, draft_id)
        if receipt is None:
            raise
        return redirect("portal:receipt", receipt)
    if form.draft.is_outdated:
        return redirect("portal:changes", draft_id)
    current = current_city().services[form.service.code]
    return closed_page(request, current) or form
