"""Stop, and go on elsewhere: with a code, or by signing in."""

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from city_life import a_person
from django.http import HttpResponse
from django.test import Client
from filling_in import Applicant, a_file, text_of, value_of
from signing_in import PASSWORD, a_resident, an_officer, sign_in

from yimen.cases.models import Draft, DraftFile

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")


def begun() -> Applicant:
    applicant = Applicant().begin()
    applicant.answer("full_name", "卫国平")
    return applicant


def code_of(applicant: Applicant) -> str:
    """Let the page show a code, and return it."""
    made = applicant.post(applicant.page("save/"))
    assert made.status_code == 302
    page = applicant.get(applicant.page("save/"))
    shown = BeautifulSoup(page.content, "html.parser").select_one(".y-panel__number")
    assert shown is not None
    return str(shown.text)


def enter(applicant: Applicant, code: str) -> HttpResponse:
    return applicant.post("/drafts/resume/", {"code": code})


def test_the_page_says_until_when_answers_are_kept_and_shows_a_code_once_asked() -> None:
    applicant = begun()
    page = text_of(applicant.get(applicant.page("save/")))
    assert "Your answers are saved" in page and "90 days more" in page
    assert "Show me a code" in page
    assert len(code_of(applicant)) == 14
    assert "/en/drafts/resume/" in text_of(applicant.get(applicant.page("save/")))


def test_the_code_opens_the_draft_on_another_device() -> None:
    applicant = begun()
    other = Applicant()
    other.draft = applicant.draft
    away = other.ask("full_name")
    assert away["Location"].startswith("/en/ways-in/")
    code = code_of(applicant)
    assert enter(other, code.lower().replace("-", " "))["Location"] == f"/en{other.page()}"
    assert value_of(other.ask("full_name"), "full_name") == "卫国平"
    assert value_of(applicant.ask("full_name"), "full_name") == "卫国平"


def test_a_new_code_makes_the_old_one_void() -> None:
    applicant = begun()
    old, new = code_of(applicant), code_of(applicant)
    assert enter(Applicant(), old).status_code == 422
    assert enter(Applicant(), new).status_code == 302


def test_a_wrong_code_gets_a_sentence() -> None:
    page = enter(Applicant(), "2222-2222-2222")
    assert page.status_code == 422
    assert "No draft has this code" in text_of(page)
    assert enter(Applicant(), "").status_code == 422


def test_whoever_is_signed_in_gets_a_draft_of_their_own() -> None:
    applicant = begun()
    applicant.attach("photo", a_file("photo"))
    code = code_of(applicant)
    other = Applicant(sign_in(Client(), a_resident(person_id=a_person().pk)))
    other.draft = enter(other, code)["Location"].split("/")[-2]
    assert other.draft != applicant.draft
    assert value_of(other.ask("full_name"), "full_name") == "卫国平"
    assert DraftFile.objects.count() == 1
    assert applicant.ask("full_name").status_code == 302


def test_an_account_without_a_person_keeps_the_draft_on_every_device() -> None:
    code = code_of(begun())
    account = a_resident()
    first = Applicant(sign_in(Client(), account))
    first.draft = enter(first, code)["Location"].split("/")[-2]
    second = Applicant(sign_in(Client(), account))
    second.draft = first.draft
    assert second.ask("full_name").status_code == 200


def test_a_draft_of_somebody_identified_opens_by_signing_in_only() -> None:
    account = a_resident(person_id=a_person().pk)
    applicant = Applicant(sign_in(Client(), account)).begin()
    page = applicant.get(applicant.page("save/"))
    assert "sign in, and open “My matters”" in text_of(page)
    assert b"Show me a code" not in page.content
    applicant.post(applicant.page("save/"))
    assert "y-panel__number" not in applicant.get(applicant.page("save/")).content.decode()
    elsewhere = Applicant(sign_in(Client(), account))
    elsewhere.draft = applicant.draft
    assert elsewhere.ask("full_name").status_code == 200


def test_a_code_of_a_draft_that_needs_a_sign_in_says_so() -> None:
    applicant = begun()
    code = code_of(applicant)
    Draft.objects.update(identified=True)
    page = enter(Applicant(), code)
    assert page.status_code == 422
    assert "was begun with a sign-in" in text_of(page)


def test_staff_open_no_drafts() -> None:
    code = code_of(begun())
    officer = Applicant(sign_in(Client(), an_officer(), second_factor=True))
    assert enter(officer, code).status_code == 403


def test_another_draft_of_this_browser_is_named_before_it_is_left() -> None:
    applicant = begun()
    page = text_of(applicant.get("/drafts/resume/"))
    assert "Another application was begun in this browser" in page
    assert "Residence permit" in page
    assert "Another application" not in text_of(Applicant().get("/drafts/resume/"))


def test_codes_cannot_be_tried_for_ever() -> None:
    applicant = Applicant()
    answers = [enter(applicant, f"2222-2222-{n:04}").status_code for n in range(62)]
    assert answers[0] == 422 and answers[-1] == 429


def test_a_draft_is_thrown_away_after_asking() -> None:
    applicant = begun()
    page = text_of(applicant.get(applicant.page("discard/")))
    assert "Nothing was sent to any office" in page
    assert applicant.post(applicant.page("discard/"))["Location"] == "/en/mine/"
    assert not Draft.objects.exists()


def test_signing_in_half_way_takes_the_draft_along() -> None:
    applicant = begun()
    account = a_resident(person_id=a_person().pk)
    page = f"/en{applicant.page('questions/full_name/')}"
    signed = applicant.client.post(
        "/en/account/login/", {"login": account.username, "password": PASSWORD, "next": page}
    )
    assert signed["Location"] == page
    assert value_of(applicant.client.get(page), "full_name") == "卫国平"


def test_a_shared_device_forgets_the_visitor() -> None:
    applicant = begun()
    assert "Forget me on this device" in text_of(applicant.get("/mine/"))
    assert applicant.post("/leave/").status_code == 302
    assert applicant.ask("full_name").status_code == 302
    assert applicant.get("/leave/").status_code == 405


def test_forgetting_does_not_sign_anybody_out() -> None:
    client = sign_in(Client(), a_resident(person_id=a_person().pk))
    client.post("/en/leave/")
    assert client.get("/en/account/").status_code == 200
