"""How a page of the desk is answered: whole with the list beside it, or the right pane alone."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from yimen.base.actor import Actor
from yimen.base.languages import plain_tag
from yimen.cases.queries import QueueCounts, watch_count, watches
from yimen.catalogue.queries import current_city
from yimen.channels.desk import notes
from yimen.channels.desk.listing import Listing, Shown, counts_of, list_pane
from yimen.channels.desk.listing import counted as words_of
from yimen.channels.desk.names import is_head

PANE = "main-content"
NOTHING_SHOWN = Shown()


def page_language() -> str:
    """Return the language of the page, as the city's folder names it."""
    return plain_tag(get_language() or "zh")


def desk_response(
    request: HttpRequest,
    actor: Actor,
    template: str,
    context: dict[str, object],
    *,
    listing: Listing,
    shown: Shown = NOTHING_SHOWN,
    status: HTTPStatus = HTTPStatus.OK,
    counts: QueueCounts | None = None,
) -> HttpResponse:
    """Answer a page; ``counts`` are passed by who has counted already. A request for the pane alone leaves the list where it is, unread."""
    whole = request.headers.get("HX-Target") != PANE
    page: dict[str, object] = {
        **context,
        "layout": "desk/layout.html" if whole else "desk/pane.html",
        "listing": listing,
        "note": notes.take(request),
        "actor": actor,
        "is_head": is_head(actor),
        "whole": whole,
        "case_open": bool(shown.receipt_number) or template != "desk/home.html",
    }
    if whole:
        page["watches"] = watches(actor)
        page["watch_count"] = words_of(watch_count(actor))
        counted = counts if counts is not None else counts_of(actor)
        city, language = current_city(), page_language()
        page["pane"] = list_pane(actor, listing, city, language, counted, shown)
    return render(request, template, page, status=status)
