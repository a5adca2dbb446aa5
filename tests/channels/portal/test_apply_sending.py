"""Checked, declared, sent once: the receipt is the same however often one presses."""

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from changed_city import ChangeCity, change_city, closed, new_version
from city_life import a_person, records
from django.test import Client
from filling_in import Applicant, text_of
from signing_in import a_resident, sign_in

from yimen.base.clock import today
from yimen.cases.models import Application, Case, Draft
from yimen.catalogue.queries import current_zone
from yimen.channels.shared import wording

__all__ = ["_applied", "change_city", "city"]
pytestmark = pytest.mark.usefixtures("city")
EARLY = ("passport-application", "good-first-holiday")
DEARER = ('amount = "120.00"', 'amount = "140.00"')


def test_the_check_page_shows_everything_with_its_way_to_change_it() -> None:
    applicant = Applicant().fill_in()
    page = applicant.get(applicant.page("check/"))
    words = text_of(page)
    assert "340100********513X" in words and "34010019730214513X" not in words
    assert "1 September 2024" in words and "photo.png" in words and "Free of charge" in words
    links = [a["href"] for a in BeautifulSoup(page.content, "html.parser").select("dd a")]
    assert f"/en{applicant.page('questions/phone/')}?from=check" in links
    assert f"/en{applicant.page('documents/photo/')}" in links


def test_what_is_still_open_stands_on_top_and_nothing_can_be_sent() -> None:
    applicant = Applicant().begin()
    page = applicant.get(applicant.page("check/"))
    words = text_of(page)
    assert "things are still open" in words
    assert "“Your name” has no answer yet" in words
    assert "All of this is right" not in words
    assert applicant.get(applicant.page("send/"))["Location"] == f"/en{applicant.page('check/')}"
    assert applicant.send()["Location"] == f"/en{applicant.page('check/')}"
    assert not Case.objects.exists()


def test_an_answer_that_agrees_with_a_record_names_it() -> None:
    person = a_person()
    records(
        "residence",
        person.pk,
        registration="elsewhere",
        registered_address="江西省上饶市信州区中山路5号",
    )
    applicant = Applicant(sign_in(Client(), a_resident(person_id=person.pk))).fill_in()
    page = BeautifulSoup(applicant.get(applicant.page("check/")).content, "html.parser")
    notes = [note.get_text() for note in page.select("dd .y-source")]
    assert len([note for note in notes if "as of 1 October 2026" in note]) == 1


def test_without_the_declaration_nothing_is_sent() -> None:
    applicant = Applicant().fill_in()
    page = applicant.post(applicant.page("send/"))
    assert page.status_code == 422
    assert "Tick the box to send the application." in text_of(page)
    assert "Shanghai Municipal Public Security Bureau" in text_of(page)
    assert not Case.objects.exists()


def test_the_receipt_shows_number_drawing_day_and_reason() -> None:
    applicant = Applicant().fill_in()
    receipt = applicant.send()["Location"]
    page = applicant.client.get(receipt)
    words = text_of(page)
    case = Case.objects.get()
    assert case.receipt_number in words
    assert page.content.count(b'class="y-qr"') == 1
    assert case.promised_due is not None
    assert wording.day(case.promised_due, "en") in words
    assert "The limit is 10 days. Every day counts." in words
    day = wording.day(today(current_zone()), "en")
    assert f"Your application arrived on {day}" in words
    assert "You gave no e-mail address" in words


def test_the_receipt_names_the_address_to_which_word_goes_in_part_only() -> None:
    applicant = Applicant().fill_in()
    applicant.answer("email", "weiguoping@example.org")
    receipt = applicant.client.get(applicant.send()["Location"])
    assert "Word goes to w***@example.org" in text_of(receipt)
    assert b"weiguoping" not in receipt.content


def test_who_is_signed_in_is_told_where_letters_come() -> None:
    client = sign_in(Client(), a_resident(person_id=a_person().pk))
    words = text_of(client.get(Applicant(client).fill_in().send()["Location"]))
    assert "letters come to the mailbox there" in words
    assert "Word goes to w***@example.org" in words


def test_sending_twice_gives_the_same_receipt() -> None:
    applicant = Applicant().fill_in()
    first, second = applicant.send(), applicant.send()
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_going_back_after_sending_leads_to_the_receipt() -> None:
    applicant = Applicant().fill_in()
    receipt = applicant.send()["Location"]
    for page in ("", "check/", "send/", "documents/", "questions/phone/", "save/"):
        assert applicant.get(applicant.page(page))["Location"] == receipt, page
    assert applicant.answer("phone", "13900000009")["Location"] == receipt


def test_a_second_window_that_signed_in_meanwhile_gets_the_same_receipt() -> None:
    applicant = Applicant().fill_in()
    receipt = applicant.send()["Location"]
    client = applicant.client
    client.post(
        "/en/account/login/",
        {"login": a_resident(person_id=a_person().pk).username, "password": "rilo-tabe-mufo-kedi"},
    )
    assert applicant.send()["Location"] == receipt
    assert Case.objects.count() == 1


def test_what_was_begun_before_signing_in_is_sent_as_oneself() -> None:
    person = a_person()
    records("residence", person.pk, registration="elsewhere")
    applicant = Applicant().begin()
    account = a_resident(person_id=person.pk)
    applicant.client.post(
        "/en/account/login/", {"login": account.username, "password": "rilo-tabe-mufo-kedi"}
    )
    assert "王芳" in applicant.ask("full_name").content.decode()
    applicant.fill_in()
    number = applicant.send()["Location"].split("/")[-3]
    assert Application.objects.get(receipt_number=number).identified
    assert applicant.get(f"/applications/{number}/").status_code == 200


def test_a_service_that_closes_before_sending_says_so(change_city: ChangeCity) -> None:
    applicant = Applicant().fill_in()
    change_city(closed("residence-permit"))
    response = applicant.send()
    assert response.status_code == 410
    assert Draft.objects.count() == 1


def test_a_service_that_is_no_longer_offered_online_says_where_to_go(
    change_city: ChangeCity,
) -> None:
    applicant = Applicant().fill_in()
    change_city(new_version("residence-permit", ('channels = ["portal", ', "channels = [")))
    response = applicant.send()
    assert response.status_code == 404
    assert "This service cannot be asked for online" in text_of(response)
    assert Draft.objects.count() == 1


def test_a_new_version_is_told_before_going_on(change_city: ChangeCity) -> None:
    applicant = Applicant().fill_in(*EARLY)
    change_city(new_version(EARLY[0], DEARER, ('key = "phone"', 'key = "telephone"')))
    for response in (applicant.get(applicant.page()), applicant.send()):
        assert response["Location"] == f"/en{applicant.page('changes/')}"
    page = text_of(applicant.get(applicant.page("changes/")))
    assert "The service has changed since you began" in page
    assert "It was 120 yuan and is now 140 yuan" in page
    assert "New Telephone number" in page and "Not asked any more Telephone number" in page
    onward = applicant.post(applicant.page("changes/"))
    assert onward["Location"] == f"/en{applicant.page()}"
    again = applicant.get(applicant.page("changes/"))
    assert again["Location"] == f"/en{applicant.page()}"
    applicant.answer("email", "")
    assert applicant.get(applicant.page())["Location"].endswith("/questions/telephone/")


def test_a_new_version_that_asks_the_same_says_that_too(change_city: ChangeCity) -> None:
    applicant = Applicant().begin(EARLY[0])
    change_city(new_version(EARLY[0], ("visits = 1", "visits = 2")))
    page = text_of(applicant.get(applicant.page("changes/")))
    assert "Neither the questions and conditions nor the time and the fee have changed" in page


def test_a_new_version_with_other_conditions_limits_and_fee_words_says_which(
    change_city: ChangeCity,
) -> None:
    applicant = Applicant().begin("passport-application")
    change_city(
        new_version(
            "passport-application",
            ("promised = { calendar_days = 10 }", "promised = { calendar_days = 9 }"),
            ('says.en = "120 yuan for each passport', 'says.en = "A new text: 120 yuan'),
            ('says.en = "You ', 'says.en = "Now you '),
        )
    )
    page = text_of(applicant.get(applicant.page("changes/")))
    assert "Now we promise 9 days, and the law allows 15 days." in page
    assert "New or changed conditions" in page and "Now you " in page
    assert "Fee A new text: 120 yuan" in page
    assert "only other words" not in page


def test_a_running_case_keeps_its_fee_and_says_why(change_city: ChangeCity) -> None:
    applicant = Applicant()
    number = applicant.apply(*EARLY)
    assert "120 yuan" in text_of(applicant.get(f"/applications/{number}/receipt/"))
    change_city(new_version(EARLY[0], DEARER))
    page = text_of(applicant.get(f"/applications/{number}/"))
    assert "120 yuan" in page
    assert "Since then the fee of this service has become 140 yuan" in page
    assert "a new fee binds new applications only" in page
