"""All matters of one's own on one page: what waits for one, applications, drafts, messages."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from yimen.accounts.queries import lost_post_waits
from yimen.cases import queries
from yimen.cases.queries import CaseSummary
from yimen.channels.portal.apply.kept import has_lost_answer
from yimen.channels.portal.matters.status_pages import resident
from yimen.channels.portal.matters.tickets import as_uuid
from yimen.channels.portal.matters.words import state_words
from yimen.channels.portal.private import personal_page
from yimen.channels.shared.due_words import left_words
from yimen.mailbox.queries import unread_count

_PAGE = 50  # as many as `cases_of` answers at once


@personal_page
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the visitor has sent, begun and received."""
    actor = resident(request)
    before = as_uuid(request.GET.get("before", ""))
    cases = queries.cases_of(actor, before) if actor.person_id is not None else ()
    context = {
        "actor": actor,
        "applications": [_row(case) for case in cases],
        "more": cases[-1].id if len(cases) == _PAGE else None,
        "continued": before is not None,
        "drafts": queries.drafts(actor) if actor.person_id is not None else (),
        "unread": unread_count(actor) if actor.person_id is not None else 0,
        "section": "mine",
    }
    return render(request, "portal/matters/mine.html", context)


@personal_page
@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the visitor on this device: for who used somebody else's."""
    if not request.user.is_authenticated:
        request.session.flush()
    return redirect("portal:home")


@personal_page
@require_safe
def ways_in(request: HttpRequest) -> HttpResponse:
    """Say how a page of one person can be opened by that person, the same for every address."""
    address = _own_address(request)
    if request.user.is_authenticated:
        return redirect(address or "portal:mine")
    form = "/drafts/" in address
    context = {
        "next": address,
        "form": form,
        "answer_kept": (form and has_lost_answer(request)) or lost_post_waits(request, address),
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': address})}",
    }
    return render(request, "portal/matters/ways_in.html", context)


def _own_address(request: HttpRequest) -> str:
    """Return the address to come back to, when it is one of this site's."""
    address = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours and address.startswith("/") else ""


def _row(case: CaseSummary) -> dict[str, object]:
    word, kind = state_words(case.state, case.outcome)
    is_open = case.closed_at is None
    return {
        "case": case,
        "word": word,
        "kind": kind,
        "left": left_words(case.left) if is_open and not case.your_turn else "",
    }
