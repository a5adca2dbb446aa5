"""From a refusal to the form that contests it, and what the status shows of it."""

import pytest
from applied_city import _applied, city
from city_life import (
    a_person,
    an_application,
    officer,
    resident,
    reviewed,
    send,
    started,
    task,
    work,
)
from django.test import Client
from filling_in import Applicant, text_of
from signing_in import a_resident, sign_in

from yimen.cases import actions
from yimen.cases.models import Draft
from yimen.cases.types import Receipt, TaskOutcome

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
SERVICE = "administrative-reconsideration"


def refuse(receipt: Receipt) -> None:
    head = officer(role="head", username="gao", office_number="320")
    step = task(receipt, "decide").id
    actions.decide(head, receipt.receipt_number, step, TaskOutcome.REFUSE, "No lease.")


@pytest.fixture
def applicant() -> Applicant:
    """Somebody signed in whose application was refused."""
    person = a_person()
    account = a_resident(person_id=person.pk)
    found = Applicant(sign_in(Client(), account))
    found.actor = resident(person.pk, account.pk)
    found.receipt = reviewed(started(found.actor), officer())
    found.number = found.receipt.receipt_number
    refuse(found.receipt)
    return found


def test_the_way_from_a_refusal_fills_in_what_is_contested(applicant: Applicant) -> None:
    page = applicant.get(f"/applications/{applicant.number}/")
    assert "Ask for it online" in text_of(page)
    way = f"/apply/{SERVICE}/"
    assert f"{way}?case={applicant.number}" in page.content.decode()
    start = applicant.get(f"{way}?case={applicant.number}").content.decode()
    assert f'name="case" value="{applicant.number}"' in start
    for _ in range(2):  # pressing twice leads to the same form
        applicant.post(way, {"next": "form", "case": applicant.number})
    draft = Draft.objects.get()
    assert draft.answers == {"contested": applicant.number}


@pytest.mark.parametrize("case", ["", "12", "<script>"])
def test_a_way_that_names_no_case_fills_in_nothing(applicant: Applicant, case: str) -> None:
    way = f"/apply/{SERVICE}/"
    assert '<script>"' not in applicant.get(f"{way}?case={case}").content.decode()
    applicant.post(way, {"next": "form", "case": case})
    assert Draft.objects.get().answers == {}


def test_a_visitor_begins_with_the_case_too() -> None:
    visitor = Applicant(Client())
    visitor.post(f"/apply/{SERVICE}/", {"next": "form", "case": "261008-4KRD-CN70"})
    assert Draft.objects.get().answers == {"contested": "261008-4KRD-CN70"}


def test_the_status_says_that_it_is_contested_and_what_came_of_it(applicant: Applicant) -> None:
    application = an_application(SERVICE, "good-refused-allowance", contested=applicant.number)
    contesting = send(applicant.actor, application)
    work()
    assert "You contested the decision" in text_of(
        applicant.get(f"/applications/{applicant.number}/")
    )
    reviewed(contesting, officer("legislative-affairs", username="wen"))
    head = officer("legislative-affairs", "head", username="zheng", office_number="912")
    step = task(contesting, "decide").id
    actions.decide(head, contesting.receipt_number, step, TaskOutcome.APPROVE, "There is a lease.")
    work()
    page = text_of(applicant.get(f"/applications/{applicant.number}/"))
    assert f"You contested it and were right: {contesting.receipt_number}" in page
    assert "The office changes its decision by" in page and "There is a lease." in page
    assert "looks again" not in page
    applicant.prefix = ""
    page = text_of(applicant.get(f"/applications/{applicant.number}/"))
    assert "你提出的异议得到支持" in page and "办理机关会在" in page
