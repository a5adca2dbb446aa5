"""From a need said in everyday words to a decision that anybody can check."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journeys import applying, handling
from journeys.applying import ALLOWANCE
from journeys.browsing import Visitor, Way
from journeys.conftest import Visit

SERVICE = "minimum-living-allowance"
NEED = {"zh": "家里没收入了", "en": "I have no money"}
WANG = "wang-jianguo"
NAME = "王建国"
ADDRESS = "wang-jianguo@example.org"

WAYS = [
    pytest.param(Way("zh"), "approve", id="zh"),
    pytest.param(Way("en"), "refuse", id="en"),
    pytest.param(Way("zh", keyboard=True), "refuse", id="zh, by keyboard alone"),
    pytest.param(Way("en", keyboard=True), "approve", id="en, by keyboard alone"),
    pytest.param(Way("zh", scripts=False), "approve", id="zh, without JavaScript"),
    pytest.param(Way("en", scripts=False), "refuse", id="en, without JavaScript"),
    pytest.param(Way("zh", text_size=200), "refuse", id="zh, at twice the text size"),
    pytest.param(Way("en", text_size=200), "approve", id="en, at twice the text size"),
    pytest.param(Way("zh", width=320), "approve", id="zh, on a narrow telephone"),
    pytest.param(Way("en", width=320), "refuse", id="en, on a narrow telephone"),
]


@pytest.mark.parametrize(("way", "outcome"), WAYS)
def test_a_need_becomes_a_decision(visit: Visit, tmp_path: Path, way: Way, outcome: str) -> None:
    resident = visit(way=way)
    number = apply(resident)
    officer = visit(way=way, username="civil-officer")
    handling.find_file(officer, number)
    handling.finish_review(officer)
    handling.give_opinion(officer, "for")
    colleague = visit(way=way, username="labour-officer")
    handling.find_file(colleague, number)
    handling.give_opinion(colleague, "against", "收入没有核实 / the income is not verified")
    head = visit(way=way, username="civil-head")
    handling.find_file(head, number)
    if outcome == "approve":
        handling.decide(head, "approve")
    else:
        handling.decide(head, "refuse", handling.REFUSAL, ground="income")
    see_decision(resident, number, outcome, tmp_path)


def apply(resident: Visitor) -> str:
    """Search, read the guide, sign in, see whether one can apply, and apply."""
    title = applying.service(resident, SERVICE).title[resident.way.language]
    resident.open("/")
    resident.write(resident.page.get_by_role("searchbox"), NEED[resident.way.language])
    resident.press("Search")
    resident.follow(resident.page.get_by_role("main").get_by_role("link", name=title).first)
    resident.sees("Who can apply")
    resident.press("Apply online")
    resident.press("Sign in and come back here")
    applying.sign_in(resident, WANG)
    resident.press("Start: can I apply?")
    resident.heading_is("Yes, by what is known the conditions are met")
    resident.press("Go on to the form")
    expect(resident.page.locator("[name=full_name]")).to_have_value(NAME)
    applying.fill_in(resident, SERVICE, ALLOWANCE, {})
    resident.sees("Not needed: the city has it")
    number = applying.declare_and_send(resident)
    shown = resident.page.locator(".y-qr").screenshot()
    assert applying.drawn_codes(shown) == [resident.page.url.removesuffix("receipt/")]
    return number


def see_decision(resident: Visitor, number: str, outcome: str, place: Path) -> None:
    """Find the decision on the status page, in the mailbox, by e-mail and as a paper."""
    approved = outcome == "approve"
    resident.open(f"/applications/{number}/")
    heading = "Your application was approved" if approved else "Your application was refused"
    resident.wait_until_it_says(heading)
    if not approved:
        resident.reads("家庭人均收入高于本市标准")
        resident.sees("If you disagree")
    paper = resident.page.get_by_role("main").locator("a.govuk-button[href*='/papers/']")
    resident.wait_until(lambda: paper.count() > 0)
    pdf = resident.download(paper.first)
    text = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert NAME in text
    assert number in text
    picture = place / "paper"
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", pdf, picture], check=True)
    [address] = applying.drawn_codes(picture.with_suffix(".png"))
    letters = [m for m in resident.house.emails_to(ADDRESS) if number in m["Subject"] + m.get_content()]
    assert letters
    resident.open("/mailbox/")
    resident.follow(resident.page.get_by_role("main").locator(".y-rows a").first)
    expect(resident.page.get_by_role("main")).to_contain_text(re.compile(number))
    resident.open(address, name="verified")
