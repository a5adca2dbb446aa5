"""The end of the form: check the answers, declare, send."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.base.actor import Actor
from yimen.cases import actions, queries
from yimen.cases.queries import Prefilled
from yimen.cases.rules.errors import (
    AnswersRefused,
    ChannelNotOffered,
    DraftOutdated,
    FileRefused,
    NotFound,
    ServiceClosed,
    UnknownService,
)
from yimen.catalogue.definition import FormField, Material
from yimen.catalogue.rules import AnswerError
from yimen.channels.portal.apply import kept
from yimen.channels.portal.apply.form import FROM_CHECK, Form
from yimen.channels.portal.apply.opening import opened
from yimen.channels.portal.apply.starting import closed_page, declared
from yimen.channels.portal.private import personal_page, visitor
from yimen.channels.shared import sentences
from yimen.channels.shared.components import Crumb, FieldError, SummaryRow
from yimen.channels.shared.questions import posted_text, shown_answer


@personal_page
@require_safe
def check_answers(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show everything once more, each with its way to change it, and what is still open."""
    form = opened(request, draft_id)
    if not isinstance(form, Form):
        return form
    recorded = queries.prefilled(form.actor, form.service, form.draft.person_id)
    context = {
        "form": form,
        "service": form.service,
        "page_agency": form.city.agencies[form.service.agency],
        "answers": [_answer_row(form, field, recorded) for field in form.fields],
        "documents": [_document_row(form, material) for material in form.materials],
        "open_points": [_open_point(form, error) for error in form.read.errors],
        "back": _before_check(form),
    }
    return render(request, "portal/apply/check_answers.html", context)


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Ask for the declaration; a POST with it sends the application, once."""
    if request.method == "POST" and request.POST.get("declared") == "yes":
        return _send(request, visitor(request), draft_id)
    form = opened(request, draft_id)
    if not isinstance(form, Form):
        return form
    if form.read.errors:
        return redirect(form.address("check_answers"))
    return _declaration(request, form, missing=request.method == "POST")


def _send(request: HttpRequest, actor: Actor, draft_id: UUID) -> HttpResponse:
    try:
        receipt = actions.submit(actor, draft_id, "")
    except NotFound:  # sent before signing in, then once more
        number = queries.receipt_of_draft(actor, draft_id)
        if number is None:
            raise
        return redirect("portal:receipt", number)
    except DraftOutdated:
        return redirect("portal:changes", draft_id)
    except (AnswersRefused, FileRefused):
        return redirect("portal:check_answers", draft_id)
    except (ServiceClosed, ChannelNotOffered, UnknownService) as closed:
        return closed_page(request, declared(closed.code)) or redirect("portal:mine")
    kept.keep_told(request, receipt.service_code, {})
    return redirect("portal:receipt", receipt.receipt_number)


def _declaration(request: HttpRequest, form: Form, *, missing: bool) -> HttpResponse:
    error = _("Tick the box to send the application.") if missing else ""
    service = form.service
    codes = dict.fromkeys((service.agency, *service.bindings.values()))
    context = {
        "form": form,
        "service": service,
        "page_agency": form.city.agencies[service.agency],
        "agencies": [form.city.agencies[code].title for code in codes],
        "error": error,
        "errors": [FieldError("declared", error)] if error else [],
        "back": form.address("check_answers"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "portal/apply/declare.html", context, status=status)


def _answer_row(form: Form, field: FormField, recorded: dict[str, Prefilled]) -> SummaryRow:
    answer = form.draft.answers.get(field.key)
    language = form.actor.language
    held = recorded.get(field.key)
    same = held is not None and posted_text(field, held.value) == posted_text(field, answer)
    return SummaryRow(
        key=field.label[language],
        value=shown_answer(field, answer, form.city, language),
        change_url=form.question_address(field.key, FROM_CHECK),
        note=form.source_words(held.source) if held is not None and same else "",
    )


def _document_row(form: Form, material: Material) -> SummaryRow:
    files = form.files_of(material.key)
    source = form.on_record.get(material.key)
    value, note = "\n".join(file.name for file in files), ""
    if not files and source is not None:
        value, note = _("Not needed: the city has it"), form.source_words(source)
    return SummaryRow(
        key=material.title[form.actor.language],
        value=value or _("No file"),
        change_url=form.address("document", material.key),
        note=note,
    )


def _open_point(form: Form, error: AnswerError) -> Crumb:
    """Return what is still open, with the page on which it is settled."""
    field = form.service.field_by_key(error.key)
    material = form.service.material_by_key(error.key)
    language = form.actor.language
    if field is not None:
        sentence = sentences.about_field(error.code, field, language, error.bound)
        return Crumb(sentence, form.question_address(field.key, FROM_CHECK))
    if material is not None:
        sentence = sentences.about_material(error.code, material, language)
        return Crumb(sentence, form.address("document", material.key))
    return Crumb(sentences.about_unknown_field(error.key), form.address("draft"))


def _before_check(form: Form) -> str:
    if form.materials:
        return form.address("documents")
    return form.question_address(form.fields[-1].key) if form.fields else form.address("draft")
