"""Being away: who stands in, from when until when."""

from datetime import date

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimen.accounts import actions
from yimen.accounts.queries import absences_of, city_today, staff_of
from yimen.accounts.rules import AccountsError, BadDays, BadDelegation, NotAllowed
from yimen.base.actor import Actor
from yimen.catalogue.queries import current_city
from yimen.channels.desk import notes
from yimen.channels.desk.door import staff_page
from yimen.channels.desk.listing import listing_of
from yimen.channels.desk.names import role
from yimen.channels.desk.notes import Note
from yimen.channels.desk.pages import desk_response, page_language
from yimen.channels.desk.refusals import sentence, status_of
from yimen.channels.shared.components import Choice, FieldError

DELEGATE_FOR_OTHERS = "case.delegate"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def absences(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the absences that concern the officer; enter one."""
    if request.method != "POST":
        notes.keep_lost(request)
        return _page(request, actor, None)
    try:
        absence = _enter(request, actor)
    except AccountsError as error:
        return _page(request, actor, error)
    undo = reverse("desk:withdraw", args=[absence])
    said = _("Entered: your colleague acts in these posts on the days of the absence.")
    notes.keep(request, Note(said, undo=undo, undo_label=_("Take it back")))
    return HttpResponseRedirect(reverse("desk:absences"))


def _enter(request: HttpRequest, actor: Actor) -> int:
    posted = request.POST
    absence = actions.set_absence(
        actor,
        _account(posted.get("account", "")) or actor.account_id or 0,
        delegate_id=_account(posted.get("delegate", "")),
        from_day=_day(posted.get("from", "")),
        until_day=_day(posted.get("until", "")),
    )
    return int(absence.pk)


def _account(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadDays from None


def _page(request: HttpRequest, actor: Actor, error: AccountsError | None) -> HttpResponse:
    city, language = current_city(), page_language()
    posted = request.POST
    delegate = posted.get("delegate", "")
    context: dict[str, object] = {
        "absences": absences_of(actor),
        "away": _away(actor, language, posted.get("account", "")),
        "delegates": _delegates(actor, language, delegate),
        "from_day": posted.get("from", city_today().isoformat()),
        "until_day": posted.get("until", ""),
        "errors": (),
    }
    listing = listing_of(request.GET, city)
    if error is None:
        return desk_response(request, actor, "desk/absences.html", context, listing=listing)
    said = sentence(error, city, language)
    context["errors"] = (FieldError(_anchor(error), said),)
    return desk_response(
        request,
        actor,
        "desk/absences.html",
        context,
        listing=listing,
        status=status_of(error),
    )


def _anchor(error: AccountsError) -> str:
    anchors: dict[type[AccountsError], str] = {
        BadDays: "until",
        BadDelegation: "delegate",
        NotAllowed: "account",
    }
    return anchors.get(type(error), "delegate")


def _colleagues(actor: Actor, agencies: frozenset[str], language: str) -> dict[int, str]:
    """Return the officers of some agencies by account: office number, name, role."""
    city = current_city()
    found: dict[int, str] = {}
    for agency in sorted(agencies):
        for post in staff_of(actor, agency):
            title = role(post.role, city, language)
            name = f"{post.office_number} {post.account.first_name} · {title}"
            found.setdefault(post.account_id, name)
    return found


def _own_agencies(actor: Actor) -> frozenset[str]:
    return frozenset(p.agency for p in actor.posts if p.acting_for_account is None)


def _away(actor: Actor, language: str, chosen: str) -> tuple[Choice, ...]:
    """Return for whom an absence can be entered: oneself, and for a head the colleagues."""
    others = _colleagues(actor, actor.agencies_with(DELEGATE_FOR_OTHERS), language)
    others.pop(actor.account_id or 0, None)
    if not others:
        return ()
    return tuple(
        Choice(str(account) if account else "", name, (str(account) if account else "") == chosen)
        for account, name in {0: _("Myself"), **others}.items()
    )


def _delegates(actor: Actor, language: str, chosen: str) -> tuple[Choice, ...]:
    found = _colleagues(actor, _own_agencies(actor), language)
    if not actor.agencies_with(DELEGATE_FOR_OTHERS):
        found.pop(actor.account_id or 0, None)
    return tuple(Choice(str(a), name, str(a) == chosen) for a, name in found.items())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def withdraw(request: HttpRequest, actor: Actor, absence_id: int) -> HttpResponse:
    """Take an absence back."""
    if request.method == "POST":
        try:
            actions.withdraw_absence(actor, absence_id)
        except (ObjectDoesNotExist, NotAllowed):
            raise Http404 from None
        notes.keep(request, Note(_("The absence was taken back. Nobody stands in any more.")))
    else:
        notes.keep_lost(request)
    return HttpResponseRedirect(reverse("desk:absences"))
