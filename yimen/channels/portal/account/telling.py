"""The page on which somebody says how they want to be told, and the number that short messages go to."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yimen.accounts.queries import actor_for
from yimen.base.text import Text
from yimen.catalogue.definition import FormField, Place
from yimen.catalogue.queries import current_city
from yimen.catalogue.rules import AnswerError, read_answer
from yimen.catalogue.types import FieldKind
from yimen.channels.shared.components import FieldError
from yimen.channels.shared.questions import Asked, question
from yimen.mailbox import actions, queries
from yimen.mailbox.rules import PhoneNotVerified, TooManyCodes, WrongPhoneCode, masked_phone
from yimen.mailbox.types import Way

_HERE = Place(__name__, 1)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def telling(request: HttpRequest) -> HttpResponse:
    """Show and change how the resident is told of messages."""
    actor = actor_for(request)
    if actor.is_staff:
        return redirect("account_home")
    if request.method == "POST":
        ways = {way for way in Way if request.POST.get(way.value)}
        try:
            actions.choose_ways(actor, ways)
        except PhoneNotVerified:
            return redirect("account_telling_number")
        return redirect(f"{request.path}?saved")
    chosen = queries.telling_of(actor)
    context = {
        "chosen": chosen,
        "phone": masked_phone(chosen.phone),
        "identified": actor.identified,
        "address": getattr(request.user, "email", ""),
        "unread_days": current_city().unread_days,
        "saved": "saved" in request.GET,
    }
    return render(request, "account/telling.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a telephone, and send a code to it."""
    actor, city = actor_for(request), current_city()
    if actor.is_staff:
        return redirect("account_home")
    field = FormField(
        key="phone",
        kind=FieldKind.PHONE,
        label=Text.of({"page": _("Number of your mobile telephone")}),
        place=_HERE,
        hint=Text.of({"page": _("We send a code to it, to see that it is yours.")}),
    )
    typed, wrong, refusal = request.POST.get("phone", ""), "", ""
    if request.method == "POST":
        answer = read_answer(field, typed, city)
        if isinstance(answer, AnswerError):
            wrong = answer.code
        else:
            try:
                actions.ask_phone_code(actor, str(answer))
            except TooManyCodes:
                refusal = _("You have asked for five codes today. Ask again tomorrow.")
            else:
                return redirect("account_telling_code")
    asked = question(Asked(field, answer=typed, error=wrong), city, actor.language)
    errors = [FieldError(asked.anchor, asked.error)] if asked.error else []
    errors += [FieldError("", refusal)] if refusal else []
    context = {"question": asked, "errors": errors}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "account/telling_number.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code that came to the telephone."""
    actor = actor_for(request)
    if actor.is_staff:
        return redirect("account_home")
    error = ""
    if request.method == "POST":
        try:
            actions.confirm_phone(actor, request.POST.get("code", ""))
        except WrongPhoneCode as wrong:
            error = _wrong_code(wrong.tries_left)
        else:
            return redirect("account_telling")
    errors = [FieldError("code", error)] if error else []
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    context = {"error": error, "errors": errors}
    return render(request, "account/telling_code.html", context, status=status)


def _wrong_code(tries_left: int) -> str:
    if tries_left == 0:
        return _("This code does not count, or counts no longer. Ask for a new one.")
    return _("The code is not right. Compare it with the message. Tries left: %(count)d.") % {
        "count": tries_left
    }
