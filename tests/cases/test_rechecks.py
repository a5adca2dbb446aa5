"""“It is not solved”: a decision is looked at again, one level up, by somebody who did not decide."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from city_life import (
    a_person,
    an_account,
    officer,
    records,
    resident,
    reviewed,
    started,
    task,
    work,
)

from yimen.accounts.queries import city_today
from yimen.base.actor import SYSTEM, Actor, Channel
from yimen.base.clock import now
from yimen.cases import actions
from yimen.cases.models import Recheck, Task
from yimen.cases.queries import file as case_file
from yimen.cases.queries import queue, status
from yimen.cases.queries.handling import decision_in_force
from yimen.cases.queries.scope import case_visible_to
from yimen.cases.rules.errors import (
    AlreadyDecided,
    NoRecheck,
    NotAllowed,
    NotFound,
    OwnDecision,
    ReasonMissing,
    ReasonTooLong,
    RecheckTooLate,
    WrongOutcome,
)
from yimen.cases.types import (
    CaseState,
    HistoryKind,
    Outcome,
    QueueFilters,
    Receipt,
    TaskOutcome,
)
from yimen.catalogue.queries import current_city
from yimen.ledger.models import Event
from yimen.mailbox.models import Message

pytestmark = pytest.mark.usefixtures("city")
WRONG = "The permit names the wrong street."


@pytest.fixture
def wang() -> Actor:
    person = a_person()
    records("residence", person.pk, registration="elsewhere")
    return resident(person.pk, an_account(person.pk))


@pytest.fixture
def head() -> Actor:
    return officer(role="head", username="gao", office_number="320")


@pytest.fixture
def other() -> Actor:
    return officer(role="head", username="lu", office_number="321")


@pytest.fixture
def receipt(wang: Actor, head: Actor) -> Receipt:
    """An application that the first head has approved."""
    found = reviewed(started(wang), officer(username=f"li{uuid4().hex[:6]}"))
    step = task(found, "decide").id
    actions.decide(head, found.receipt_number, step, TaskOutcome.APPROVE)
    work()
    return found


def asked(wang: Actor, receipt: Receipt) -> Task:
    actions.ask_for_recheck(wang, receipt.receipt_number, WRONG)
    return task(receipt, "recheck")


def correct(actor: Actor, receipt: Receipt) -> None:
    decision = decision_in_force(case_visible_to(SYSTEM, receipt.receipt_number))
    assert decision is not None
    words = ("approved", "You are right.", "slip")
    actions.correct_decision(actor, receipt.receipt_number, decision.id, *words)


def told(receipt: Receipt) -> list[str]:
    work()
    rows = Message.objects.filter(case_receipt=receipt.receipt_number).order_by("id")
    return [row.subject["en"] for row in rows]


def test_it_goes_one_level_up_with_a_day_of_its_own(
    wang: Actor, head: Actor, other: Actor, receipt: Receipt
) -> None:
    step = asked(wang, receipt)
    assert (step.agency, step.role, step.state) == ("police", "head", "open")
    assert city_today() < step.due <= city_today() + timedelta(days=20)
    assert step.title["zh"].startswith("复核") and step.title["en"].startswith("Look again")
    found = status(wang, receipt.receipt_number)
    assert found.state is CaseState.CLOSED and found.outcome is Outcome.APPROVED
    assert found.documents[0].ended_at is None  # until somebody changes it, it holds
    assert found.recheck is not None
    assert (found.recheck.says, found.recheck.due) == (WRONG, step.due)
    assert found.recheck.outcome is None and found.recheck_until is None
    assert found.history[-1].kind is HistoryKind.RECHECK_ASKED
    for desk in (head, other):
        assert [item.task_id for item in queue(desk, QueueFilters()).items] == [step.id]
    assert queue(officer(username="wu"), QueueFilters()).items == ()
    assert told(receipt)[-1] == "You say it is not solved: we are looking again"
    event = Event.objects.get(kind="cases.recheck_asked")
    assert WRONG not in str(event.payload)


def test_the_decision_stands_with_a_reason_and_its_applicant_is_told_once(
    wang: Actor, other: Actor, receipt: Receipt
) -> None:
    step = asked(wang, receipt)
    with pytest.raises(ReasonMissing):
        actions.answer_recheck(other, receipt.receipt_number, step.id, "  ")
    actions.answer_recheck(other, receipt.receipt_number, step.id, "The street was renamed.")
    found = status(wang, receipt.receipt_number).recheck
    assert found is not None and found.outcome is TaskOutcome.STANDS
    assert (found.reason, found.officer.office_number) == ("The street was renamed.", "321")
    assert found.answered_at is not None
    assert status(wang, receipt.receipt_number).history[-1].kind is HistoryKind.RECHECK_ANSWERED
    assert told(receipt)[-1] == "We have looked again: the decision stands"
    before = Message.objects.count()
    recheck = Recheck.objects.get()
    for _ in range(2):
        actions.tell_of_recheck(SYSTEM, receipt.person_id, receipt.case_id, recheck.id)
    assert Message.objects.count() == before
    with pytest.raises(AlreadyDecided):
        actions.answer_recheck(other, receipt.receipt_number, step.id, "Once more.")


def test_an_answer_by_who_has_claimed_it_counts_too(
    wang: Actor, other: Actor, receipt: Receipt
) -> None:
    step = asked(wang, receipt)
    actions.claim(other, receipt.receipt_number, step.id)
    actions.answer_recheck(other, receipt.receipt_number, step.id, "It is right.")
    assert task(receipt, "recheck").outcome == "stands"


def test_correcting_the_decision_answers_it_and_can_be_contested_once_more(
    wang: Actor, other: Actor, receipt: Receipt
) -> None:
    step = asked(wang, receipt)
    correct(other, receipt)
    step.refresh_from_db()
    assert (step.state, step.outcome, step.assignee_number) == ("done", "mended", "321")
    found = status(wang, receipt.receipt_number)
    assert found.recheck is not None and found.recheck.outcome is TaskOutcome.MENDED
    assert found.recheck_until is not None  # the new decision may be as wrong
    subjects = told(receipt)
    assert subjects[-1] == "A decision is corrected"
    assert "You say it is not solved: we are looking again" not in subjects
    actions.ask_for_recheck(wang, receipt.receipt_number, "Still wrong.")
    assert Recheck.objects.count() == 2
    again = status(wang, receipt.receipt_number).recheck
    assert again is not None and again.says == "Still wrong."


def test_who_decided_neither_answers_nor_mends_what_others_look_at(
    wang: Actor, head: Actor, other: Actor, receipt: Receipt
) -> None:
    opened = case_file(head, receipt.receipt_number)
    assert opened.can_revoke and opened.corrections
    step = asked(wang, receipt)
    with pytest.raises(OwnDecision):
        actions.answer_recheck(head, receipt.receipt_number, step.id, "I was right.")
    with pytest.raises(OwnDecision):
        correct(head, receipt)
    assert task(receipt, "recheck").state == "open"
    opened = case_file(head, receipt.receipt_number)
    assert not opened.can_revoke and opened.corrections == ()
    assert "complete" not in next(t for t in opened.tasks if t.id == step.id).can
    opened = case_file(other, receipt.receipt_number)
    assert opened.can_revoke and opened.corrections
    assert "complete" in next(t for t in opened.tasks if t.id == step.id).can
    with pytest.raises(NotAllowed):
        actions.answer_recheck(officer(username="wu"), receipt.receipt_number, step.id, "Not mine.")
    with pytest.raises(NotFound):
        stranger = officer(agency="civil-affairs", role="head", username="he")
        actions.answer_recheck(stranger, receipt.receipt_number, step.id, "Not mine.")
    with pytest.raises(WrongOutcome):
        done = task(receipt, "decide").id
        Task.objects.filter(id=done).update(state="open")
        actions.answer_recheck(other, receipt.receipt_number, done, "Another task.")


def test_asking_twice_asks_once_and_a_clerk_may_ask_for_somebody(
    wang: Actor, receipt: Receipt
) -> None:
    clerk = officer(role="clerk", username="zhou", channel=Channel.COUNTER)
    with pytest.raises(NotAllowed):
        actions.ask_for_recheck(officer(username="wu"), receipt.receipt_number, WRONG)
    with pytest.raises(ReasonMissing):
        actions.ask_for_recheck(clerk, receipt.receipt_number, " ")
    with pytest.raises(ReasonTooLong):
        actions.ask_for_recheck(wang, receipt.receipt_number, "x" * 2001)
    actions.ask_for_recheck(clerk, receipt.receipt_number, WRONG)
    actions.ask_for_recheck(wang, receipt.receipt_number, "Once more.")
    assert Recheck.objects.get().reason == WRONG
    with pytest.raises(NotFound):
        stranger = resident(a_person(2, "李四").pk)
        actions.ask_for_recheck(stranger, receipt.receipt_number, WRONG)


def test_after_the_last_day_only_the_remedies_are_left(wang: Actor, receipt: Receipt) -> None:
    until = status(wang, receipt.receipt_number).recheck_until
    assert until is not None and until >= city_today() + timedelta(days=30)
    with time_machine.travel(now() + timedelta(days=60)):
        assert status(wang, receipt.receipt_number).recheck_until is None
        with pytest.raises(RecheckTooLate) as late:
            asked(wang, receipt)
    assert late.value.last_day == until


def test_without_a_decision_or_a_city_that_offers_it_there_is_nothing_to_look_at(
    wang: Actor, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_still = started(wang)
    with pytest.raises(NoRecheck):
        asked(wang, open_still)
    without = replace(current_city(), recheck=None)
    for place in ("actions", "queries"):
        monkeypatch.setattr(f"yimen.cases.{place}.rechecks.current_city", lambda: without)
    assert status(wang, receipt.receipt_number).recheck_until is None
    with pytest.raises(NoRecheck):
        asked(wang, receipt)
