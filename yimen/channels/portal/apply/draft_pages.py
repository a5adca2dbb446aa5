"""Stopping and going on: the code for another device, what a new version changed, throwing away."""

from collections.abc import Iterable
from http import HTTPStatus
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.accounts.actions import keep_provisional
from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.cases import actions, queries
from yimen.cases.rules.drafts import changes
from yimen.cases.rules.errors import NotAllowed, NotFound
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city
from yimen.channels.portal.apply import kept
from yimen.channels.portal.apply.form import Form
from yimen.channels.portal.apply.opening import opened
from yimen.channels.portal.apply.starting import closed_page, declared
from yimen.channels.portal.private import personal_page, visitor
from yimen.channels.shared.components import FieldError
from yimen.channels.shared.errors import error_page


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Say how to go on later; a POST makes the code for another device."""
    form = opened(request, draft_id)
    if not isinstance(form, Form):
        return form
    if request.method == "POST" and not form.actor.identified:
        kept.keep_code(request, draft_id, actions.make_resume_code(form.actor, draft_id))
        return redirect("portal:save", draft_id)
    context = {
        "form": form,
        "service": form.service,
        "page_agency": form.city.agencies[form.service.agency],
        "code": kept.code_to_show(request, draft_id),
        "site": settings.SITE_URL,
        "signed_in": request.user.is_authenticated,
        "back": form.address("draft"),
    }
    return render(request, "portal/apply/save.html", context)


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """Ask for the code that was shown on the other device, and open the draft."""
    actor = visitor(request)
    if request.method != "POST":
        return _resume_page(request, actor)
    if not ratelimit.consume(request, action="resume_code"):
        return error_page(request, HTTPStatus.TOO_MANY_REQUESTS)
    try:
        draft = actions.resume_draft(actor, request.POST.get("code", ""))
    except NotFound:
        words = _("No draft has this code. Compare it with what you wrote down: twelve characters.")
        return _resume_page(request, actor, words)
    except NotAllowed:
        if actor.is_staff:
            raise
        words = _("This application was begun with a sign-in. Sign in, and it is in “My matters”.")
        return _resume_page(request, actor, words)
    if draft.person_id != actor.person_id:
        keep_provisional(request, draft.person_id)
    return redirect("portal:draft", draft.id)


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def changed(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Tell what a new version of the service changed; a POST goes on with it."""
    actor = visitor(request)
    draft = queries.draft(actor, draft_id)
    now = declared(draft.service.code)
    closed = closed_page(request, now)
    if closed is not None:
        return closed
    if not draft.is_outdated:
        return redirect("portal:draft", draft_id)
    if request.method == "POST":
        actions.upgrade_draft(actor, draft_id)
        return redirect("portal:draft", draft_id)
    told = changes(draft.service, now)
    context = {
        "service": now,
        "page_agency": current_city().agencies[now.agency],
        "added": _titles(now, told.added),
        "removed": _titles(draft.service, told.removed),
        "changed": _titles(now, told.changed),
        "conditions": _conditions(now, told.conditions),
        "conditions_removed": _conditions(draft.service, told.conditions_removed),
        "changes": told,
        "draft": draft,
    }
    return render(request, "portal/apply/changes.html", context)


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Ask whether a draft is to be thrown away, and do it."""
    actor = visitor(request)
    draft = queries.draft(actor, draft_id)
    if request.method == "POST":
        actions.discard_draft(actor, draft_id)
        return redirect("portal:mine")
    return render(request, "portal/apply/discard.html", {"draft": draft, "service": draft.service})


def _resume_page(request: HttpRequest, actor: Actor, error: str = "") -> HttpResponse:
    others = queries.drafts(actor) if actor.person_id and not actor.account_id else ()
    errors = [FieldError("code", error)] if error else []
    context = {"error": error, "errors": errors, "others": others}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "portal/apply/resume.html", context, status=status)


def _conditions(service: Service, keys: Iterable[str]) -> list[Text]:
    """Return what conditions say."""
    return [criterion.says for criterion in service.criteria if criterion.key in keys]


def _titles(service: Service, keys: Iterable[str]) -> list[Text]:
    """Return what questions and documents are called."""
    titles = []
    for key in keys:
        field, material = service.field_by_key(key), service.material_by_key(key)
        if field is not None:
            titles.append(field.label)
        elif material is not None:
            titles.append(material.title)
    return titles
