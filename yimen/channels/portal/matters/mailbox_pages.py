"""The mailbox: messages, newest first, and the papers that came with them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yimen.channels.portal.files import answer_paper
from yimen.channels.portal.matters.status_pages import resident
from yimen.channels.portal.matters.tickets import as_uuid
from yimen.channels.portal.matters.told import told_rows, way_words
from yimen.channels.portal.private import personal_page, to_ways_in
from yimen.mailbox import actions, queries


@personal_page
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the messages of the visitor."""
    actor = resident(request)
    if actor.person_id is None and not request.user.is_authenticated:
        return to_ways_in(request)
    before = as_uuid(request.GET.get("before", ""))
    messages = queries.messages_of(actor, before)
    context = {
        "letters": [(one, [way_words(d.way) for d in one.deliveries]) for one in messages],
        "continued": before is not None,
        "more": messages[-1].id if len(messages) == queries.PAGE else None,
        "section": "mine",
    }
    return render(request, "portal/matters/mailbox.html", context)


@personal_page
@require_safe
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show one message; from now on it counts as read."""
    actor = resident(request)
    letter = queries.message(actor, message_id)
    if letter.read_at is None and request.method == "GET":
        actions.mark_read(actor, message_id)
        letter = queries.message(actor, message_id)
    paragraphs = [p for p in letter.body[actor.language].split("\n\n") if p]
    context = {
        "letter": letter,
        "paragraphs": paragraphs,
        "told": told_rows(letter, actor.language),
        "section": "mine",
    }
    return render(request, "portal/matters/message.html", context)


@personal_page
@require_safe
def enclosed(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """Answer the paper that came with a message."""
    letter = queries.message(resident(request), message_id)
    if not letter.document_sha256:
        raise Http404
    return answer_paper(letter.document_sha256, f"{letter.case_receipt or message_id}.pdf")
