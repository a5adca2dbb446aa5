"""An office declares an entry void that should never have been made."""

import pytest
from city_life import (
    a_person,
    an_account,
    an_application,
    case_of,
    officer,
    resident,
    reviewed,
    started,
    task,
    work,
)

from yimen.base.actor import SYSTEM, Actor, Channel
from yimen.cases import actions
from yimen.cases.models import History
from yimen.cases.queries import file as case_file
from yimen.cases.queries import status
from yimen.cases.rules.errors import CaseEnded, NotAllowed, NotFound, ReasonMissing, WrongState
from yimen.cases.types import HistoryKind, Outcome, Receipt, TaskOutcome
from yimen.ledger.models import Event
from yimen.mailbox.models import Message

pytestmark = pytest.mark.usefixtures("city")
WHY = "It was meant for his brother."


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


@pytest.fixture
def head() -> Actor:
    return officer(role="head", username="gao", office_number="320")


def entered_by(clerk: Actor) -> Receipt:
    """Let a clerk enter an application for somebody, and the worker start it."""
    return started(clerk, an_application(person_id=a_person(3).pk))


def test_a_head_voids_an_entry_and_says_why(wang: Actor, head: Actor) -> None:
    receipt = started(wang)
    assert case_file(head, receipt.receipt_number).can_void
    actions.void_entry(head, receipt.receipt_number, f" {WHY} ")
    case = case_of(receipt)
    assert (case.state, case.outcome) == ("closed", "voided")
    found = status(wang, receipt.receipt_number)
    assert found.ending is not None and found.ending.kind is HistoryKind.VOIDED
    assert found.ending.data == {"reason": WHY}
    assert (found.ending.officer.agency, found.ending.officer.office_number) == ("police", "320")
    assert task(receipt, "review").state == "cancelled"
    assert not case_file(head, receipt.receipt_number).can_void
    assert Event.objects.filter(kind="cases.voided").count() == 1


def test_the_clerk_who_entered_it_may_and_another_may_not() -> None:
    clerk = officer(role="clerk", username="zhao", office_number="301", channel=Channel.COUNTER)
    other = officer(role="clerk", username="qian", office_number="302")
    receipt = entered_by(clerk)
    assert case_file(clerk, receipt.receipt_number).can_void
    assert not case_file(other, receipt.receipt_number).can_void
    with pytest.raises(NotAllowed) as refused:
        actions.void_entry(other, receipt.receipt_number, WHY)
    assert refused.value.right == "case.void"
    actions.void_entry(clerk, receipt.receipt_number, WHY)
    assert status(clerk, receipt.receipt_number).outcome is Outcome.VOIDED


def test_neither_officers_nor_applicants_nor_other_agencies_void(wang: Actor) -> None:
    receipt = started(wang)
    for nobody in (wang, officer()):
        with pytest.raises(NotAllowed):
            actions.void_entry(nobody, receipt.receipt_number, WHY)
    elsewhere = officer("civil-affairs", "head", username="tang")
    with pytest.raises(NotFound):
        actions.void_entry(elsewhere, receipt.receipt_number, WHY)
    actions.void_entry(SYSTEM, receipt.receipt_number, WHY)


def test_a_reason_is_needed(wang: Actor, head: Actor) -> None:
    receipt = started(wang)
    with pytest.raises(ReasonMissing):
        actions.void_entry(head, receipt.receipt_number, " ")
    assert case_of(receipt).state == "handling"


def test_what_ended_already_says_how(wang: Actor, head: Actor) -> None:
    receipt = started(wang)
    actions.withdraw(wang, receipt.receipt_number)
    with pytest.raises(CaseEnded) as told:
        actions.void_entry(head, receipt.receipt_number, WHY)
    assert told.value.outcome is Outcome.WITHDRAWN
    again = started(wang)
    actions.void_entry(head, again.receipt_number, WHY)
    with pytest.raises(CaseEnded):
        actions.void_entry(head, again.receipt_number, WHY)
    with pytest.raises(WrongState):
        actions.withdraw(wang, again.receipt_number)
    assert History.objects.filter(kind="voided").count() == 1


def test_what_is_decided_is_not_voided(wang: Actor, head: Actor) -> None:
    receipt = reviewed(started(wang), officer())
    actions.decide(head, receipt.receipt_number, task(receipt, "decide").id, TaskOutcome.APPROVE)
    with pytest.raises(WrongState):
        actions.void_entry(head, receipt.receipt_number, WHY)


def test_the_person_is_told_once_and_why(head: Actor) -> None:
    person = a_person()
    wang = resident(person.pk, an_account(person.pk))
    receipt = started(wang)
    actions.void_entry(head, receipt.receipt_number, WHY)
    assert "yimen.cases.handlers.tell_of_voiding" in work()
    actions.tell_of_voiding(SYSTEM, receipt.person_id, receipt.case_id)
    row = Message.objects.get(key=f"case:{receipt.case_id}:voided")
    assert WHY in row.body["zh"] and "已经作废" in row.body["zh"]
    assert "entered by mistake" in row.body["en"]
    with pytest.raises(NotAllowed):
        actions.tell_of_voiding(wang, receipt.person_id, receipt.case_id)
