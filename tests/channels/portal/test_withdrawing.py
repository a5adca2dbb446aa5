"""Withdrawing an application from its status page, and what stands there when an office voided it."""

from datetime import timedelta

import pytest
import time_machine
from applied_city import _applied, city
from city_life import a_person, officer, resident, started, task, work
from django.test import Client
from filling_in import Applicant, text_of, value_of
from signing_in import a_resident, sign_in

from yimen.accounts.models import Account
from yimen.accounts.rules import RESIDENT_IDLE
from yimen.base.clock import now
from yimen.cases import actions
from yimen.cases.models import Case
from yimen.cases.types import TaskOutcome

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def applicant() -> Applicant:
    """Somebody signed in whose application is being handled."""
    person = a_person()
    account = a_resident(person_id=person.pk)
    found = Applicant(sign_in(Client(), account))
    found.receipt = started(resident(person.pk, account.pk))
    found.number = found.receipt.receipt_number
    return found


def at(applicant: Applicant, page: str = "") -> str:
    return f"/applications/{applicant.number}/{page}"


def test_the_status_leads_to_withdrawing_and_says_that_it_was(applicant: Applicant) -> None:
    assert "Withdraw the application" in text_of(applicant.get(at(applicant)))
    page = text_of(applicant.get(at(applicant, "withdraw/")))
    assert "the office stops working on it" in page and "Why (optional)" in page
    done = applicant.post(at(applicant, "withdraw/"), {"reason": "I <b>moved</b>."})
    assert done["Location"] == f"/en{at(applicant)}"
    page = applicant.get(at(applicant))
    assert "Your application is withdrawn" in text_of(page)
    assert "You withdrew the application" in text_of(page) and "I <b>moved</b>." in text_of(page)
    assert "being written" not in text_of(page)
    assert "/withdraw/" not in page.content.decode()
    receipt = text_of(applicant.get(at(applicant, "receipt/")))
    assert "This application was withdrawn on" in receipt and "How you are told" not in receipt
    assert "Withdrawn" in text_of(applicant.get("/mine/"))
    work()
    assert "Your application is withdrawn" in text_of(applicant.get("/mailbox/"))


def test_every_sentence_is_there_in_chinese(applicant: Applicant) -> None:
    applicant.prefix = ""
    assert "撤回以后：" in text_of(applicant.get(at(applicant, "withdraw/")))
    applicant.post(at(applicant, "withdraw/"))
    page = text_of(applicant.get(at(applicant)))
    assert "你的申请已经撤回" in page and "随时可以重新申请" in page


def test_a_second_click_and_a_late_look_lead_to_the_status(applicant: Applicant) -> None:
    for _ in range(2):
        done = applicant.post(at(applicant, "withdraw/"))
        assert done["Location"] == f"/en{at(applicant)}"
    assert applicant.get(at(applicant, "withdraw/"))["Location"] == f"/en{at(applicant)}"


def test_who_withdraws_what_was_decided_meanwhile_is_told(applicant: Applicant) -> None:
    assert applicant.get(at(applicant, "withdraw/")).status_code == 200
    receipt = applicant.receipt
    actions.complete_review(officer(), applicant.number, task(receipt, "review").id)
    head = officer(role="head", username="gao")
    actions.decide(head, applicant.number, task(receipt, "decide").id, TaskOutcome.APPROVE)
    late = applicant.post(at(applicant, "withdraw/"), {"reason": "too late"})
    assert late.status_code == 409
    assert "It was decided before you withdrew it" in text_of(late)
    assert Case.objects.get().outcome == "approved"


def test_an_endless_reason_is_refused_where_it_stands(applicant: Applicant) -> None:
    refused = applicant.post(at(applicant, "withdraw/"), {"reason": "x" * 2001})
    assert refused.status_code == 422
    assert "Shorten it to 2000 characters" in text_of(refused)
    assert value_of(refused, "reason").strip() == "x" * 2001


def test_a_reason_written_before_the_sign_in_ended_is_kept(applicant: Applicant) -> None:
    assert applicant.get(at(applicant, "withdraw/")).status_code == 200
    with time_machine.travel(now() + RESIDENT_IDLE + timedelta(minutes=1), tick=False):
        assert applicant.post(at(applicant, "withdraw/"), {"reason": "I moved."}).status_code == 302
        assert Case.objects.get().state == "handling"
        sign_in(applicant.client, Account.objects.get(username="wang"))
        back = applicant.get(at(applicant, "withdraw/"))
        assert "Your sign-in had ended" in text_of(back)
        assert value_of(back, "reason").strip() == "I moved."


def test_nobody_else_withdraws_it(applicant: Applicant) -> None:
    stranger = sign_in(Client(), a_resident("li", person_id=a_person(2).pk))
    path = f"/en{at(applicant, 'withdraw/')}"
    assert stranger.get(path).status_code == stranger.post(path).status_code == 404
    assert Client().post(path).status_code == 302
    page = applicant.get(at(applicant, "withdraw/"))
    assert "no-store" in page["Cache-Control"]
    assert Case.objects.get().state == "handling"


def test_a_voided_entry_says_so_on_status_and_receipt(applicant: Applicant) -> None:
    head = officer(role="head", username="gao", office_number="320")
    actions.void_entry(head, applicant.number, "It was meant for <i>his</i> brother.")
    page = text_of(applicant.get(at(applicant)))
    assert "This application is void" in page and "office 320 declared it void on" in page
    assert "It was meant for <i>his</i> brother." in page and "Declared void" in page
    assert "This receipt is void" in text_of(applicant.get(at(applicant, "receipt/")))
    assert "Void" in text_of(applicant.get("/mine/"))
    late = applicant.post(at(applicant, "withdraw/"))
    assert late["Location"] == f"/en{at(applicant)}"
    applicant.prefix = ""
    assert "这张回执已经作废" in text_of(applicant.get(at(applicant, "receipt/")))
    assert "这件申请属于登记有误" in text_of(applicant.get(at(applicant)))
