"""Before the form: what it asks for, for whom, and the beginning."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.accounts.actions import keep_provisional
from yimen.base.actor import Actor
from yimen.base.identifiers import normal_receipt_number
from yimen.cases import actions, queries
from yimen.cases.queries import DraftView
from yimen.cases.rules.errors import NotAllowed
from yimen.catalogue.definition import Material, Service
from yimen.catalogue.queries import current_city, is_open
from yimen.catalogue.types import ChannelKind, Subject
from yimen.channels.portal.apply import kept
from yimen.channels.portal.apply.criteria import has_criteria
from yimen.channels.portal.private import personal_page, too_much, visitor
from yimen.channels.shared.components import Choice, FieldError
from yimen.people.queries import organisations_of

NEW = "new"  # an organisation that is not registered yet


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation for which the visitor may apply."""

    id: UUID
    name: str


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Show what lies ahead; a POST begins the questions about the criteria, or the form."""
    actor, service = applicant(request), declared(code)
    closed = closed_page(request, service)
    if closed is not None:
        return closed
    if request.method != "POST":
        return _start_page(request, actor, service)
    choices = _organisations(actor, service)
    if choices and not _choose(request, service, choices):
        return _start_page(request, actor, service, _("Say for whom you apply. Choose one."))
    if request.POST.get("next") != "form" and has_criteria(service):
        return redirect("portal:criteria", service.code)
    return begin(request, actor, service)


@personal_page
@require_http_methods(["POST"])
def begin_form(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the form after the questions about the criteria, whatever they showed."""
    actor, service = applicant(request), declared(code)
    return closed_page(request, service) or begin(request, actor, service)


def applicant(request: HttpRequest) -> Actor:
    """Return who applies, or refuse staff: they apply for others, at the counter."""
    actor = visitor(request)
    if actor.is_staff:
        raise NotAllowed("apply")
    return actor


def declared(code: str) -> Service:
    """Return a service of the city; there is no page for any other."""
    service = current_city().services.get(code)
    if service is None:
        raise Http404
    return service


def closed_page(request: HttpRequest, service: Service) -> HttpResponse | None:
    """Answer the page that says where to go instead, when nobody can apply here; else None."""
    online = ChannelKind.PORTAL in service.channels
    if is_open(service) and online:
        return None
    agency = current_city().agencies[service.agency]
    context = {
        "service": service,
        "online": online,
        "agency": agency,
        "page_agency": agency,
        "drafts": _begun(visitor(request), service),
    }
    status = HTTPStatus.GONE if online else HTTPStatus.NOT_FOUND
    return render(request, "portal/apply/closed.html", context, status=status)


def begin(request: HttpRequest, actor: Actor, service: Service) -> HttpResponse:
    """Begin the form, once: pressing twice leads to the same one."""
    organisation = _chosen(request, actor, service)
    given = _given(request, service)
    for draft in _begun(actor, service):
        untouched = _is_untouched(draft) or (bool(given) and draft.answers == given)
        if draft.person_id == (organisation or actor.person_id) and untouched:
            _keep_given(actor, draft.id, given)
            return redirect("portal:draft", draft.id)
    if not ratelimit.consume(request, action="begin_form"):
        return too_much(request)
    draft = actions.start_draft(actor, service.code, person_id=organisation)
    if organisation is None and not actor.identified:
        keep_provisional(request, draft.person_id)
        actor = visitor(request)
    _keep_given(actor, draft.id, given)
    return redirect("portal:draft", draft.id)


def _given(request: HttpRequest, service: Service) -> dict[str, str]:
    """Return the case that the application contests, when the way here has named one."""
    number = normal_receipt_number(request.POST.get("case", ""))
    return {service.contests.key: number} if service.contests is not None and number else {}


def _keep_given(actor: Actor, draft_id: UUID, given: dict[str, str]) -> None:
    if given:
        actions.save_answers(actor, draft_id, given)


def subject_of(request: HttpRequest, actor: Actor, service: Service) -> UUID | None:
    """Return whose records tell about the criteria; None for who is not identified."""
    if not actor.identified:
        return None
    return _chosen(request, actor, service) or actor.person_id


def _start_page(
    request: HttpRequest, actor: Actor, service: Service, error: str = ""
) -> HttpResponse:
    agency = current_city().agencies[service.agency]
    context = {
        "service": service,
        "page_agency": agency,
        "questions": sum(field.when is None for field in service.fields),
        "to_bring": _to_bring(actor, service),
        "begun": [draft for draft in _begun(actor, service) if not _is_untouched(draft)],
        "choices": _choices(request, actor, service),
        "has_criteria": has_criteria(service),
        "identified": actor.identified,
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "contested": request.POST.get("case", request.GET.get("case", "")),
        "errors": [FieldError("for-0", error)] if error else [],
        "error": error,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "portal/apply/start.html", context, status=status)


def _to_bring(actor: Actor, service: Service) -> list[Material]:
    """Return the documents to have at hand: for identified people not those on record."""
    on_record = queries.stands_in(actor, service) if actor.identified else {}
    return [m for m in service.materials if m.key not in on_record]


def _begun(actor: Actor, service: Service) -> list[DraftView]:
    if actor.person_id is None:
        return []
    return [draft for draft in queries.drafts(actor) if draft.service.code == service.code]


def _is_untouched(draft: DraftView) -> bool:
    return not draft.answers and not draft.files and not draft.is_outdated


def _organisations(actor: Actor, service: Service) -> tuple[Organisation, ...]:
    if service.subject is not Subject.ORGANISATION:
        return ()
    return tuple(Organisation(found.pk, found.name) for found in organisations_of(actor))


def _choices(request: HttpRequest, actor: Actor, service: Service) -> tuple[Choice, ...]:
    """Return for whom one can apply; nothing to choose without an organisation."""
    organisations = _organisations(actor, service)
    if not organisations:
        return ()
    chosen = kept.applying_for(request, service.code)
    named = [(str(o.id), o.name, o.id == chosen) for o in organisations]
    named.append((NEW, _("One that is not in this list"), False))
    return tuple(
        Choice(value, label, is_chosen, f"for-{number}")
        for number, (value, label, is_chosen) in enumerate(named)
    )


def _choose(
    request: HttpRequest, service: Service, organisations: tuple[Organisation, ...]
) -> bool:
    """Keep for whom the visitor applies; False when nothing that is offered was chosen."""
    posted = request.POST.get("for", "")
    found = next((o.id for o in organisations if str(o.id) == posted), None)
    if found is None and posted != NEW:
        return False
    if found != kept.applying_for(request, service.code):
        kept.keep_told(request, service.code, {})  # it was told about another one
    kept.keep_applying_for(request, service.code, found)
    return True


def _chosen(request: HttpRequest, actor: Actor, service: Service) -> UUID | None:
    """Return the organisation that was chosen, while it is still one of the visitor's."""
    chosen = kept.applying_for(request, service.code)
    if chosen is None:
        return None
    return next((o.id for o in _organisations(actor, service) if o.id == chosen), None)
