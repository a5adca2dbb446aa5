"""The file of a case: everything that an officer decides on, in one pane."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yimen.base.actor import Actor
from yimen.cases import queries
from yimen.cases.queries import CaseFileView
from yimen.cases.rules.rechecks import is_own_decision
from yimen.cases.types import DueBand, TaskState
from yimen.catalogue.definition import City, Process
from yimen.catalogue.queries import acting, current_city, process_of
from yimen.channels.desk import facts, forms, happenings, lanes, mending, stored
from yimen.channels.desk.door import case_page
from yimen.channels.desk.forms import Refused
from yimen.channels.desk.listing import Listing, Shown, due, listing_of
from yimen.channels.desk.names import post
from yimen.channels.desk.pages import desk_response, page_language
from yimen.channels.shared.due_words import clock_sentences
from yimen.channels.shared.names import officer_words


@require_safe
@case_page
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Show the file of a case. Opening it reads the person's records, which is logged."""
    listing = listing_of(request.GET, current_city())
    return case_response(request, actor, number, listing, task_id=request.GET.get("task", ""))


def case_response(
    request: HttpRequest,
    actor: Actor,
    number: str,
    listing: Listing,
    *,
    task_id: str = "",
    refused: Refused | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    opened: CaseFileView | None = None,
) -> HttpResponse:
    """Answer the file, with a refused form as it was typed; ``opened`` spares opening it again."""
    file = opened if opened is not None else queries.file(actor, number)
    city = current_city()
    context = file_context(actor, file, city, page_language(), refused)
    shown = Shown(file.status.receipt_number, task_id)
    return desk_response(
        request, actor, "desk/case.html", context, listing=listing, shown=shown, status=status
    )


def file_context(
    actor: Actor, file: CaseFileView, city: City, language: str, refused: Refused | None
) -> dict[str, object]:
    """Return everything that the page of a file shows."""
    status, service = file.status, file.status.service
    process = process_of(service)
    number = status.receipt_number
    answers = facts.answer_rows(file, city, language)
    criteria = facts.criterion_rows(file, city, language)
    materials = facts.material_rows(file, city, language, number)
    works = forms.works(actor, file, answers, criteria, materials, city, language, refused)
    return {
        "file": file,
        "status": status,
        "service": service,
        "number": number,
        "due_words": due(status.left),
        "due_band": status.left.band if status.is_open else DueBand.CALM,
        "channel": happenings.channel_word(status.channel),
        "answers": answers,
        "differences": sum(row.differs for row in answers),
        "criteria": criteria,
        "closed_sets": _closed_sets(file, city, language),
        "materials": materials,
        "works": works,
        "elsewhere": _elsewhere(file, works, city, language),
        "lanes": lanes.lanes(file, process, city, language),
        "opinions": lanes.opinions(file.tasks, city, language),
        "promised_steps": clock_sentences(status.promised_steps, language),
        "statutory_steps": clock_sentences(status.statutory_steps, language),
        "asked_of_resident": _asked(file, language),
        "can_take_back": _can_take_back(actor, file),
        "can_ask_time": _can_ask_time(actor, file),
        "refused": refused,
        "errors": forms.summary(refused, works) if refused is not None else (),
        "lost_text": _lost_text(refused, works, _offered(actor, file)),
        "decided_by": officer_words(status.decision.officer, city, language)
        if status.decision
        else "",
        "delays": tuple(city.promises.delays.values()),
        "revoking": mending.revoking(file, city),
        "correcting": mending.correcting(file, city, refused),
        "recheck": status.recheck,
        "own_decision": is_own_decision(actor, status.decision),
        "recheck_by": officer_words(status.recheck.officer, city, language)
        if status.recheck is not None and status.recheck.outcome is not None
        else "",
        **_told(file, process, city, language),
    }


def _told(file: CaseFileView, process: Process, city: City, language: str) -> dict[str, object]:
    status = file.status
    told = happenings.happenings(status.history, status.service, process, city, language)
    extension = status.extension
    return {
        "happenings": told,
        "ended_by": officer_words(status.ending.officer, city, language) if status.ending else "",
        "extension_by": officer_words(extension.officer, city, language) if extension else "",
    }


def _closed_sets(file: CaseFileView, city: City, language: str) -> tuple[str, ...]:
    return tuple(city.data_sets[code].title[language] for code in file.records.closed)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A task that is not the officer's: who has it, or which post it waits for."""

    title: str
    who: str
    claimed: bool


def _elsewhere(
    file: CaseFileView, works: tuple[forms.Work, ...], city: City, language: str
) -> tuple[Elsewhere, ...]:
    """Return the open tasks of others, so that nobody wonders why there is no form."""
    mine = {work.task.id for work in works}
    return tuple(
        Elsewhere(
            task.title[language],
            officer_words(task.officer, city, language)
            if task.officer is not None
            else post(task.agency, task.role, city, language),
            task.officer is not None,
        )
        for task in file.tasks
        if task.state in (TaskState.OPEN, TaskState.CLAIMED) and task.id not in mine
    )


def _asked(file: CaseFileView, language: str) -> tuple[tuple[str, str], ...]:
    turn = file.status.your_turn
    if turn is None:
        return ()
    return tuple(
        (
            happenings.item_label(
                file.status.service, {"kind": item.kind, "key": item.key}, language
            ),
            item.says,
        )
        for item in turn.items
    )


def _can_take_back(actor: Actor, file: CaseFileView) -> bool:
    turn = file.status.your_turn
    return turn is not None and actor.has("case.correct", acting(turn.officer.agency))


def _can_ask_time(actor: Actor, file: CaseFileView) -> bool:
    status = file.status
    return (
        status.state == "handling"
        and status.extension is None
        and actor.has("case.review", status.service.agency)
    )


def _offered(actor: Actor, file: CaseFileView) -> frozenset[str]:
    """Return the forms about the case as a whole that take a text and stand on the page."""
    offered = {
        "more-time": _can_ask_time(actor, file),
        "answer-time": file.can_extend,
        "late": bool(file.new_days),
        "void": file.can_void,
        "revoke": file.can_revoke,
        "correct": bool(file.corrections),
    }
    return frozenset(verb for verb, here in offered.items() if here)


def _lost_text(
    refused: Refused | None, works: tuple[forms.Work, ...], offered: frozenset[str]
) -> tuple[str, ...]:
    """Return what was typed into a form that is not there any more."""
    if refused is None:
        return ()
    if refused.task_id is None:
        return () if refused.verb in offered else refused.typed
    here = any(work.task.id == refused.task_id and _offers(work, refused.verb) for work in works)
    return () if here else refused.typed


def _offers(work: forms.Work, verb: str) -> bool:
    return FORM_OF[verb] in work.verbs and (verb != "hand-over" or bool(work.colleagues))


FORM_OF = {
    "claim": "claim",
    "release": "release",
    "hand-over": "hand_over",
    "ask": "ask_for_correction",
    "review": "complete",
    "opinion": "complete",
    "decide": "complete",
    "stands": "complete",
}


@require_safe
@case_page
def file(request: HttpRequest, actor: Actor, number: str, file_id: UUID) -> FileResponse:
    """Answer a file of the case: shown where the browser can, saved otherwise or when asked."""
    found = queries.case_file(actor, number, file_id)
    shown = facts.opens(found.media_type) and "save" not in request.GET
    return stored.answer(found.sha256, found.name, found.media_type, shown=shown)


@require_safe
@case_page
def document(request: HttpRequest, actor: Actor, number: str, document_id: UUID) -> FileResponse:
    """Answer a paper that the city issued for the case."""
    found = queries.issued_document(actor, number, document_id)
    return stored.answer(found.sha256, f"{number}.pdf", "application/pdf", shown=True)
