"""Files from the store, handed to officers so that nothing in them runs in our pages."""

from typing import Any

from django.http import FileResponse

from yimen.ledger.queries import open_document

_PDF = "application/pdf"
_NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
# Chromium shows no PDF in a sandboxed page; its viewer is a sandbox of its own, and PDFs that
# carry scripts were refused when they came.
_PDF_SHOWN = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)


def answer(sha256: str, name: str, media_type: str, *, shown: bool) -> FileResponse:
    """Answer a stored file with its own kind and name."""
    content: Any = open_document(sha256)
    response = FileResponse(
        content, as_attachment=not shown, filename=name, content_type=media_type
    )
    policy = _PDF_SHOWN if shown and media_type == _PDF else _NOTHING_RUNS
    response["Content-Security-Policy"] = policy
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
