"""Refusals as problem details (RFC 9457): a type, a status, and a sentence for people."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from yimen.cases.rules.errors import (
    AnswersRefused,
    AnswersTooLarge,
    BadKey,
    CasesError,
    ChannelNotOffered,
    FileProblem,
    FileRefused,
    KeyReused,
    NotAllowed,
    NotFound,
    ServiceClosed,
    UnknownMaterial,
    UnknownService,
)
from yimen.catalogue.definition import Material, Service
from yimen.catalogue.rules import AnswerError
from yimen.channels.shared.error_record import record, stamp
from yimen.channels.shared.sentences import (
    about_field,
    about_file,
    about_material,
    about_unknown_field,
)

_FILE_STATUS = {
    FileProblem.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FileProblem.BOMB: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FileProblem.TOO_MUCH: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FileProblem.TOO_MANY: HTTPStatus.UNPROCESSABLE_ENTITY,
}

Answer = Callable[[HttpRequest, Any], HttpResponse]

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:yimen:problem:"


class ServiceAnswersRefused(Exception):
    """Answers were refused; the service is kept to make the sentences from its declaration."""

    def __init__(self, service: Service, refused: AnswersRefused) -> None:
        super().__init__(service.code)
        self.service = service
        self.errors = refused.errors


class MaterialFileRefused(Exception):
    """A file was refused; the material is kept to make the sentence."""

    def __init__(self, refused: FileRefused, material: Material | None) -> None:
        super().__init__(refused.name)
        self.refused = refused
        self.material = material


class FileTokenRefused(Exception):
    """A token names no file that this account stored within a day."""


def problem(status: HTTPStatus, kind: str, detail: str, **members: object) -> HttpResponse:
    """Return a problem details answer."""
    body = {"type": _TYPE + kind, "title": status.phrase, "status": status.value, "detail": detail}
    return JsonResponse({**body, **members}, status=status, content_type=MEDIA_TYPE)


def register(api: NinjaAPI) -> None:
    """Let the API answer every refusal with a problem."""
    for error, answer in _ANSWERS.items():
        api.add_exception_handler(error, _in_the_callers_language(answer))


def _in_the_callers_language(answer: Answer) -> Answer:
    def answered(request: HttpRequest, error: Any) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            response = answer(request, error)
        return stamp(response, record(request, response.status_code, error))

    return answered


def _cases_error(_request: HttpRequest, error: CasesError) -> HttpResponse:
    for kind, make in PROBLEMS.items():
        if isinstance(error, kind):
            status, name, sentence = make()
            return problem(status, name, sentence)
    raise error


def _answers_refused(_request: HttpRequest, error: ServiceAnswersRefused) -> HttpResponse:
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "answers-refused",
        _("Some answers cannot be taken; nothing was sent. Correct them and send again."),
        errors=[
            {"key": each.key, "code": str(each.code), "says": _sentence(error.service, each)}
            for each in error.errors
        ],
    )


def _sentence(service: Service, error: AnswerError) -> str:
    language = get_language() or ""
    field, material = service.field_by_key(error.key), service.material_by_key(error.key)
    if field is not None:
        return about_field(str(error.code), field, language, error.bound)
    if material is not None:
        return about_material(str(error.code), material, language)
    return about_unknown_field(error.key)


def _file_refused(_request: HttpRequest, error: MaterialFileRefused) -> HttpResponse:
    status = _FILE_STATUS.get(error.refused.problem, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    sentence = about_file(error.refused, error.material) if error.material else error.refused.name
    return problem(status, f"file-{error.refused.problem}".replace("_", "-"), sentence)


def _token_refused(_request: HttpRequest, _error: FileTokenRefused) -> HttpResponse:
    sentence = _("A file of this application is not known any more. Store it again.")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown-file", sentence)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = [
        {"place": ".".join(str(part) for part in each["loc"]), "says": each["msg"]}
        for each in error.errors
    ]
    sentence = _("The request does not fit the published description; nothing was done.")
    return problem(HTTPStatus.BAD_REQUEST, "invalid-request", sentence, errors=places)


def _not_signed_in(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    sentence = _("Sign in first, then send the request again.")
    return problem(HTTPStatus.UNAUTHORIZED, "not-signed-in", sentence)


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    status = HTTPStatus(error.status_code)
    sentences = {
        HTTPStatus.FORBIDDEN: _("The request lacks its token against forgery (X-CSRFToken)."),
        HTTPStatus.BAD_REQUEST: _("The request cannot be read as JSON."),
    }
    return problem(status, "refused", sentences.get(status, status.phrase))


PROBLEMS: dict[type[CasesError], Callable[[], tuple[HTTPStatus, str, str]]] = {
    UnknownService: lambda: (
        HTTPStatus.NOT_FOUND,
        "unknown-service",
        _("No service has this code. The list stands at /api/v1/services."),
    ),
    UnknownMaterial: lambda: (
        HTTPStatus.NOT_FOUND,
        "unknown-material",
        _("The service asks for no such material."),
    ),
    NotFound: lambda: (
        HTTPStatus.NOT_FOUND,
        "not-found",
        _("There is no such thing, or it is not yours."),
    ),
    NotAllowed: lambda: (
        HTTPStatus.FORBIDDEN,
        "not-allowed",
        _("This account may not do that. Nothing was changed."),
    ),
    ServiceClosed: lambda: (
        HTTPStatus.GONE,
        "service-closed",
        _("This service takes no applications any more. Nothing was sent."),
    ),
    ChannelNotOffered: lambda: (
        HTTPStatus.FORBIDDEN,
        "channel-not-offered",
        _(
            "This service is not offered through the API. Its page on the portal says where to apply."
        ),
    ),
    KeyReused: lambda: (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "key-reused",
        _("This Idempotency-Key was used with another content. Use a new key."),
    ),
    BadKey: lambda: (
        HTTPStatus.BAD_REQUEST,
        "bad-key",
        _("Send an Idempotency-Key of 8 to 100 printable ASCII characters."),
    ),
    AnswersTooLarge: lambda: (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "answers-too-large",
        _("The answers are larger than any form. Nothing was sent."),
    ),
}

_ANSWERS: dict[type[Exception], Answer] = {
    CasesError: _cases_error,
    ServiceAnswersRefused: _answers_refused,
    MaterialFileRefused: _file_refused,
    FileTokenRefused: _token_refused,
    ValidationError: _invalid,
    AuthenticationError: _not_signed_in,
    HttpError: _http_error,
}
