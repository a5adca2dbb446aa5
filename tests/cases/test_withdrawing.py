"""An applicant takes an application back while nothing is decided."""

import pytest
from city_life import (
    a_person,
    an_account,
    an_application,
    case_of,
    officer,
    resident,
    reviewed,
    send,
    started,
    task,
    visitor,
    work,
)
from django.core.cache import cache

from yimen.base.actor import SYSTEM, Actor
from yimen.cases import actions
from yimen.cases.models import ClockStop, Correction, History, Task
from yimen.cases.queries import cases_of, figures, queue, status
from yimen.cases.queries import file as case_file
from yimen.cases.rules.errors import (
    CaseEnded,
    NotAllowed,
    NotFound,
    ReasonTooLong,
    WrongState,
)
from yimen.cases.types import (
    CorrectionItem,
    CorrectionKind,
    HistoryKind,
    Outcome,
    QueueFilters,
    TaskOutcome,
)
from yimen.ledger.models import Event
from yimen.mailbox.models import Message

pytestmark = pytest.mark.usefixtures("city")
FIELD = CorrectionItem(CorrectionKind.FIELD, "current_address", "门牌号没有写。")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


def test_a_withdrawn_case_is_closed_without_a_decision(wang: Actor) -> None:
    receipt = started(wang)
    actions.withdraw(wang, receipt.receipt_number, " I moved away. ")
    case = case_of(receipt)
    assert (case.state, case.outcome) == ("closed", "withdrawn")
    assert case.closed_at is not None and case.process_state is None
    found = status(wang, receipt.receipt_number)
    assert found.decision is None and not found.documents and not found.now_with
    assert found.ending is not None
    assert found.ending.data == {"reason": "I moved away."}
    assert found.history[-1].kind is HistoryKind.WITHDRAWN
    assert Event.objects.filter(kind="cases.withdrawn").count() == 1


def test_its_tasks_leave_the_desks(wang: Actor) -> None:
    receipt = started(wang)
    who = officer()
    actions.claim(who, receipt.receipt_number, task(receipt, "review").id)
    actions.withdraw(wang, receipt.receipt_number)
    assert queue(who, QueueFilters()).items == ()
    assert task(receipt, "review").state == "cancelled"
    assert task(receipt, "review").done_at == case_of(receipt).closed_at
    opened = case_file(who, receipt.receipt_number)
    assert opened.status.ending is not None and not opened.tasks[0].can


def test_what_was_asked_is_dropped_and_the_clock_ends(wang: Actor) -> None:
    receipt = started(wang)
    who = officer()
    number = receipt.receipt_number
    actions.ask_for_correction(who, number, task(receipt, "review").id, [FIELD])
    assert case_of(receipt).state == "waiting"
    actions.withdraw(wang, number)
    assert Correction.objects.get().state == "dropped"
    assert ClockStop.objects.get().until is not None
    assert status(wang, number).your_turn is None
    with pytest.raises(NotFound):
        actions.answer_correction(wang, number, {"current_address": "1号"})


def test_an_extension_that_waits_is_not_answered_any_more(wang: Actor) -> None:
    receipt = started(wang, an_application("passport-application", "good-first-holiday"))
    who, head = officer(), officer(role="head", username="gao")
    actions.request_extension(who, receipt.receipt_number, 3, "The archive is closed.")
    assert case_file(head, receipt.receipt_number).can_extend
    actions.withdraw(wang, receipt.receipt_number)
    assert not case_file(head, receipt.receipt_number).can_extend
    with pytest.raises(CaseEnded):
        actions.approve_extension(head, receipt.receipt_number)


def test_a_process_that_had_not_begun_never_begins(wang: Actor) -> None:
    receipt = send(wang)
    actions.withdraw(wang, receipt.receipt_number)
    actions.start_process(SYSTEM, receipt.person_id, receipt.case_id)
    assert not Task.objects.filter(case_id=receipt.case_id).exists()
    assert status(wang, receipt.receipt_number).outcome is Outcome.WITHDRAWN


def test_withdrawing_twice_is_withdrawing_once(wang: Actor) -> None:
    receipt = started(wang)
    for _ in range(2):
        actions.withdraw(wang, receipt.receipt_number)
    assert History.objects.filter(kind="withdrawn").count() == 1


def test_what_is_decided_cannot_be_withdrawn(wang: Actor) -> None:
    receipt = reviewed(started(wang), officer())
    head = officer(role="head", username="gao")
    actions.decide(head, receipt.receipt_number, task(receipt, "decide").id, TaskOutcome.APPROVE)
    with pytest.raises(WrongState):
        actions.withdraw(wang, receipt.receipt_number)
    assert status(wang, receipt.receipt_number).outcome is Outcome.APPROVED


def test_an_officer_who_comes_later_is_told_when_it_was_withdrawn(wang: Actor) -> None:
    receipt = started(wang)
    number, review, who = receipt.receipt_number, task(receipt, "review").id, officer()
    actions.withdraw(wang, number)
    tried = (
        lambda: actions.claim(who, number, review),
        lambda: actions.complete_review(who, number, review),
        lambda: actions.ask_for_correction(who, number, review, [FIELD]),
        lambda: actions.request_extension(who, number, 3, "More time."),
        lambda: actions.take_back_correction(who, number),
    )
    for deed in tried:
        with pytest.raises(CaseEnded) as told:
            deed()
        assert told.value.outcome is Outcome.WITHDRAWN
        assert told.value.at == case_of(receipt).closed_at
    several = actions.bulk_claim(who, [(number, review)])
    assert isinstance(several.refused[0][1], CaseEnded)


def test_only_the_applicant_or_a_clerk_for_them_withdraws(wang: Actor) -> None:
    receipt = started(wang)
    number = receipt.receipt_number
    for stranger in (resident(a_person(2).pk), visitor()):
        with pytest.raises(NotFound):
            actions.withdraw(stranger, number)
    with pytest.raises(NotAllowed):
        actions.withdraw(officer(), number)
    clerk = officer(role="clerk", username="zhao", office_number="301")
    actions.withdraw(clerk, number, "She came to the counter.")
    row = History.objects.get(kind="withdrawn")
    assert (row.agency, row.office_number) == ("police", "301")


def test_a_visitor_withdraws_what_they_sent() -> None:
    receipt = started(visitor())
    actions.withdraw(visitor(receipt.person_id), receipt.receipt_number)
    assert case_of(receipt).outcome == "withdrawn"


def test_an_endless_reason_is_refused_and_nothing_is_done(wang: Actor) -> None:
    receipt = started(wang)
    with pytest.raises(ReasonTooLong):
        actions.withdraw(wang, receipt.receipt_number, "x" * 2001)
    assert case_of(receipt).state == "handling"


def test_the_applicant_gets_one_message() -> None:
    person = a_person()
    wang = resident(person.pk, an_account(person.pk))
    receipt = started(wang)
    work()
    actions.withdraw(wang, receipt.receipt_number)
    assert "yimen.cases.handlers.tell_of_withdrawal" in work()
    actions.tell_of_withdrawal(SYSTEM, receipt.person_id, receipt.case_id)
    row = Message.objects.get(key=f"case:{receipt.case_id}:withdrawn")
    assert row.case_receipt == receipt.receipt_number
    assert "已经撤回" in row.body["zh"] and "is withdrawn" in row.body["en"]
    with pytest.raises(NotAllowed):
        actions.tell_of_withdrawal(wang, receipt.person_id, receipt.case_id)


def test_the_figures_of_the_day_count_decisions_only(wang: Actor) -> None:
    receipt = started(wang)
    actions.withdraw(wang, receipt.receipt_number)
    cache.clear()
    counted = figures()
    assert (counted.submitted, counted.decided) == (1, 0)
    assert cases_of(wang)[0].outcome is Outcome.WITHDRAWN
