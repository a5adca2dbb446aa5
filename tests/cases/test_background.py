"""What the worker does: every job has its handler, and the nightly cleaning."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from city_life import a_person, resident, send, started, task
from procrastinate.contrib.django import app

from yimen.base.actor import SYSTEM
from yimen.base.clock import now
from yimen.cases import tasks
from yimen.cases.actions import start_draft
from yimen.cases.actions.running import Verdict, go_on
from yimen.cases.models import Case, Draft, IdempotencyKey
from yimen.cases.queries.handling import hold_task, service_of
from yimen.cases.rules.errors import DiagramWithoutTask
from yimen.cases.workflow import Progress, Waiting
from yimen.catalogue.queries import process_of
from yimen.ledger.events import all_subscriptions

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
