"""Where an application is: the receipt, the status, what was sent, the papers that came of it."""

from dataclasses import dataclass
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from yimen.base.actor import Actor
from yimen.base.identifiers import normal_receipt_number
from yimen.cases import queries
from yimen.cases.queries import CaseStatus, OwnApplication
from yimen.cases.rules.errors import NotAllowed, NotFound
from yimen.cases.types import CorrectionItem, Outcome
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city, is_open
from yimen.catalogue.types import ChannelKind, FieldKind
from yimen.channels.portal.files import answer_paper, answer_upload
from yimen.channels.portal.matters import tickets
from yimen.channels.portal.matters.timeline import timeline, title_of
from yimen.channels.portal.matters.words import state_words
from yimen.channels.portal.private import personal_page, visitor
from yimen.channels.shared.components import SummaryRow
from yimen.channels.shared.due_words import clock_sentences, left_words
from yimen.channels.shared.names import officer_words
from yimen.channels.shared.questions import shown_answer
from yimen.mailbox.queries import address_of
from yimen.mailbox.rules import masked_address


@dataclass(frozen=True, slots=True)
class AskedThing:
    """One thing that the applicant is asked for, with the officer's sentence."""

    title: str
    says: str


@personal_page
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show what the applicant takes along: the number, what happens next, and by when."""
    status, own = status_for(request, number)
    language = visitor(request).language
    city = current_city()
    address = settings.SITE_URL + reverse("portal:status", args=[status.receipt_number])
    context = {
        **_due(status, language),
        "status": status,
        "service": status.service,
        "page_agency": city.agencies.get(status.service.agency),
        "items": timeline(status, city, language),
        "qr": _qr(address),
        "address": address,
        "told_at": _told_at(visitor(request), status) if own else "",
        "signed_in": request.user.is_authenticated,
    }
    return render(request, "portal/matters/receipt.html", context)


@personal_page
@require_safe
def status(request: HttpRequest, number: str) -> HttpResponse:
    """Show where an application is, with whom, due when and why, and whose turn it is."""
    found, own = status_for(request, number)
    language = visitor(request).language
    city = current_city()
    word, kind = state_words(found.state, found.outcome)
    current = city.services.get(found.service.code)
    context = {
        **_due(found, language),
        **_decision(found, city, language),
        "status": found,
        "service": found.service,
        "page_agency": city.agencies.get(found.service.agency),
        "own": own,
        "state_word": word,
        "state_kind": kind,
        "items": timeline(found, city, language),
        "asked": _asked(found, language),
        "asked_by": officer_words(found.your_turn.officer, city, language)
        if found.your_turn
        else "",
        "ended_by": officer_words(found.ending.officer, city, language) if found.ending else "",
        "fee_now": current.fee.amount if found.fee_changed and current is not None else None,
        "section": "mine",
    }
    return render(request, "portal/matters/status.html", context)


@personal_page
@require_safe
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """Show the applicant what was sent: answers and files."""
    actor = resident(request)
    application = queries.own_application(actor, number)
    context = {
        "number": normal_receipt_number(number),
        "service": application.service,
        "rows": _answer_rows(application, actor),
        "files": [
            (title_of(application.service, file.material_key, actor.language), file)
            for file in application.files
        ],
        "section": "mine",
    }
    return render(request, "portal/matters/sent.html", context)


@personal_page
@require_safe
def sent_file(request: HttpRequest, number: str, file_id: UUID) -> HttpResponseBase:
    """Answer a file that was sent with the application."""
    file = queries.case_file(resident(request), number, file_id)
    return answer_upload(file.sha256, file.name, file.media_type)


@personal_page
@require_safe
def paper(request: HttpRequest, number: str, document_id: UUID) -> HttpResponseBase:
    """Answer a paper that the city issued, to its holder."""
    document = queries.issued_document(resident(request), number, document_id)
    return answer_paper(document.sha256, f"{number}.pdf")


def resident(request: HttpRequest) -> Actor:
    """Return who looks at their own matters; staff look at the desk."""
    actor = visitor(request)
    if actor.is_staff:
        raise NotAllowed("portal")
    return actor


def status_for(request: HttpRequest, number: str) -> tuple[CaseStatus, bool]:
    """Return the status, and whether it is the visitor's own; a one-time code opens others too."""
    actor = resident(request)
    try:
        return queries.status(actor, number), True
    except NotFound:
        normal = normal_receipt_number(number) or ""
        token = tickets.token_for(request, normal)
        if not token:
            raise
        return queries.status_by_receipt(normal, token), False


def _due(found: CaseStatus, language: str) -> dict[str, object]:
    """Return by when it is decided, and why by then."""
    return {
        "due": found.promised.due,
        "left": left_words(found.left) if found.is_open else "",
        "late": found.is_open and found.left.days < 0,
        "why_promised": clock_sentences(found.promised_steps, language),
        "why_statutory": clock_sentences(found.statutory_steps, language),
    }


def _asked(found: CaseStatus, language: str) -> list[AskedThing]:
    items: tuple[CorrectionItem, ...] = found.your_turn.items if found.your_turn else ()
    return [AskedThing(title_of(found.service, item.key, language), item.says) for item in items]


def _decision(found: CaseStatus, city: City, language: str) -> dict[str, object]:
    decision = found.decision
    ended = [paper for paper in found.documents if paper.ended_at is not None]
    if decision is None:
        return {"decision": None, "ended_papers": ended}
    by_rules = not decision.officer.office_number
    return {
        "decision": decision,
        "papers": [paper for paper in found.documents if paper.ended_at is None],
        "ended_papers": ended,
        "refused": decision.outcome is Outcome.REFUSED,
        "decided_by": "" if by_rules else officer_words(decision.officer, city, language),
        "remedies": decision.remedies,
        "online": [
            remedy.service for remedy in decision.remedies if _is_online(remedy.service, city)
        ],
        "recheck": found.recheck,
        "recheck_by": officer_words(found.recheck.officer, city, language)
        if found.recheck is not None and found.recheck.outcome is not None
        else "",
        "law": decision.law,
    }


def _is_online(code: str, city: City) -> bool:
    service = city.services.get(code)
    return service is not None and is_open(service) and ChannelKind.PORTAL in service.channels


def _answer_rows(application: OwnApplication, actor: Actor) -> list[SummaryRow]:
    city = current_city()
    return [
        SummaryRow(
            field.label[actor.language],
            shown_answer(field, application.answers[field.key], city, actor.language),
        )
        for field in application.service.fields
        if field.key in application.answers
    ]


def _told_at(actor: Actor, found: CaseStatus) -> str:
    """Return the masked address to which word is sent: the account's, or the one in the form."""
    address = address_of(actor.person_id) if actor.person_id is not None else ""
    if not address:
        answers = queries.own_application(actor, found.receipt_number).answers
        stated = [f.key for f in found.service.fields if f.kind is FieldKind.EMAIL]
        address = next((str(answers[key]) for key in stated if answers.get(key)), "")
    return masked_address(address) if address else ""


def _qr(address: str) -> SafeString:
    """Return the address as a drawing that a telephone reads."""
    drawn = segno.make(address, error="m", micro=False)
    return SafeString(drawn.svg_inline(border=4, omitsize=True, svgclass="y-qr", light="#fff"))
