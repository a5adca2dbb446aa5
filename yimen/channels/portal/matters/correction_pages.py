"""The applicant's turn: exactly what was asked for, and the form to send it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from http import HTTPStatus

from django.core.files.uploadedfile import UploadedFile as PostedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yimen.accounts.actions import keep_lost_post
from yimen.accounts.queries import take_lost_post
from yimen.base.actor import Actor
from yimen.cases import actions, queries
from yimen.cases.queries import CaseStatus, OwnApplication
from yimen.cases.rules.corrections import Wanted
from yimen.cases.rules.errors import (
    AnswersRefused,
    FileProblem,
    FileRefused,
    NotFound,
    UnknownItem,
)
from yimen.cases.types import UploadedFile
from yimen.catalogue.definition import FormField, Material
from yimen.catalogue.queries import current_city
from yimen.catalogue.rules import AnswerError, read_answer
from yimen.catalogue.types import AnswerCode
from yimen.channels.portal.matters.status_pages import resident
from yimen.channels.portal.matters.tickets import file_key
from yimen.channels.portal.private import personal_page
from yimen.channels.shared import sentences, wording
from yimen.channels.shared.components import FieldError, KeptFile, Question, Upload
from yimen.channels.shared.names import officer_words
from yimen.channels.shared.questions import Asked, posted_answer, question, upload


@dataclass(frozen=True)
class Turn:
    """What is asked of the applicant, with what was posted and added so far."""

    actor: Actor
    status: CaseStatus
    application: OwnApplication
    wanted: Wanted  # with the answers that were posted
    files: tuple[UploadedFile, ...]
    posted: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, AnswerError] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)  # sentences about files, by material
    lost: bool = False  # it was posted when the sign-in had ended

    @property
    def answers(self) -> dict[str, str]:
        """Return what was posted to the questions that are asked with it."""
        return {field.key: self.posted.get(field.key, "") for field in self.wanted.fields}

    @property
    def added(self) -> list[UploadedFile]:
        """Return the files of the documents that are asked for."""
        keys = {material.key for material in self.wanted.materials}
        return [file for file in self.files if file.material_key in keys]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing on the page: a question or a document, with the officer's sentence if asked."""

    key: str
    says: str
    question: Question | None = None
    upload: Upload | None = None


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is asked for; a POST sends it, and the clock runs again."""
    actor = resident(request)
    try:
        status = queries.status(actor, number)
    except NotFound:
        if request.method == "POST" and not request.user.is_authenticated:
            keep_lost_post(request)
        raise
    if status.your_turn is None:
        return redirect("portal:status", status.receipt_number)
    application = queries.own_application(actor, number)
    first = queries.wanted(actor, number, {})
    turn = Turn(actor, status, application, first, _kept_files(request, status))
    if request.method != "POST":
        return _page(request, _with_lost(request, turn))
    if "remove" in request.POST:
        kept = [f for f in turn.files if f.sha256 != request.POST["remove"]]
        _keep_files(request, status, kept)
        return redirect("portal:answer", status.receipt_number)
    return _send(request, _with_posted(request, turn), first.keys)


def _with_lost(request: HttpRequest, turn: Turn) -> Turn:
    """Return the turn with what was written before the sign-in ended, if anything was."""
    lost = take_lost_post(request, request.path)
    return turn if lost is None else replace(_with_answers(turn, lost), lost=True)


def _with_answers(turn: Turn, data: QueryDict) -> Turn:
    """Return the turn with the answers that came, and what they make necessary."""
    shown = turn.wanted.keys | set(data.getlist("shown"))
    fields = [field for field in turn.application.service.fields if field.key in shown]
    posted = {field.key: posted_answer(field, data) for field in fields}
    wanted = queries.wanted(turn.actor, turn.status.receipt_number, posted)
    return replace(turn, posted=posted, wanted=wanted)


def _with_posted(request: HttpRequest, turn: Turn) -> Turn:
    """Return the turn with the answers and files that came."""
    turn = _with_answers(turn, request.POST)
    files, refused = _added(request, turn)
    _keep_files(request, turn.status, files)
    return replace(turn, files=tuple(files), refused=refused)


def _send(request: HttpRequest, turn: Turn, first: Collection[str]) -> HttpResponse:
    """Send what came, or ask again: ``first`` was on the page before anything was answered."""
    opened = turn.wanted.keys.difference(first, request.POST.getlist("shown"))
    turn = replace(turn, errors={} if opened else _wrong(turn))
    if turn.refused or opened or turn.errors:
        return _page(request, turn)
    number = turn.status.receipt_number
    try:
        actions.answer_correction(turn.actor, number, turn.answers, turn.added)
    except AnswersRefused as error:
        return _page(request, replace(turn, errors=error.by_key))
    except (NotFound, UnknownItem):  # answered in another window, or taken back by the office
        return redirect("portal:status", number)
    _keep_files(request, turn.status, [])
    return redirect("portal:status", number)


def _wrong(turn: Turn) -> dict[str, AnswerError]:
    """Return everything that is wrong or missing at once, so that it is corrected at once."""
    city, answers = current_city(), turn.answers
    found = {f.key: read_answer(f, answers[f.key], city) for f in turn.wanted.fields}
    wrong = {key: value for key, value in found.items() if isinstance(value, AnswerError)}
    added = {file.material_key for file in turn.files}
    missing = [m.key for m in turn.wanted.materials if m.required and m.key not in added]
    return wrong | {key: AnswerError(key, AnswerCode.MATERIAL_MISSING) for key in missing}


def _added(request: HttpRequest, turn: Turn) -> tuple[list[UploadedFile], dict[str, str]]:
    """Store the files that came; return all there are, and a sentence for each refused one."""
    files, refused = list(turn.files), {}
    for material in turn.wanted.materials:
        for file in request.FILES.getlist(material.key):
            try:
                files.append(_stored(turn, material, files, file))
            except FileRefused as error:
                refused[material.key] = sentences.about_file(error, material)
    return files, refused


def _stored(
    turn: Turn, material: Material, there: list[UploadedFile], file: PostedFile[bytes]
) -> UploadedFile:
    name = file.name or ""
    if sum(f.material_key == material.key for f in there) >= material.max_files:
        raise FileRefused(FileProblem.TOO_MANY, name, limit=material.max_files)
    if file.file is None:
        raise FileRefused(FileProblem.EMPTY, name)
    number = turn.status.receipt_number
    return actions.store_correction_upload(turn.actor, number, material.key, name, file.file)


def _kept_files(request: HttpRequest, status: CaseStatus) -> tuple[UploadedFile, ...]:
    rows = request.session.get(file_key(status.receipt_number), [])
    return tuple(UploadedFile(**row) for row in rows)


def _keep_files(request: HttpRequest, status: CaseStatus, files: list[UploadedFile]) -> None:
    key = file_key(status.receipt_number)
    if files:
        request.session[key] = [asdict(file) for file in files]
    else:
        request.session.pop(key, None)


def _page(request: HttpRequest, turn: Turn) -> HttpResponse:
    asked = turn.status.your_turn
    says = {item.key: item.says for item in asked.items} if asked is not None else {}
    wanted = [
        Thing(f.key, says.get(f.key, ""), question=_question(turn, f)) for f in turn.wanted.fields
    ]
    wanted += [
        Thing(m.key, says.get(m.key, ""), upload=_upload(turn, m)) for m in turn.wanted.materials
    ]
    questions = [w.question for w in wanted if w.question is not None and w.question.error]
    errors = [FieldError(q.anchor, q.error) for q in questions]
    uploads = [w.upload for w in wanted if w.upload is not None and w.upload.error]
    errors += [FieldError(u.key, u.error) for u in uploads]
    city = current_city()
    language = turn.actor.language
    context = {
        "status": turn.status,
        "service": turn.status.service,
        "page_agency": city.agencies.get(turn.status.service.agency),
        "wanted": wanted,
        "errors": errors,
        "more": bool(turn.posted) and not errors and not turn.lost,
        "lost": turn.lost,
        "asked_by": officer_words(asked.officer, city, language) if asked is not None else "",
        "section": "mine",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "portal/matters/answer.html", context, status=status)


def _question(turn: Turn, field: FormField) -> Question:
    wrong = turn.errors.get(field.key)
    stored = turn.application.answers.get(field.key)
    return question(
        Asked(
            field,
            answer=turn.posted.get(field.key, stored),
            error=wrong.code if wrong is not None else "",
            bound=wrong.bound if wrong is not None else None,
        ),
        current_city(),
        turn.actor.language,
    )


def _upload(turn: Turn, material: Material) -> Upload:
    wrong = turn.errors.get(material.key)
    error = turn.refused.get(material.key, "")
    if wrong is not None and not error:
        error = sentences.about_material(wrong.code, material, turn.actor.language)
    files = tuple(
        KeptFile(file.name, wording.file_size(file.size), file.sha256)
        for file in turn.files
        if file.material_key == material.key
    )
    return upload(material, turn.actor.language, files=files, error=error)
