"""A receipt number and a one-time code open the status; nothing is learned by guessing."""

import re
from datetime import date

import pytest
from applied_city import _applied, city
from city_life import a_person, resident, started, work
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from filling_in import Applicant, text_of
from signing_in import a_resident, an_officer, sign_in

from yimen.accounts.queries import PROVISIONAL_PERSON
from yimen.base.identifiers import receipt_number
from yimen.cases.models import StatusCode

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
UNKNOWN = receipt_number(date(2026, 11, 23))  # never given out


@pytest.fixture
def number() -> str:
    """The receipt number of a visitor who gave an e-mail address."""
    applicant = Applicant().fill_in()
    applicant.answer("email", "wei@example.org")
    sent = applicant.send()["Location"].split("/")[-3]
    work()
    return sent


def code() -> str:
    """Return the code of the newest e-mail."""
    work()
    found = re.search(r"\b\d{6}\b", mail.outbox[-1].subject)
    assert found
    return found[0]


def ask(applicant: Applicant, number: str) -> HttpResponse:
    return applicant.post("/status/", {"number": number})


def enter(applicant: Applicant, typed: str) -> HttpResponse:
    return applicant.post("/status/code/", {"code": typed})


def test_the_code_opens_the_status_and_makes_a_visitor_the_applicant_again(number: str) -> None:
    other = Applicant()
    assert ask(other, number.lower().replace("-", " "))["Location"] == "/en/status/code/"
    assert "a code is on its way there" in text_of(other.get("/status/code/"))
    assert enter(other, code())["Location"] == f"/en/applications/{number}/"
    page = text_of(other.get(f"/applications/{number}/"))
    assert "Residence permit" in page and "What you have sent" in page
    assert other.get("/mailbox/").status_code == 200
    assert other.client.session[PROVISIONAL_PERSON]


def test_the_mail_holds_nothing_personal_but_the_code(number: str) -> None:
    ask(Applicant(), number)
    work()
    assert "卫国平" not in mail.outbox[-1].body and "天钥桥路" not in mail.outbox[-1].body


def test_the_status_of_somebody_identified_opens_without_papers_and_answers() -> None:
    person = a_person()
    account = a_resident(person_id=person.pk)
    receipt = started(resident(person.pk, account.pk)).receipt_number
    other = Applicant()
    ask(other, receipt)
    enter(other, code())
    page = text_of(other.get(f"/applications/{receipt}/"))
    assert "Check the file" in page and "What you have sent" not in page
    receipt_page = text_of(other.get(f"/applications/{receipt}/receipt/"))
    assert "@example.org" not in receipt_page
    assert other.get(f"/applications/{receipt}/sent/").status_code == 302
    assert other.get(f"/applications/{receipt}/answer/").status_code == 302
    assert PROVISIONAL_PERSON not in other.client.session


@pytest.mark.parametrize("times", [1, 4])
def test_an_unknown_number_looks_like_a_known_one(number: str, times: int) -> None:
    pages = []
    for asked in (number, UNKNOWN):
        applicant = Applicant()
        for _ in range(times):
            assert ask(applicant, asked)["Location"] == "/en/status/code/"
        shown = text_of(applicant.get("/status/code/"))
        wrong = enter(applicant, "000000")
        assert wrong.status_code == 422
        pages.append((shown + text_of(wrong)).replace(asked, ""))
    assert pages[0] == pages[1]


def test_six_tries_of_one_code_look_like_any_wrong_code(number: str) -> None:
    applicant = Applicant()
    ask(applicant, number)
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert enter(applicant, wrong).status_code == 422
    assert enter(applicant, right).status_code == 422
    assert "tried too often" in text_of(enter(applicant, right))


def test_a_code_works_once(number: str) -> None:
    first = Applicant()
    ask(first, number)
    sent = code()
    assert enter(first, sent).status_code == 302
    second = Applicant()
    ask(second, UNKNOWN)
    session = second.client.session
    session["status_asked"] = number
    session.save()
    assert enter(second, sent).status_code == 422


def test_a_slip_of_the_pen_is_noticed_before_anything_is_asked(number: str) -> None:
    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
    page = ask(Applicant(), wrong)
    assert page.status_code == 422
    assert "This is not a receipt number" in text_of(page)
    assert not StatusCode.objects.exists()


def test_an_application_without_an_address_looks_the_same() -> None:
    number = Applicant().apply()
    assert ask(Applicant(), number)["Location"] == "/en/status/code/"
    assert not StatusCode.objects.exists()


def test_the_page_of_the_code_needs_a_number_first() -> None:
    assert Applicant().get("/status/code/")["Location"] == "/en/status/"


def test_asking_and_trying_have_limits() -> None:
    applicant = Applicant()
    answers = [ask(applicant, UNKNOWN).status_code for _ in range(31)]
    assert answers[0] == 302 and answers[-1] == 429
    tries = [enter(applicant, "000000").status_code for _ in range(61)]
    assert tries[0] == 422 and tries[-1] == 429


def test_staff_cannot_become_an_applicant(number: str) -> None:
    staff = Applicant(sign_in(Client(), an_officer(), second_factor=True))
    ask(staff, number)
    assert enter(staff, code()).status_code == 302
    assert PROVISIONAL_PERSON not in staff.client.session
    assert staff.get(f"/applications/{number}/").status_code == 403
