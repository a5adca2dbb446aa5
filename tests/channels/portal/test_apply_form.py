"""One question a page: proposed from records, confirmed or corrected, kept over a sign-in."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from applied_city import _applied, city
from city_life import a_person, records
from django.test import Client
from filling_in import Applicant, text_of, value_of
from signing_in import a_resident, sign_in

from yimen.accounts.rules import RESIDENT_IDLE
from yimen.base.clock import now
from yimen.cases.models import Draft
from yimen.catalogue.definition import City, FormField
from yimen.channels.portal.apply.form import Form

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
SCRIPT = "<script>alert(1)</script>"


def signed_in(person_id) -> Applicant:
    return Applicant(sign_in(Client(), a_resident(person_id=person_id)))


def test_questions_come_in_order_with_the_way_back_and_their_number() -> None:
    applicant = Applicant().begin()
    first = applicant.get(applicant.page())["Location"]
    assert first == f"/en{applicant.page('questions/full_name/')}"
    assert "1 of about" in text_of(applicant.client.get(first))
    second = applicant.answer("full_name", "卫国平")["Location"]
    page = applicant.client.get(second)
    assert "2 of about" in text_of(page)
    assert f'href="{first}"'.encode() in page.content


def test_an_answer_of_a_record_is_shown_with_its_source_and_date(city: City) -> None:
    person = a_person()
    records("residence", person.pk, current_address="徐汇区示例路1号", registration="elsewhere")
    applicant = signed_in(person.pk).begin()
    page = applicant.ask("current_address")
    assert value_of(page, "current_address") == "徐汇区示例路1号"
    words = text_of(page)
    title = city.data_sets["residence"].title["en"]
    assert f"From: {title}, as of 1 October 2026" in words
    assert "This is right, continue" in words
    assert value_of(applicant.ask("full_name"), "full_name") == "王芳"


def test_a_corrected_answer_stays_corrected() -> None:
    person = a_person()
    records("residence", person.pk, current_address="徐汇区示例路1号", registration="elsewhere")
    applicant = signed_in(person.pk).begin()
    applicant.answer("current_address", "黄浦区示例路2号")
    assert value_of(applicant.ask("current_address"), "current_address") == "黄浦区示例路2号"


def test_nothing_is_filled_in_for_a_visitor() -> None:
    person = a_person()
    records("residence", person.pk, current_address="徐汇区示例路1号", registration="elsewhere")
    applicant = Applicant().begin()
    assert value_of(applicant.ask("current_address"), "current_address") == ""


def test_an_earlier_answer_is_proposed_for_a_later_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Form.field

    def copied(form: Form, key: str) -> FormField | None:
        found = asked(form, key)
        if found is None or key != "current_address":
            return found
        return replace(found, from_record="", from_answer="registered_address")

    monkeypatch.setattr(Form, "field", copied)
    applicant = Applicant().begin()
    applicant.answer("registered_address", "江西省上饶市信州区中山路5号")
    page = applicant.ask("current_address")
    assert value_of(page, "current_address") == "江西省上饶市信州区中山路5号"
    assert "As you answered “Address in your household register”" in text_of(page)


@pytest.mark.parametrize(
    ("key", "wrong", "sentence"),
    [
        ("id_number", "340100197302145130", "has a wrong character"),
        ("email", "nobody", "is not an e-mail address"),
        ("ground", "", "has no answer yet. Choose one."),
        ("ground", "magic", "not one of those offered"),
        ("full_name", "", "has no answer yet. Write it here."),
        ("full_name", "长" * 61, "is too long"),
        ("arrived_on", "2024-02-30", "is not a day of the calendar"),
        ("current_division", "999999", "is not in the city's list"),
        ("phone", "12", "is not a telephone number"),
    ],
)
def test_a_wrong_answer_is_kept_on_the_page_with_a_sentence(key, wrong, sentence) -> None:
    applicant = Applicant().begin()
    response = applicant.answer(key, wrong)
    assert response.status_code == 422
    words = text_of(response)
    assert sentence in words
    assert "What you have written is kept." in words
    assert key not in Draft.objects.get().answers
    if key in ("id_number", "email", "phone"):
        assert value_of(response, key) == wrong


def test_a_question_may_be_left_empty_when_it_says_so() -> None:
    applicant = Applicant().begin()
    assert "You may leave this empty." in text_of(applicant.ask("email"))
    assert applicant.answer("email", "")["Location"].endswith("/questions/ground/")


def test_a_question_that_the_answers_do_not_call_for_is_not_asked() -> None:
    applicant = Applicant().begin()
    applicant.answer("ground", "work")
    away = applicant.ask("landlord_name")
    assert away["Location"] == f"/en{applicant.page()}"
    applicant.answer("ground", "rented_home")
    assert applicant.ask("landlord_name").status_code == 200


def test_a_change_from_the_check_page_leads_back_there() -> None:
    applicant = Applicant().fill_in()
    applicant.answer("email", "")
    page = applicant.get(applicant.page("questions/phone/") + "?from=check")
    assert b'name="from" value="check"' in page.content
    back = applicant.answer("phone", "13900000003", **{"from": "check"})
    assert back["Location"] == f"/en{applicant.page('check/')}"
    opened = applicant.answer("ground", "study", **{"from": "check"})
    assert opened["Location"] == f"/en{applicant.page('questions/school/')}?from=check"


def test_a_script_is_shown_as_text_everywhere() -> None:
    applicant = Applicant().fill_in()
    for key in ("full_name", "registered_address", "current_address", "landlord_name"):
        applicant.answer(key, SCRIPT)
    pages = [applicant.ask("full_name"), applicant.get(applicant.page("check/"))]
    number = applicant.send()["Location"].split("/")[-3]
    pages += [applicant.get(f"/applications/{number}/{page}") for page in ("", "sent/", "receipt/")]
    for page in pages:
        assert page.status_code == 200
        assert SCRIPT.encode() not in page.content
    assert SCRIPT in text_of(pages[1])


def test_far_too_much_text_is_refused_with_our_page() -> None:
    applicant = Applicant().begin()
    response = applicant.answer("full_name", "长" * 2_000_000)
    assert response.status_code == 413
    many = applicant.post(
        applicant.page("questions/full_name/"), {f"f{n}": "1" for n in range(1100)}
    )
    assert many.status_code == 413
    assert "That was too large to take" in text_of(many)


def test_a_request_of_200_megabytes_is_refused_by_its_length_alone() -> None:
    applicant = Applicant().begin()
    response = applicant.client.post(
        f"/en{applicant.page('documents/photo/')}",
        data=b"never read",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="200000000",
    )
    assert response.status_code == 413
    assert "everything from the steps before is kept" in text_of(response)


def test_a_sign_in_that_ends_on_the_way_keeps_the_answer_and_comes_back() -> None:
    account = a_resident(person_id=a_person().pk)
    applicant = Applicant(sign_in(Client(), account)).begin()
    path = f"/en{applicant.page('questions/current_address/')}"
    with time_machine.travel(now() + RESIDENT_IDLE + timedelta(minutes=1), tick=False):
        away = applicant.answer("current_address", "黄浦区示例路2号")
        assert away.status_code == 302
        assert away["Location"].startswith("/en/ways-in/?next=")
        page = applicant.client.get(away["Location"])
        assert "What you have just written is kept" in text_of(page)
        assert "/en/account/login/?next=" in page.content.decode()

        sign_in(applicant.client, account)
        back = applicant.client.get(path)
        assert value_of(back, "current_address") == "黄浦区示例路2号"
        assert "This is what you wrote before your sign-in ended" in text_of(back)
        applicant.answer("current_address", "黄浦区示例路2号")
        assert "before your sign-in ended" not in text_of(applicant.client.get(path))


def test_what_was_kept_is_shown_to_nobody_else() -> None:
    owner = a_resident(person_id=a_person().pk)
    applicant = Applicant(sign_in(Client(), owner)).begin()
    with time_machine.travel(now() + RESIDENT_IDLE + timedelta(minutes=1), tick=False):
        applicant.answer("current_address", "黄浦区示例路2号")
        other = a_resident("li", a_person(2, "李明").pk)
        sign_in(applicant.client, other)
        assert applicant.ask("current_address").status_code == 404
        own = Applicant(applicant.client).begin()
        assert "黄浦区示例路2号" not in text_of(own.ask("current_address"))
