"""Reconsideration: an application that contests a decision, and what becomes of that decision."""

from dataclasses import replace
from uuid import uuid4

import pytest
from city_life import (
    a_person,
    an_account,
    an_application,
    case_of,
    officer,
    records,
    resident,
    reviewed,
    send,
    started,
    task,
    work,
)

from yimen.base.actor import SYSTEM, Actor
from yimen.cases import actions
from yimen.cases.models import Recheck
from yimen.cases.queries import file as case_file
from yimen.cases.queries import status
from yimen.cases.queries.handling import decision_in_force
from yimen.cases.rules.errors import MustMend, NotFound
from yimen.cases.types import HistoryKind, Outcome, Receipt, TaskOutcome
from yimen.catalogue.queries import current_city

pytestmark = pytest.mark.usefixtures("city")
SERVICE = "administrative-reconsideration"
APPROVE, REFUSE = TaskOutcome.APPROVE, TaskOutcome.REFUSE


@pytest.fixture
def wang() -> Actor:
    person = a_person()
    records("residence", person.pk, registration="elsewhere")
    return resident(person.pk, an_account(person.pk))


@pytest.fixture
def refused(wang: Actor) -> Receipt:
    """An application for a residence permit that the police have refused."""
    return decided(started(wang), "police", REFUSE, "No lease.")


def decided(receipt: Receipt, agency: str, outcome: TaskOutcome, reason: str) -> Receipt:
    reviewed(receipt, officer(agency, username=f"li{uuid4().hex[:6]}"))
    head = officer(agency, "head", username=f"gao{uuid4().hex[:6]}", office_number="320")
    step = task(receipt, "decide").id
    actions.decide(head, receipt.receipt_number, step, outcome, reason)
    work()
    return receipt


def contest(wang: Actor, number: str) -> Receipt:
    application = an_application(SERVICE, "good-refused-allowance", contested=number)
    receipt = send(wang, application)
    work()
    return receipt


def reconsidered(wang: Actor, number: str, outcome: TaskOutcome = APPROVE) -> Receipt:
    return decided(contest(wang, number), "legislative-affairs", outcome, "The lease was there.")


def test_a_refusal_names_the_service_by_which_it_is_contested(
    wang: Actor, refused: Receipt
) -> None:
    decision = status(wang, refused.receipt_number).decision
    assert decision is not None
    first, court = decision.remedies
    assert (first.service, court.service) == (SERVICE, "")
    assert current_city().services[SERVICE].statutory.days == 60


def test_who_reviews_it_may_read_the_contested_case_and_the_history_says_so(
    wang: Actor, refused: Receipt
) -> None:
    reviewer = officer("legislative-affairs", username="wen")
    with pytest.raises(NotFound):
        case_file(reviewer, refused.receipt_number)
    contesting = contest(wang, refused.receipt_number)
    assert case_file(reviewer, contesting.receipt_number).contested == refused.receipt_number
    assert case_file(reviewer, refused.receipt_number).contested is None
    line = status(wang, refused.receipt_number).history[-1]
    assert line.kind is HistoryKind.CONTESTED
    assert line.data == {"number": contesting.receipt_number}
    again = contest(
        wang, refused.receipt_number
    )  # it is the officers' matter to say once is enough
    assert again.receipt_number != contesting.receipt_number
    assert case_of(refused).agencies.count("legislative-affairs") == 1


@pytest.mark.parametrize("number", ["261008-4KRD-CN70", None])
def test_what_was_decided_elsewhere_can_be_contested_too(wang: Actor, number: str | None) -> None:
    receipt = reconsidered(wang, number)
    found = case_file(officer("legislative-affairs", username="wen"), receipt.receipt_number)
    assert found.contested == ""
    assert not Recheck.objects.exists()


def test_a_case_of_somebody_else_stays_closed_to_who_reviews(wang: Actor, refused: Receipt) -> None:
    other = a_person(2, "李四")
    contest(resident(other.pk, an_account(other.pk, "chen")), refused.receipt_number)
    assert "legislative-affairs" not in case_of(refused).agencies


def test_an_open_case_is_no_decision_to_contest(wang: Actor) -> None:
    still = started(wang)
    contest(wang, still.receipt_number)
    assert "legislative-affairs" not in case_of(still).agencies


def test_who_contests_with_success_has_the_decision_changed(wang: Actor, refused: Receipt) -> None:
    contesting = reconsidered(wang, refused.receipt_number)
    found = status(wang, refused.receipt_number)
    assert found.recheck is not None and found.recheck_until is None
    assert found.recheck.ordered_by == contesting.receipt_number
    assert found.recheck.says == "The lease was there."
    assert found.history[-1].kind is HistoryKind.RECHECK_ORDERED
    other = officer(role="head", username="lu", office_number="321")
    step = task(refused, "recheck")
    assert step.title["en"].startswith("Change the decision")
    opened = next(t for t in case_file(other, refused.receipt_number).tasks if t.id == step.id)
    assert "complete" not in opened.can and "claim" in opened.can
    with pytest.raises(MustMend):
        actions.answer_recheck(other, refused.receipt_number, step.id, "It stands.")
    decision = decision_in_force(case_of(refused))
    assert decision is not None
    words = ("approved", "As the reconsideration says.", "wrong-facts")
    actions.correct_decision(other, refused.receipt_number, decision.id, *words)
    step.refresh_from_db()
    assert step.outcome == "mended"
    assert status(wang, refused.receipt_number).outcome is Outcome.APPROVED


def test_it_is_ordered_once_and_not_when_nothing_is_left_to_change(
    wang: Actor, refused: Receipt
) -> None:
    contesting = reconsidered(wang, refused.receipt_number)
    actions.order_recheck(SYSTEM, contesting.person_id, contesting.case_id)
    assert Recheck.objects.count() == 1
    ended = decision_in_force(case_of(refused))
    assert ended is not None
    Recheck.objects.all().delete()
    ended.ended_at, ended.ended_as = ended.decided_at, "corrected"
    ended.save()
    actions.order_recheck(SYSTEM, contesting.person_id, contesting.case_id)
    assert not Recheck.objects.exists()


def test_who_contests_without_success_changes_nothing(wang: Actor, refused: Receipt) -> None:
    contesting = reconsidered(wang, refused.receipt_number, REFUSE)
    assert not Recheck.objects.exists()
    remedies = status(wang, contesting.receipt_number).decision.remedies
    assert [(remedy.title["en"], remedy.days) for remedy in remedies] == [("Go to court", 15)]


def test_a_city_that_looks_at_nothing_again_orders_nothing(
    wang: Actor, refused: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    contesting = contest(wang, refused.receipt_number)
    reviewed(contesting, officer("legislative-affairs", username="wen"))
    head = officer("legislative-affairs", "head", username="zheng", office_number="912")
    step = task(contesting, "decide").id
    actions.decide(head, contesting.receipt_number, step, APPROVE, "Granted.")
    without = replace(current_city(), recheck=None)
    monkeypatch.setattr("yimen.cases.actions.rechecks.current_city", lambda: without)
    actions.order_recheck(SYSTEM, contesting.person_id, contesting.case_id)
    assert not Recheck.objects.exists()
