"""Before the form: what it asks for, for whom, and one beginning."""

from dataclasses import replace
from datetime import date

import pytest
from applied_city import _applied, city
from changed_city import ChangeCity, change_city, closed
from city_life import a_person, records
from django.test import Client
from filling_in import Applicant, an_organisation, text_of, value_of
from signing_in import a_resident, an_officer, sign_in

from yimen.accounts.queries import PROVISIONAL_PERSON
from yimen.cases.models import Draft
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import ChannelKind
from yimen.channels.portal.apply import starting

__all__ = ["_applied", "change_city", "city"]
pytestmark = pytest.mark.usefixtures("city")


def test_the_first_page_says_what_is_asked_and_what_to_have_at_hand() -> None:
    page = text_of(Applicant().get("/apply/residence-permit/"))
    assert "questions, depending on your answers a few more" in page
    assert "Recent photo of yourself" in page
    assert "(not when you sign in and the city has it)" in page
    assert "Free of charge" in page
    assert "Sign in and come back here" in page


def test_the_guide_page_leads_to_it() -> None:
    page = Applicant().get("/services/residence-permit/")
    assert b'href="/en/apply/residence-permit/"' in page.content


def test_who_is_signed_in_is_not_asked_for_what_the_city_has() -> None:
    person = a_person()
    records("population", person.pk, marital_status="single")
    page = text_of(_signed_in(person.pk).get("/apply/residence-permit/"))
    assert "Recent photo of yourself" in page
    assert "Identity card" not in page
    assert "Sign in" not in page


def test_an_account_that_is_not_tied_is_told_that_nothing_can_be_filled_in() -> None:
    page = text_of(_signed_in(None).get("/apply/residence-permit/"))
    assert "Your account is not tied to you yet" in page


def test_a_visitor_gets_a_person_of_the_session() -> None:
    applicant = Applicant().begin()
    assert applicant.client.session[PROVISIONAL_PERSON]
    assert applicant.ask("ground").status_code == 200


def test_pressing_twice_begins_one_form() -> None:
    applicant = Applicant().begin()
    first = applicant.draft
    assert applicant.begin().draft == first
    applicant.answer("full_name", "卫国平")
    assert applicant.begin().draft != first


def test_a_form_begun_before_is_offered_again() -> None:
    applicant = Applicant().begin()
    applicant.answer("full_name", "卫国平")
    page = applicant.get("/apply/residence-permit/")
    assert "You have begun this already" in text_of(page)
    assert f"/en/drafts/{applicant.draft}/" in page.content.decode()


def test_there_is_no_page_for_a_service_that_does_not_exist() -> None:
    assert Applicant().get("/apply/no-such-service/").status_code == 404
    assert Applicant().post("/apply/no-such-service/form/").status_code == 404


def test_a_closed_service_says_since_when_and_takes_nothing(change_city: ChangeCity) -> None:
    applicant = Applicant().begin()
    applicant.answer("full_name", "卫国平")
    change_city(closed("residence-permit"))
    pages = (
        "/apply/residence-permit/",
        "/apply/residence-permit/criteria/",
        "/apply/residence-permit/criteria/result/",
        applicant.page(),
        applicant.page("changes/"),
    )
    for path in pages:
        response = applicant.get(path)
        if response.status_code == 302:
            response = applicant.client.get(response["Location"])
        assert response.status_code == 410, path
        assert "takes no new applications since 1 January 2020" in text_of(response)
    assert applicant.post("/apply/residence-permit/").status_code == 410
    assert applicant.post("/apply/residence-permit/form/").status_code == 410
    page = text_of(applicant.get("/apply/residence-permit/"))
    assert "What you had begun was not sent" in page


def test_a_service_that_is_not_online_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = current_city().services["residence-permit"]
    offline = replace(declared, channels=(ChannelKind.COUNTER,))
    monkeypatch.setattr(starting, "declared", lambda code: offline)
    response = Applicant().get("/apply/residence-permit/")
    assert response.status_code == 404
    assert "cannot be asked for online" in text_of(response)
    assert offline.where["en"] in text_of(response)


def test_staff_are_told_to_use_an_account_of_their_own() -> None:
    client = sign_in(Client(), an_officer(), second_factor=True)
    response = client.get("/en/apply/residence-permit/")
    assert response.status_code == 403
    assert "This page is for residents" in text_of(response)


def test_a_company_is_chosen_and_its_records_answer() -> None:
    person = a_person()
    company = an_organisation(person.pk)
    records(
        "enterprise",
        company.pk,
        status="name_approved",
        kind="limited",
        registered_name="晨光小吃店有限公司",
        name_approved_on=date(2026, 10, 1),
        registered_capital="500000.00",
    )
    applicant = _signed_in(person.pk)
    first = applicant.get("/apply/business-licence/")
    assert "晨光小吃店" in text_of(first)

    nobody = applicant.post("/apply/business-licence/", {"next": "form"})
    assert nobody.status_code == 422
    assert "Say for whom you apply" in text_of(nobody)
    somebody_elses = applicant.post(
        "/apply/business-licence/", {"next": "form", "for": str(a_person(2).pk)}
    )
    assert somebody_elses.status_code == 422

    to_criteria = applicant.post("/apply/business-licence/", {"for": str(company.pk)})
    assert to_criteria["Location"] == "/en/apply/business-licence/criteria/"
    result = applicant.get("/apply/business-licence/criteria/result/")
    assert "by what is known the conditions are met" in text_of(result)

    applicant.begin("business-licence", **{"for": str(company.pk)})
    assert value_of(applicant.ask("company_name"), "company_name") == "晨光小吃店有限公司"


def test_a_company_that_is_not_registered_yet_can_be_applied_for() -> None:
    person = a_person()
    an_organisation(person.pk)
    applicant = _signed_in(person.pk).begin("business-licence", **{"for": "new"})
    assert value_of(applicant.ask("company_name"), "company_name") == ""


def _signed_in(person_id) -> Applicant:
    return Applicant(sign_in(Client(), a_resident(person_id=person_id)))


def test_a_network_begins_only_so_many_forms_an_hour(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "begin_form": "1/h/ip"}
    first = Applicant().begin()
    again = first.post("/apply/residence-permit/", {"next": "form"})
    assert again.status_code == 302  # the same form once more is no new one
    refused = Applicant().post("/apply/residence-permit/", {"next": "form"})
    assert refused.status_code == 429
    assert "What you have begun and added is kept." in text_of(refused)
    assert Draft.objects.count() == 1
