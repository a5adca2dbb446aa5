"""Files from the store, handed to who may have them."""

from typing import Any

from django.http import FileResponse

from yimen.ledger.queries import open_document

_HARMLESS = "default-src 'none'; sandbox"  # what somebody uploaded runs nothing here


def answer_upload(sha256: str, name: str, media_type: str) -> FileResponse:
    """Answer a file that somebody uploaded: to be saved, never to be run in our pages."""
    response = _file(sha256, name, media_type, as_attachment=True)
    response["Content-Security-Policy"] = _HARMLESS
    return response


def answer_paper(sha256: str, name: str) -> FileResponse:
    """Answer a paper that the city issued: a PDF that the browser shows."""
    return _file(sha256, name, "application/pdf", as_attachment=False)


def _file(sha256: str, name: str, media_type: str, *, as_attachment: bool) -> FileResponse:
    content: Any = open_document(sha256)
    return FileResponse(
        content, as_attachment=as_attachment, filename=name, content_type=media_type
    )
