"""Whether a paper is real: the page behind the drawing on it, and a comparison of the file itself.

Who holds the code holds the paper. The page still shows no more than one needs to know it again:
no name, no answer, and the receipt number only in part.
"""

from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yimen.cases.queries import VerifiedDocument, document_by_code, document_by_hash
from yimen.cases.rules.papers import plain_code, spaced_code
from yimen.channels.paper.seal_pages import Shown
from yimen.channels.shared.components import FieldError, Upload
from yimen.keys.queries import certificate_of

MOST_BYTES = 20_000_000
CODE_LENGTH = 16


class Comparison(StrEnum):
    """What a comparison of a file with the issued one showed."""

    SAME = "same"
    ANOTHER = "another"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code that is printed on a paper."""
    typed = request.POST.get("code", "")[:80]
    if request.method != "POST":
        return _code_page(request)
    code = plain_code(typed)
    if len(code) != CODE_LENGTH:
        words = _("The code has 16 letters and digits in four groups. Compare it with the paper.")
        return _code_page(request, typed, words)
    return redirect("paper:verify_code", spaced_code(code))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest) -> HttpResponse:
    """Say whether a file is a paper of this city, by its hash alone; the file is not kept."""
    if request.method != "POST":
        return redirect("paper:verify")
    digest = _digest(request)
    found = document_by_hash(digest) if digest is not None else None
    if found is not None:
        return _verified_page(request, found, compared=Comparison.SAME)
    if digest is None:
        return _code_page(request, file_error=_no_file())
    words = _(
        "This city has issued no such file. If it was saved anew by a program, enter the code on the"
        " paper instead. If somebody gave it to you as it is, do not rely on it."
    )
    return _code_page(request, file_error=words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the city knows of the paper with this code; a POST compares a file with it."""
    found = document_by_code(code)
    if found is None:
        unknown = {"code": spaced_code(plain_code(code))[:40]}
        page = render(request, "paper/unknown.html", unknown, status=HTTPStatus.NOT_FOUND)
        return _private(page)
    if request.method != "POST":
        return _verified_page(request, found)
    digest = _digest(request)
    if digest is None:
        return _verified_page(request, found, error=_no_file())
    same = digest == found.sha256
    compared = Comparison.SAME if same else Comparison.ANOTHER
    return _verified_page(request, found, compared=compared)


def _verified_page(
    request: HttpRequest,
    found: VerifiedDocument,
    *,
    compared: Comparison | None = None,
    error: str = "",
) -> HttpResponse:
    seal = certificate_of(found.sealed_by) if found.sealed_by else None
    context = {
        "found": found,
        "code": spaced_code(found.code),
        "receipt": _masked(found.receipt_number),
        "seal": Shown.of(seal) if seal is not None else None,
        "compared": compared,
        "asked": _file_question(error),
        "errors": [FieldError("file", error)] if error else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return _private(render(request, "paper/verified.html", context, status=status))


def _digest(request: HttpRequest) -> str | None:
    """Return the SHA-256 of the uploaded file; None without one, or when it is too large."""
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > MOST_BYTES:
        return None
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _no_file() -> str:
    return _("Choose the PDF file of the paper, at most 20 MB.")


def _file_question(error: str) -> Upload:
    return Upload(
        key="file",
        label=_("PDF file of the paper"),
        accept="application/pdf",
        limits=_("PDF, at most 20 MB"),
        error=error,
    )


def _code_page(
    request: HttpRequest, typed: str = "", error: str = "", file_error: str = ""
) -> HttpResponse:
    errors = [FieldError("code", error)] if error else []
    errors += [FieldError("file", file_error)] if file_error else []
    context = {
        "typed": typed,
        "error": error,
        "asked": _file_question(file_error),
        "errors": errors,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "paper/verify.html", context, status=status)


def _masked(receipt_number: str) -> str:
    """Return ``261123-****-9QXA``: enough to compare with the paper in one's hand."""
    day, _middle, last = receipt_number.split("-")
    return f"{day}-****-{last}"


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    # The address holds the code, so no other site learns it. With "no-referrer", browsers would send
    # our own form without its origin, and it would be refused.
    response["Referrer-Policy"] = "same-origin"
    return response
