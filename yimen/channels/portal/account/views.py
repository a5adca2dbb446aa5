"""What a signed-in resident sees of the account itself."""

from http import HTTPStatus

from allauth.account.models import EmailAddress
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yimen.accounts.queries import actor_for, has_second_factor
from yimen.accounts.rules import AlreadyTied
from yimen.base.actor import Actor
from yimen.base.identifiers import mask_id_number
from yimen.base.text import Text
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.channels.portal.account.wish import Wish, read_wish, wish_questions
from yimen.channels.shared.components import FieldError, SummaryRow
from yimen.people import actions, queries
from yimen.people.rules import TooManyRequests, WrongCode
from yimen.people.types import Reading, RegisterField

READINGS_ON_A_PAGE = 20
OWN = "own"  # the purpose of reading one's own record: never an entry


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
        found = queries.person(actor, actor.person_id, OWN)
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
    error = ""
    if request.method == "POST":
        try:
            actions.confirm_tie(actor, request.POST.get("code", ""))
        except WrongCode as wrong:
            error = _wrong_code(wrong.tries_left)
        except AlreadyTied:
            error = _(
                "You have another account that is tied to you already. Sign in with that one, or "
                "ask at your neighbourhood office."
            )
        else:
            return redirect("account_home")
    context = {"state": queries.tie_state(actor), "error": error}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "account/tie_code.html", context, status=status)


def _wrong_code(tries_left: int) -> str:
    if tries_left == 0:
        return _("This code does not count, or counts no longer. Ask for a new letter.")
    return _("The code is not right. Compare it with the letter. Tries left: %(count)d.") % {
        "count": tries_left
    }


@never_cache
@login_required
@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """Show who read what about the person, and why; newest first."""
    actor, city = actor_for(request), current_city()
    pages = Paginator(queries.readings_of(actor), READINGS_ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "entries": [_shown(reading, city) for reading in page],
        "page": page,
        "identified": actor.identified,
    }
    return render(request, "account/readings.html", context)


def _shown(reading: Reading, city: City) -> dict[str, object]:
    data_set = city.data_sets.get(reading.data_set)
    agency = city.agencies.get(reading.agency)
    labels = {f.key: f.label for f in data_set.fields} if data_set is not None else _register()
    register = Text.of({"page": _("Register of residents")})
    return {
        "at": reading.at,
        "agency": agency.title if agency is not None else None,
        "office": reading.office_number,
        "data_set": data_set.title if data_set is not None else register,
        # A field that the city has dropped since is shown by its key: nothing read is hidden.
        "fields": [labels.get(key) or Text.of({"page": key}) for key in reading.fields],
        "purpose": reading.purpose,
    }


def _register() -> dict[str, Text]:
    """Return what the register of persons says of somebody, in the language of the page."""
    words = {
        RegisterField.NAME: _("Name"),
        RegisterField.NUMBER: _("Identity number"),
        RegisterField.BIRTH_DATE: _("Date of birth"),
        RegisterField.AGE: _("Age"),
        RegisterField.SEX: _("Sex"),
        RegisterField.CATEGORY: _("Kind of registration"),
        RegisterField.DISTRICT: _("District"),
        RegisterField.DIVISION: _("Neighbourhood"),
        RegisterField.ADDRESS: _("Address"),
        RegisterField.PHONE: _("Telephone"),
    }
    return {field: Text.of({"page": word}) for field, word in words.items()}
