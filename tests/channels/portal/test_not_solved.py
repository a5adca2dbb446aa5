"""Saying that a decision solves nothing: the page, what the status shows, what comes back."""

from datetime import timedelta

import pytest
import time_machine
from applied_city import _applied, city
from city_life import a_person, officer, resident, reviewed, started, task, work
from django.test import Client
from filling_in import Applicant, text_of, value_of
from signing_in import a_resident, sign_in

from yimen.accounts.models import Account
from yimen.accounts.rules import RESIDENT_IDLE
from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases import actions
from yimen.cases.models import Recheck
from yimen.cases.queries.handling import decision_in_force
from yimen.cases.queries.scope import case_visible_to
from yimen.cases.types import TaskOutcome

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
WRONG = "The permit names the <b>wrong</b> street."


@pytest.fixture
def head() -> Actor:
    return officer(role="head", username="gao", office_number="320")


@pytest.fixture
def applicant(head: Actor) -> Applicant:
    """Somebody signed in whose application was approved."""
    person = a_person()
    account = a_resident(person_id=person.pk)
    found = Applicant(sign_in(Client(), account))
    found.receipt = reviewed(started(resident(person.pk, account.pk)), officer())
    found.number = found.receipt.receipt_number
    step = task(found.receipt, "decide").id
    actions.decide(head, found.number, step, TaskOutcome.APPROVE)
    return found


def at(applicant: Applicant, page: str = "") -> str:
    return f"/applications/{applicant.number}/{page}"


def test_the_status_leads_to_the_page_and_shows_what_came_of_it(applicant: Applicant) -> None:
    page = applicant.get(at(applicant))
    assert "It is not solved: ask that somebody else looks again" in text_of(page)
    page = text_of(applicant.get(at(applicant, "not-solved/")))
    assert "it goes one level up" in page and "once for a decision" in page
    empty = applicant.post(at(applicant, "not-solved/"), {"reason": " "})
    assert empty.status_code == 422 and "Write what is not solved." in text_of(empty)
    done = applicant.post(at(applicant, "not-solved/"), {"reason": WRONG})
    assert done["Location"] == f"/en{at(applicant)}"
    page = applicant.get(at(applicant))
    assert WRONG in text_of(page) and "<b>wrong</b>" not in page.content.decode()
    assert "Somebody who did not decide is looking again." in text_of(page)
    assert "not-solved/" not in page.content.decode()
    assert applicant.get(at(applicant, "not-solved/"))["Location"] == f"/en{at(applicant)}"
    other = officer(role="head", username="lu", office_number="321")
    step = task(applicant.receipt, "recheck").id
    actions.answer_recheck(other, applicant.number, step, "The street was renamed.")
    page = text_of(applicant.get(at(applicant)))
    assert "321 looked again on" in page and "The street was renamed." in page
    assert "You said that it is not solved" in page
    work()
    assert "We have looked again: the decision stands" in text_of(applicant.get("/mailbox/"))


def test_every_sentence_is_there_in_chinese(applicant: Applicant) -> None:
    applicant.prefix = ""
    assert "交给上一级负责人办理" in text_of(applicant.get(at(applicant, "not-solved/")))
    applicant.post(at(applicant, "not-solved/"), {"reason": "街道名称写错了。"})
    page = text_of(applicant.get(at(applicant)))
    assert "正在由未作出决定的人复核" in page and "你说问题没有解决" in page


def test_a_decision_that_was_corrected_for_it_says_so(applicant: Applicant) -> None:
    applicant.post(at(applicant, "not-solved/"), {"reason": WRONG})
    other = officer(role="head", username="lu", office_number="321")
    decision = decision_in_force(case_visible_to(other, applicant.number))
    assert decision is not None
    words = ("approved", "You are right.", "slip")
    actions.correct_decision(other, applicant.number, decision.id, *words)
    assert "and changed the decision" in text_of(applicant.get(at(applicant)))


def test_what_comes_too_late_or_too_long_is_told_and_kept(applicant: Applicant) -> None:
    long = applicant.post(at(applicant, "not-solved/"), {"reason": "x" * 2001})
    assert long.status_code == 422 and "Shorten it to 2000 characters" in text_of(long)
    with time_machine.travel(now() + timedelta(days=60)):
        sign_in(applicant.client, Account.objects.get(username="wang"))
        late = applicant.post(at(applicant, "not-solved/"), {"reason": WRONG})
        assert late.status_code == 409 and WRONG in text_of(late)
        assert "This can no longer be looked at again" in text_of(late)
    assert not Recheck.objects.exists()


def test_words_sent_after_the_sign_in_ended_are_kept(applicant: Applicant) -> None:
    assert applicant.get(at(applicant, "not-solved/")).status_code == 200
    with time_machine.travel(now() + RESIDENT_IDLE + timedelta(minutes=1), tick=False):
        applicant.post(at(applicant, "not-solved/"), {"reason": WRONG})
        assert not Recheck.objects.exists()
        sign_in(applicant.client, Account.objects.get(username="wang"))
        page = applicant.get(at(applicant, "not-solved/"))
        assert value_of(page, "reason").strip() == WRONG and "not recorded" in text_of(page)


def test_nobody_else_asks_for_it(applicant: Applicant) -> None:
    stranger = sign_in(Client(), a_resident("chen", person_id=a_person(2).pk))
    path = f"/en{at(applicant, 'not-solved/')}"
    words = {"reason": WRONG}
    assert stranger.get(path).status_code == stranger.post(path, words).status_code == 404
    assert Client().post(path, words).status_code == 302
    assert not Recheck.objects.exists()
