"""What happens between sending and deciding: corrections, colleagues, drafts on other devices."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journeys import applying, handling
from journeys.applying import ALLOWANCE
from journeys.browsing import Visitor, Way
from journeys.conftest import WAYS, Visit

SERVICE = "minimum-living-allowance"
QUESTION = {
    "zh": "这个号码打不通，请写一个能接的。",
    "en": "Nobody answers this number. Give another.",
}


@pytest.mark.parametrize("way", WAYS)
def test_the_resident_is_asked_for_exactly_one_thing(visit: Visit, way: Way) -> None:
    resident = visit(way=way, username="wang-jianguo")
    number = applying.apply(resident, SERVICE, ALLOWANCE, {})
    officer = visit(way=way, username="civil-officer")
    handling.find_file(officer, number)
    handling.ask_for_correction(officer, "phone", QUESTION[way.language])
    officer.sees("Resident's turn: the clock is paused")

    resident.open(f"/applications/{number}/", name="status-your-turn")
    resident.sees("Your turn")
    resident.reads(QUESTION[way.language])
    resident.sees("The clock is paused until you have sent what was asked for.")
    is_amber(resident)
    resident.press("Send what is asked for", name="answer-correction")
    fields = resident.page.get_by_role("main").locator("input:not([type=hidden]), select, textarea")
    expect(fields).to_have_count(1)
    resident.write(fields, "13911112222")
    resident.press("Send it", name="status-answered")
    expect(resident.page.locator(".y-note--turn")).to_have_count(0)
    handling.find_file(officer, number)
    answers = officer.page.locator("table.y-answers")
    expect(answers).to_contain_text("13911112222")
    officer.sees("before the correction: %(was)s", was="13900000102")
    expect(officer.page.get_by_role("main").locator(".y-work--turn")).to_have_count(0)


def is_amber(resident: Visitor) -> None:
    """The box of whose turn it is, and nothing else of the page, is amber."""
    amber = resident.page.locator(".y-note--turn")
    expect(amber).to_have_count(1)
    colour = amber.evaluate("e => getComputedStyle(e).borderLeftColor")
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    assert red > green > blue, colour


def test_a_second_officer_is_told_who_finished_the_task(visit: Visit) -> None:
    number = applying.apply(visit("zh", username="wang-jianguo"), SERVICE, ALLOWANCE, {})
    first, second = visit("zh", username="civil-officer"), visit("en", username="civil-officer-2")
    for officer in (first, second):
        handling.find_file(officer, number)
    form = handling.unfold(second, "Finish the review")
    handling.finish_review(first)
    second.follow(form.locator("button[type=submit]"), status=409, name="desk-too-late")
    expect(second.page.get_by_role("main")).to_contain_text("211")
    expect(second.page.get_by_role("main")).to_contain_text("has already finished this task")


def test_an_officer_works_with_the_keys_that_the_desk_names(visit: Visit) -> None:
    number = applying.apply(visit("zh", username="wang-jianguo"), SERVICE, ALLOWANCE, {})
    officer = visit("zh", username="civil-officer-2")
    officer.open("/desk/", name="desk")
    officer.page.keyboard.press("/")
    officer.page.keyboard.type(number)
    with officer.page.expect_navigation():
        officer.page.keyboard.press("Enter")
    line = officer.page.locator("a.y-queue__link").first
    officer.wait_until(lambda: line.is_visible())
    officer.page.keyboard.press("j")
    expect(line).to_be_focused()
    with officer.page.expect_navigation():
        officer.page.keyboard.press("c")
    officer.page.keyboard.press("j")
    officer.page.keyboard.press("Enter")
    expect(officer.page.locator("main h1")).to_be_focused()
    officer.page.keyboard.press("d")
    expect(officer.page.locator("details[open] textarea[name=reason]")).to_be_focused()
    officer.open("/desk/keys/")
    officer.open("/desk/absences/")


@pytest.mark.parametrize("way", WAYS)
def test_a_draft_is_taken_up_on_another_device(visit: Visit, way: Way) -> None:
    at_home = visit(way=way)
    applying.begin(at_home, SERVICE)
    applying.answer_question(at_home, "full_name", {"full_name": "刘桂芳"})
    at_home.press("Stop here and go on later")
    at_home.press("Show me a code", name="draft-code")
    code = at_home.page.locator(".y-panel__number").inner_text()
    elsewhere = visit(way=replace(way, width=320))
    elsewhere.open("/drafts/resume/")
    elsewhere.write(elsewhere.page.locator("#code"), "AAAA-AAAA-AAAA")
    elsewhere.press("Open the draft", status=422, name="drafts-resume-wrong")
    elsewhere.write(elsewhere.page.locator("#code"), code.lower())
    elsewhere.press("Open the draft")
    assert "/questions/id_number/" in elsewhere.page.url
    elsewhere.press("Back")
    expect(elsewhere.page.locator("[name=full_name]")).to_have_value("刘桂芳")


@pytest.mark.parametrize("way", WAYS)
def test_who_applies_without_an_account_sees_the_status_by_a_code(
    visit: Visit, photo: Path, way: Way
) -> None:
    resident = visit(way=way)
    answers, documents = applying.example(resident, SERVICE, "good-illness-living-elsewhere")
    address = f"liu-{way.word}@example.org"
    number = applying.apply(
        resident,
        SERVICE,
        {**answers, "email": address, "current_division": "310101002"},
        dict.fromkeys(documents, photo),
    )
    resident.open("/mine/", name="mine-without-account")
    resident.reads(number)
    elsewhere = visit(way=way)
    elsewhere.open(f"/applications/{number}/", name="ways-in")  # led to the ways in
    elsewhere.heading_is("This page opens to its owner only")
    elsewhere.open("/status/")
    elsewhere.write(elsewhere.page.locator("#number"), number.lower())
    elsewhere.press("Send me a code")
    elsewhere.write(elsewhere.page.locator("#code"), "000000")
    elsewhere.press("See the status", status=422, name="status-code-wrong")
    mail = elsewhere.house.email_to(address, number)
    code = re.search(r"^\s*(\d{6})\s*$|\b(\d{3} ?\d{3})\b(?!-)", mail, re.MULTILINE)
    assert code, mail
    elsewhere.write(elsewhere.page.locator("#code"), code[0].strip())
    elsewhere.press("See the status", name="status-by-code")
    elsewhere.reads(number)


@pytest.mark.parametrize("scripts", [True, False], ids=["", "without JavaScript"])
def test_two_clicks_on_send_make_one_application(visit: Visit, photo: Path, scripts: bool) -> None:
    resident = visit(way=Way(scripts=scripts))
    answers, documents = applying.example(resident, SERVICE, "good-laid-off-couple")
    applying.begin(resident, SERVICE)
    applying.fill_in(resident, answers, dict.fromkeys(documents, photo))
    resident.press("All of this is right, continue")
    resident.choose(resident.page.locator("#declared"))
    resident.page.locator("main button[type=submit]").dblclick()
    resident.page.wait_for_url("**/receipt/")
    resident.page.wait_for_load_state()
    number = applying.receipt_number(resident)
    resident.open("/mine/")
    numbers = applying.RECEIPT.findall(resident.page.inner_text("main"))
    assert numbers == [number]
