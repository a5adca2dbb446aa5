"""The resident's turn: ask for a correction, answer it, take it back. Meanwhile the clock stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.claiming import take
from yimen.cases.actions.drafts import read_upload
from yimen.cases.actions.due_dates import DUE_COLUMNS, set_due_dates
from yimen.cases.actions.notices import tell_correction
from yimen.cases.actions.promises import move_new_day
from yimen.cases.actions.writing import city_day, ids_of, officer, write_history
from yimen.cases.events import CorrectionAnswered, CorrectionAsked, CorrectionTakenBack
from yimen.cases.models import Application, Case, CaseFile, ClockStop, Correction
from yimen.cases.queries.corrections import asked_in, open_correction, wanted_in
from yimen.cases.queries.handling import application_of, hold_task, service_of
from yimen.cases.queries.scope import case_visible_to, hold_case
from yimen.cases.rules.corrections import check_answered, check_items
from yimen.cases.rules.drafts import check_counts, check_material, json_answers
from yimen.cases.rules.errors import AnswersRefused
from yimen.cases.rules.permissions import (
    account_of,
    check_ask,
    check_case_move,
    check_may_answer,
    check_right,
    check_system,
)
from yimen.cases.types import (
    CorrectionItem,
    CorrectionState,
    HistoryKind,
    StopReason,
    TaskState,
    UploadedFile,
)
from yimen.catalogue.queries import acting, current_city
from yimen.catalogue.rules import read_answers
from yimen.ledger.actions import append


@transaction.atomic
def ask_for_correction(
    actor: Actor, receipt_number: str, task_id: UUID, items: Sequence[CorrectionItem]
) -> UUID:
    """Ask the resident to correct answers or materials, each with a sentence; the clock stands.

    Needs ``case.correct`` and the task, which is claimed when nobody has it. All agencies wait:
    the facts are open. Raises `NothingToCorrect`, `UnknownItem`, `WrongState`, `AlreadyClaimed`,
    `AlreadyDecided`, `CaseEnded`, `NotAllowed`, `NotFound`.
    """
    case = hold_case(actor, receipt_number)
    task = hold_task(case, task_id)
    check_ask(actor, task)
    case.state = check_case_move("ask_for_correction", case.state)
    service = service_of(case)
    asked = check_items(items, service)
    if task.state == TaskState.OPEN:
        take(actor, case, task)
    at = now()
    who = officer(actor, task.agency)
    rows = [{"kind": str(item.kind), "key": item.key, "says": item.says} for item in asked]
    correction = Correction.objects.create(
        **ids_of(case),
        task_id=task.id,
        state=CorrectionState.ASKED,
        items=rows,
        asked_at=at,
        asked_by=account_of(actor),
        asked_agency=task.agency,
        asked_number=who.office_number,
    )
    ClockStop.objects.create(
        **ids_of(case), reason=StopReason.CORRECTION, since=city_day(current_city(), at)
    )
    set_due_dates(case, service)
    case.save(update_fields=["state", *DUE_COLUMNS])
    write_history(
        case, HistoryKind.CORRECTION_ASKED, at, actor=actor, who=who, data={"items": rows}
    )
    event = CorrectionAsked(case.id, correction.id, [item.key for item in asked])
    append(event, actor=actor, person_id=case.person_id)
    return correction.id


def store_correction_upload(
    actor: Actor, receipt_number: str, material_key: str, name: str, file: IO[bytes]
) -> UploadedFile:
    """Check and store a file for `answer_correction`. Raises `UnknownMaterial`, `FileRefused`."""
    case = case_visible_to(actor, receipt_number)
    check_may_answer(actor)
    return read_upload(check_material(service_of(case), material_key), 0, name, file)


@transaction.atomic
def answer_correction(
    actor: Actor,
    receipt_number: str,
    answers: Mapping[str, object],
    files: Sequence[UploadedFile] = (),
) -> None:
    """Send what was asked for; the clock runs again. By the resident, or a clerk for them.

    Every question asked must be answered and every material asked must come (new files replace
    the earlier ones of that material), unless a corrected answer makes it superfluous. Nothing
    else can be changed, but for what a corrected answer opens: `queries.wanted` says what it is.
    Raises `AnswersRefused` by key, `UnknownItem`, `FileRefused`, `NotFound` when nothing is asked.
    """
    case = case_visible_to(actor, receipt_number, lock=True)
    check_may_answer(actor)
    correction = open_correction(case)
    application = application_of(case)
    merged = _merged(actor, case, application, correction, answers, tuple(files))
    at = now()
    correction.answers = {
        key: {"was": application.answers.get(key), "now": merged.get(key)}
        for key in sorted({*application.answers, *merged})
        if application.answers.get(key) != merged.get(key)
    }
    application.answers = merged
    application.save(update_fields=["answers"])
    _replace_files(case, correction, files, at)
    keys = [item["key"] for item in correction.items]
    _go_on(actor, case, correction, CorrectionState.ANSWERED, at)
    write_history(case, HistoryKind.CORRECTION_ANSWERED, at, actor=actor, data={"keys": keys})
    event = CorrectionAnswered(case.id, correction.id, keys)
    append(event, actor=actor, person_id=case.person_id)


def _merged(
    actor: Actor,
    case: Case,
    application: Application,
    correction: Correction,
    answers: Mapping[str, object],
    files: tuple[UploadedFile, ...],
) -> dict[str, object]:
    """Return the whole application with the corrections in it, or refuse them."""
    service = service_of(case)
    new = json_answers(answers)
    wanted = wanted_in(actor, case, correction, new)
    check_answered(asked_in(correction), wanted, answers, files)
    check_counts(service, files)
    attached = {file.material_key for file in files}
    here = {material.key for material in service.materials} - wanted.keys
    # Questions that a corrected answer closes are dropped by reading in order.
    merged = {**application.answers, **new}
    read = read_answers(service, current_city(), merged, attached, here)
    if read.errors:
        raise AnswersRefused(read.errors)
    return json_answers(read.values)


def _replace_files(
    case: Case, correction: Correction, files: Sequence[UploadedFile], at: datetime
) -> None:
    replaced = {file.material_key for file in files}
    if not replaced:
        return
    CaseFile.objects.filter(
        person_id=case.person_id,
        case_id=case.id,
        material_key__in=replaced,
        replaced_at__isnull=True,
    ).update(replaced_at=at)
    CaseFile.objects.bulk_create(
        CaseFile(
            **ids_of(case),
            material_key=file.material_key,
            name=file.name,
            size=file.size,
            media_type=file.media_type,
            sha256=file.sha256,
            added_at=at,
            correction_id=correction.id,
        )
        for file in files
    )


def _go_on(
    actor: Actor, case: Case, correction: Correction, state: CorrectionState, at: datetime
) -> None:
    """Let the clock run again and the offices go on."""
    verb = "answer_correction" if state is CorrectionState.ANSWERED else "take_back_correction"
    case.state = check_case_move(verb, case.state)
    until = city_day(current_city(), at)
    move_new_day(case, until)
    ClockStop.objects.filter(person_id=case.person_id, case_id=case.id, until__isnull=True).update(
        until=until
    )
    correction.state = state
    correction.answered_at = at
    correction.save(update_fields=["state", "answers", "answered_at"])
    set_due_dates(case, service_of(case))
    case.save(update_fields=["state", *DUE_COLUMNS])


@transaction.atomic
def take_back_correction(actor: Actor, receipt_number: str) -> None:
    """Go on without the correction, because it is not needed or does not come; the clock runs.

    Needs ``case.correct`` in the agency that asked, or in its successor. `NotFound` when nothing is
    asked.
    """
    case = hold_case(actor, receipt_number)
    correction = open_correction(case)
    agency = acting(correction.asked_agency)
    check_right(actor, "case.correct", agency)
    at = now()
    _go_on(actor, case, correction, CorrectionState.TAKEN_BACK, at)
    who = officer(actor, agency)
    write_history(case, HistoryKind.CORRECTION_TAKEN_BACK, at, actor=actor, who=who)
    event = CorrectionTakenBack(case.id, correction.id)
    append(event, actor=actor, person_id=case.person_id)


@transaction.atomic
def tell_of_correction(actor: Actor, person_id: UUID, case_id: UUID, correction_id: UUID) -> None:
    """Post the message that it is the resident's turn. Run by the worker; twice posts once."""
    check_system(actor, "case.tell")
    case = Case.objects.defer("process_state").get(person_id=person_id, id=case_id)
    tell_correction(actor, case, Correction.objects.get(person_id=person_id, id=correction_id))
