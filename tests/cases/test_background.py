"""What the worker does: every job has its handler, and the nightly cleaning."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from city_life import (
    PNG,
    a_person,
    officer,
    resident,
    reviewed,
    send,
    started,
    task,
    upload,
    work,
)
from django.conf import settings
from procrastinate.contrib.django import app

from yimen.base.actor import SYSTEM
from yimen.base.clock import now
from yimen.cases import tasks
from yimen.cases.actions import attach, decide, discard_draft, remove_attachment, start_draft
from yimen.cases.actions.running import Verdict, go_on
from yimen.cases.models import Case, Draft, IdempotencyKey, IssuedDocument
from yimen.cases.queries.handling import hold_task, service_of
from yimen.cases.rules.errors import DiagramWithoutTask
from yimen.cases.types import TaskOutcome
from yimen.cases.workflow import Progress, Waiting
from yimen.catalogue.queries import process_of
from yimen.ledger.actions import store_document
from yimen.ledger.events import all_subscriptions
from yimen.ledger.queries import open_document
from yimen.ledger.rules import DocumentMissing
from yimen.mailbox.models import Message

pytestmark = pytest.mark.usefixtures("city")

NIGHT, NOON = 1_699_989_200, 1_700_020_800  # 03:13 and 12:00 in Shanghai


def test_every_job_that_an_event_defers_is_known_to_the_worker() -> None:
    names = {name for names in all_subscriptions().values() for name in names}
    assert names
    assert names <= app.tasks.keys()


def test_every_night_what_has_served_is_deleted() -> None:
    wang = resident(a_person().pk)
    send(wang)
    start_draft(wang, "residence-permit")
    with time_machine.travel(now() + timedelta(days=100), tick=False):
        tasks.clean_up(NOON)
        assert Draft.objects.exists() and IdempotencyKey.objects.exists()
        tasks.clean_up(NIGHT)
    assert not Draft.objects.exists() and not IdempotencyKey.objects.exists()


def test_the_files_of_a_discarded_draft_are_deleted_and_those_of_cases_and_messages_stay() -> None:
    wang = resident(a_person().pk)
    names = {}
    for word in ("removed", "discarded", "kept"):
        draft = start_draft(wang, "residence-permit")
        added = attach(wang, draft.id, "id-card", "scan", upload(PNG + word.encode()))
        names[word] = added.sha256
        if word == "removed":
            remove_attachment(wang, draft.id, added.id)
        if word == "discarded":
            discard_draft(wang, draft.id)
    head = officer(role="head", username="he")
    receipt = reviewed(started(wang), officer())
    decide(head, receipt.receipt_number, task(receipt, "decide").id, TaskOutcome.APPROVE)
    work()
    paper = IssuedDocument.objects.get().sha256
    sent = store_document(b"a letter", "text/plain")
    Message.objects.filter(document_sha256="").update(document_sha256=sent)
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        for path in Path(settings.DOCUMENT_STORE).glob("??/??/*"):
            os.utime(path, (0, 0))
        tasks.clean_up(NIGHT)
    for name in (names["kept"], paper, sent):
        open_document(name).close()
    for word in ("removed", "discarded"):
        with pytest.raises(DocumentMissing):
            open_document(names[word])


def test_a_process_that_ends_leaves_no_open_task() -> None:
    receipt = started(resident(a_person().pk))
    case = _case(receipt.case_id)
    service = service_of(case)
    ended = Progress((), "refused", b"")
    assert not go_on(case, service, process_of(service), ended, now(), Verdict(SYSTEM))
    assert (task(receipt, "review").state, case.state) == ("cancelled", "closed")
    assert hold_task(case, task(receipt, "review").id).done_at is not None


def test_a_step_that_the_process_does_not_declare_is_a_fault() -> None:
    receipt = started(resident(a_person().pk))
    case = _case(receipt.case_id)
    service = service_of(case)
    strange = Progress((Waiting(case.id, "dance"),), "", b"x")
    with pytest.raises(DiagramWithoutTask):
        go_on(case, service, process_of(service), strange, now(), Verdict(SYSTEM))


def _case(case_id: UUID) -> Case:
    return Case.objects.get(id=case_id)
