"""The form: one question a page, answered, confirmed or corrected."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.cases import actions
from yimen.cases.rules.errors import AnswersTooLarge, NotFound
from yimen.catalogue.definition import FormField
from yimen.catalogue.rules import AnswerError, read_answer
from yimen.catalogue.types import AnswerCode
from yimen.channels.portal.apply import kept
from yimen.channels.portal.apply.criteria import known_value
from yimen.channels.portal.apply.form import FROM_CHECK, Form
from yimen.channels.portal.apply.opening import open_form, opened
from yimen.channels.portal.private import personal_page
from yimen.channels.shared.components import FieldError
from yimen.channels.shared.questions import Asked, posted_answer, question


@personal_page
@require_safe
def go_on(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Lead to the first thing that is open."""
    form = opened(request, draft_id)
    return redirect(form.go_on()) if isinstance(form, Form) else form


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, draft_id: UUID, key: str) -> HttpResponse:
    """Ask one question; a POST keeps the answer and goes on."""
    try:
        form = opened(request, draft_id)
    except NotFound:
        if request.method == "POST" and not request.user.is_authenticated:
            kept.keep_lost_answer(request, draft_id, key)
        raise
    if not isinstance(form, Form):
        return form
    field = form.field(key)
    if field is None:  # an earlier answer was changed, and with it what is asked
        return redirect(form.address("draft"))
    if request.method != "POST":
        return _page(request, form, _asked(request, form, field))
    return _answer(request, form, field)


def _answer(request: HttpRequest, form: Form, field: FormField) -> HttpResponse:
    posted = posted_answer(field, request.POST)
    value = read_answer(field, posted, form.city)
    if isinstance(value, AnswerError):
        return _page(request, form, _wrong(field, posted, value))
    try:
        # An empty answer is kept too: the question was seen, and need not be answered.
        actions.save_answers(form.actor, form.draft.id, {field.key: "" if value is None else value})
    except AnswersTooLarge:
        too_long = AnswerError(field.key, AnswerCode.TOO_LONG)
        return _page(request, form, _wrong(field, posted, too_long))
    kept.forget_lost_answer(request)
    came_from = request.POST.get("from", "")
    return redirect(open_form(form.actor, form.draft.id).after_question(field.key, came_from))


def _wrong(field: FormField, posted: str, error: AnswerError) -> Asked:
    return Asked(field, answer=posted, error=error.code, bound=error.bound, heading=True)


def _asked(request: HttpRequest, form: Form, field: FormField) -> Asked:
    """Return the question with its answer, or with what is known of it already."""
    asked = Asked(field, heading=True)
    lost = kept.lost_answer(request, form.draft.id, field.key)
    if lost is not None:
        words = _("This is what you wrote before your sign-in ended. Look it over and go on.")
        return replace(asked, answer=posted_answer(field, lost), kept_note=words)
    if field.key in form.draft.answers:
        return replace(asked, answer=form.draft.answers[field.key])
    told = kept.told(request, form.service.code)
    values = {name: known_value(name, raw, form.city) for name, raw in told.items()}
    proposal = form.proposal(field, values)
    if proposal is None:
        return asked
    return replace(asked, answer=proposal.value, kept_note=proposal.note)


def _page(request: HttpRequest, form: Form, asked: Asked) -> HttpResponse:
    came_from = request.POST.get("from") or request.GET.get("from", "")
    shown = question(asked, form.city, form.actor.language)
    errors = [FieldError(shown.anchor, shown.error)] if shown.error else []
    key = asked.field.key
    context = {
        "form": form,
        "service": form.service,
        "page_agency": form.city.agencies[form.service.agency],
        "question": shown,
        "errors": errors,
        "number": form.number_of(key),
        "about": form.steps,
        "came_from": came_from if came_from == FROM_CHECK else "",
        "back": form.before_question(key, came_from),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "portal/apply/question.html", context, status=status)
