"""Bad input and bad luck: a sentence for the person, the right status, nothing half-done."""

import io
import os
import re
import signal
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journeys import applying
from journeys.browsing import Visitor
from journeys.conftest import LANGUAGES, Visit
from journeys.house import House

SERVICE = "minimum-living-allowance"
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def to_document(visitor: Visitor) -> str:
    """Begin a form, and go to the page of a document; return the address of the draft."""
    applying.begin(visitor, SERVICE)
    draft = re.sub(r"^https?://[^/]+(/en)?|questions/.*$", "", visitor.page.url)
    visitor.open(f"{draft}documents/income-proof/")
    return draft


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_of_200_megabytes_is_refused_and_the_draft_is_kept(
    visit: Visit, tmp_path: Path, language: str
) -> None:
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(200_000_000)
    visitor = visit(language)
    draft = to_document(visitor)
    visitor.attach(visitor.page.locator("input[type=file]"), huge)
    visitor.press("Continue", status=413, name="too-large")
    visitor.heading_is("That was too large to take")
    visitor.open(draft)


def test_a_bomb_in_a_file_is_refused_by_its_content(visit: Visit, tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("income.txt", bytes(50_000_000))
    path = tmp_path / "收入证明.pdf"
    path.write_bytes(bomb.getvalue())
    visitor = visit("zh")
    to_document(visitor)
    applying.add_file(visitor, "income-proof", path, status=422)
    expect(visitor.page.get_by_role("alert")).to_contain_text("收入证明")


def test_scripts_in_every_field_stay_text(visit: Visit, photo: Path) -> None:
    visitor = visit("en")
    answers, documents = applying.example(visitor, SERVICE, "good-other-reason")
    applying.begin(visitor, SERVICE)
    texts = {"full_name": SCRIPT, "reason_other": SCRIPT, "bank_name": SCRIPT}
    for key in ("id_number", "email", "household_size", "monthly_income", "phone"):
        while f"/questions/{key}/" not in visitor.page.url:
            asked = re.search(r"/questions/([a-z_]+)/", visitor.page.url)
            assert asked
            applying.answer_question(visitor, asked[1], {**answers, **texts})
        visitor.write(visitor.page.locator(f"[name='{key}']"), SCRIPT)
        visitor.press("Continue", status=422, name="question-wrong")
        expect(visitor.page.locator(f"[name='{key}']")).to_have_value(SCRIPT)
        applying.answer_question(visitor, key, {**answers, "email": "sun@example.org"})
    applying.fill_in(visitor, {**answers, **texts}, dict.fromkeys(documents, photo))
    expect(visitor.page.get_by_text(SCRIPT).first).to_be_visible()
    number = applying.declare_and_send(visitor)
    visitor.open(f"/applications/{number}/sent/", name="sent")
    expect(visitor.page.get_by_text(SCRIPT).first).to_be_visible()
    officer = visit("en", username="civil-officer")
    officer.open(f"/desk/cases/{number}/", name="desk-file")
    expect(officer.page.get_by_text(SCRIPT).first).to_be_visible()
    officer.open("/search/?q=" + SCRIPT, name="search-nothing")
    with officer.page.expect_navigation():
        officer.page.goto(f"{officer.house.url}/en/desk/?words={SCRIPT}")
    officer.look("desk-nothing")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_written_when_the_sign_in_ended_is_kept(visit: Visit, language: str) -> None:
    visitor = visit(language)
    visitor.open("/account/login/")
    applying.sign_in(visitor, "sun-zhiyuan")
    applying.begin(visitor, SERVICE)
    applying.answer_question(visitor, "full_name", {})
    applying.answer_question(visitor, "id_number", {})
    applying.answer_question(visitor, "email", {})
    visitor.write(visitor.page.locator("[name=household_size]"), "7")
    visitor.context.clear_cookies(name="sessionid")
    visitor.press("This is right, continue", name="ways-in-with-answer")
    visitor.press("Sign in and go on there")
    applying.sign_in(visitor, "sun-zhiyuan")
    expect(visitor.page.locator("[name=household_size]")).to_have_value("7")
    visitor.sees("This is what you wrote before your sign-in ended. Look it over and go on.")


@pytest.mark.faults
def test_a_form_outlives_the_death_of_the_database(visit: Visit, shanghai: House) -> None:
    visitor = visit("zh", username="li-xiulan")
    reader = visit("en", username="ma-li")
    for each in (visitor, reader):
        applying.begin(each, SERVICE)
        applying.answer_question(each, "full_name", {})
    assert shanghai.process is not None
    os.kill(shanghai.process.pid, signal.SIGSTOP)  # or the database would be back too soon to see
    try:
        shanghai.only(shanghai.postgres).kill()
        for each in (visitor, reader):
            each.press("This is right, continue", status=503, name="unavailable")
            each.heading_is("The portal is not available just now")
    finally:
        os.kill(shanghai.process.pid, signal.SIGCONT)
    for each in (visitor, reader):
        each.page.goto(each.page.url)
        each.wait_until(lambda each=each: each.page.locator("[name=id_number]").is_visible())
        each.press("Back")
        expect(each.page.locator("[name=full_name]")).not_to_have_value("")


def test_a_wrong_check_digit_is_found(visit: Visit) -> None:
    visitor = visit("zh")
    applying.begin(visitor, SERVICE)
    applying.answer_question(visitor, "full_name", {"full_name": "王建国"})
    visitor.write(visitor.page.locator("[name=id_number]"), "310100197308030054")
    visitor.press("Continue", status=422, name="question-wrong-number")
    assert "310100197308030055" not in visitor.page.content()
