"""The documents of a form: what is needed, what the city has already, and adding them one by one."""

from http import HTTPStatus
from uuid import UUID

from allauth.core import ratelimit
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from yimen.cases import actions
from yimen.cases.rules.errors import FileRefused, NotFound
from yimen.catalogue.definition import Material
from yimen.catalogue.types import AnswerCode
from yimen.channels.portal.apply.form import Form
from yimen.channels.portal.apply.opening import open_form, opened
from yimen.channels.portal.files import answer_upload
from yimen.channels.portal.private import personal_page, too_much
from yimen.channels.shared import sentences, wording
from yimen.channels.shared.components import FieldError, KeptFile
from yimen.channels.shared.questions import upload


@personal_page
@require_safe
def documents(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """List what is to be added, what was, and what the city has already."""
    form = opened(request, draft_id)
    if not isinstance(form, Form):
        return form
    fields = form.fields
    context = {
        "form": form,
        "service": form.service,
        "page_agency": form.city.agencies[form.service.agency],
        "to_add": [(m, form.files_of(m.key), form.address("document", m.key)) for m in form.to_add],
        "on_record": [
            (m, form.source_words(form.on_record[m.key]), form.address("document", m.key))
            for m in form.materials
            if m.key in form.on_record
        ],
        "next": form.after_documents(),
        "back": form.question_address(fields[-1].key) if fields else form.address("draft"),
    }
    return render(request, "portal/apply/documents.html", context)


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, draft_id: UUID, key: str) -> HttpResponse:
    """Add files of one document, or take them away."""
    form = opened(request, draft_id)
    if not isinstance(form, Form):
        return form
    material = form.material(key)
    if material is None:
        return redirect(form.address("documents"))
    if request.method != "POST":
        return _page(request, form, material)
    if "remove" in request.POST:
        return _remove(request, form, material)
    return _add(request, form, material)


@personal_page
@require_safe
def draft_file(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponseBase:
    """Answer a file that was added, to look at it once more."""
    form = opened(request, draft_id)
    if not isinstance(form, Form):
        return form
    found = next((file for file in form.draft.files if file.id == file_id), None)
    if found is None:
        raise Http404
    return answer_upload(found.sha256, found.name, found.media_type)


def _add(request: HttpRequest, form: Form, material: Material) -> HttpResponse:
    added = 0
    try:
        for file in request.FILES.getlist(material.key):
            if not ratelimit.consume(request, action="add_file"):
                return too_much(request)
            _attach(form, material, file)
            added += 1
    except FileRefused as refused:
        return _page(request, form, material, sentences.about_file(refused, material))
    if request.POST.get("next") == "more":
        return redirect(form.address("document", material.key))
    missing = material.required and material.key not in form.on_record
    if missing and not added and not form.files_of(material.key):
        code = AnswerCode.MATERIAL_MISSING
        sentence = sentences.about_material(code, material, form.actor.language)
        return _page(request, form, material, sentence)
    return redirect(form.after_documents(material.key))


def _attach(form: Form, material: Material, file: UploadedFile[bytes]) -> None:
    if file.file is None:
        raise NotFound
    actions.attach(form.actor, form.draft.id, material.key, file.name or "", file.file)


def _remove(request: HttpRequest, form: Form, material: Material) -> HttpResponse:
    try:
        file_id = UUID(request.POST["remove"])
    except ValueError:
        raise Http404 from None
    if any(file.id == file_id for file in form.files_of(material.key)):
        actions.remove_attachment(form.actor, form.draft.id, file_id)
    return redirect(form.address("document", material.key))


def _page(request: HttpRequest, form: Form, material: Material, error: str = "") -> HttpResponse:
    if error:  # files before the refused one were kept
        form = open_form(form.actor, form.draft.id)
    shown = upload(
        material,
        form.actor.language,
        files=tuple(
            KeptFile(file.name, wording.file_size(file.size), str(file.id))
            for file in form.files_of(material.key)
        ),
        error=error,
        heading=True,
    )
    context = {
        "form": form,
        "service": form.service,
        "page_agency": form.city.agencies[form.service.agency],
        "asked": shown,
        "errors": [FieldError(material.key, error)] if error else [],
        "record": _record_words(form, material),
        "number": form.number_of(material.key),
        "about": form.steps,
        "back": form.address("documents"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "portal/apply/document.html", context, status=status)


def _record_words(form: Form, material: Material) -> str:
    source = form.on_record.get(material.key)
    return form.source_words(source) if source is not None else ""
