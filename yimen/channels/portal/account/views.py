"""What a signed-in resident sees of the account itself."""

from http import HTTPStatus

from allauth.account.models import EmailAddress
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yimen.accounts.queries import actor_for, has_second_factor
from yimen.accounts.rules import AlreadyTied
from yimen.base.actor import Actor
from yimen.base.identifiers import mask_id_number
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.channels.portal.account.wish import Wish, read_wish, wish_questions
from yimen.channels.shared.components import FieldError, SummaryRow
from yimen.people import actions, queries
from yimen.people.rules import TooManyRequests, WrongCode
from yimen.people.types import NO_PURPOSE


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the account: whose it is, how to sign in, what can be done."""
    actor = actor_for(request)
    context = {"rows": _rows(request, actor), "actor": actor, "state": queries.tie_state(actor)}
    return render(request, "account/home.html", context)


def _rows(request: HttpRequest, actor: Actor) -> list[SummaryRow]:
    address = EmailAddress.objects.get_primary_email(request.user) or ""
    factor = _("Set up") if has_second_factor(actor.account_id or 0) else _("Not set up")
    rows = [SummaryRow(_("E-mail address"), address), SummaryRow(_("Second factor"), factor)]
    if actor.person_id is not None and actor.identified:
        found = queries.person(actor, actor.person_id, NO_PURPOSE)
        if found is not None:
            rows.insert(0, SummaryRow(_("Identity number"), mask_id_number(found.number)))
            rows.insert(0, SummaryRow(_("Name"), found.name))
    return rows


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tie(request: HttpRequest) -> HttpResponse:
    """Ask for a code by post. The answer is the same whoever is named."""
    actor, city = actor_for(request), current_city()
    if actor.identified or actor.is_staff:
        return redirect("account_home")
    if request.method != "POST":
        return _wish_page(request, Wish(), city, actor)
    wish = read_wish(request.POST, city)
    if wish.errors:
        return _wish_page(request, wish, city, actor)
    try:
        actions.request_tie(actor, name=wish.name, birth_date=wish.birth_date, number=wish.number)
    except TooManyRequests:
        sentence = _("You have asked for three codes today. Ask again tomorrow.")
        return _wish_page(request, wish, city, actor, refusal=sentence)
    return redirect("account_tie_code")


def _wish_page(
    request: HttpRequest, wish: Wish, city: City, actor: Actor, refusal: str = ""
) -> HttpResponse:
    questions = wish_questions(wish, city, actor.language)
    errors = [FieldError(q.anchor, q.error) for q in questions if q.error]
    if refusal:
        errors.append(FieldError("", refusal))
    context = {"questions": questions, "errors": errors, "state": queries.tie_state(actor)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "account/tie.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tie_code(request: HttpRequest) -> HttpResponse:
    """Take the code that came by post, and tie the account to its person."""
    actor = actor_for(request)
    if actor.identified or actor.is_staff:
        return redirect("account_home")
    error, typed = "", request.POST.get("code", "")
    if request.method == "POST":
        try:
            actions.confirm_tie(actor, typed)
        except WrongCode as wrong:
            error = _wrong_code(wrong.tries_left)
        except AlreadyTied:
            error = _(
                "You have another account that is tied to you already. Sign in with that one, or "
                "ask at your neighbourhood office."
            )
        else:
            return redirect("account_home")
    context = {
        "state": queries.tie_state(actor),
        "error": error,
        "errors": [FieldError("code", error)] if error else [],
        "typed": typed,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "account/tie_code.html", context, status=status)


def _wrong_code(tries_left: int) -> str:
    if tries_left == 0:
        return _("This code does not count, or counts no longer. Ask for a new letter.")
    return _("The code is not right. Compare it with the letter. Tries left: %(count)d.") % {
        "count": tries_left
    }
