"""From a need said in everyday words to a decision that anybody can check."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journeys import applying, handling
from journeys.applying import ALLOWANCE, Answers
from journeys.browsing import Visitor, Way
from journeys.conftest import Visit
from journeys.words import read_city

SERVICE = "minimum-living-allowance"
NEED = {"zh": "家里没收入了", "en": "I have no money"}


@dataclass(frozen=True)
class Story:
    """Who applies, and what comes of it."""

    username: str
    name: str
    answers: Answers
    approved: bool
    files: tuple[str, ...] = ()


# A laid-off father whose household has less than the standard.
GRANTED = Story("wang-jianguo", "王建国", ALLOWANCE, approved=True)
# A grandmother whose pension is above it; a condition is not met, and a document is needed.
REFUSED = Story(
    "chen-guiying",
    "陈桂英",
    {
        "reason": "illness",
        "unemployed_member": "no",
        "lives_at_registration": "yes",
        "check_authority": "agree",
    },
    approved=False,
    files=("hardship-proof",),
)
REASON = {
    "zh": "养老金高于本市标准。",
    "en": "The pension is above the city's standard.",
}

# Each way, each language and each story; that every way works in every language is for the tests of
# single pages, which cost a thousandth.
WAYS = [
    pytest.param(Way("zh"), GRANTED, id="zh"),
    pytest.param(Way("en", keyboard=True), REFUSED, id="en, by keyboard alone"),
    pytest.param(Way("zh", scripts=False), REFUSED, id="zh, without JavaScript"),
    pytest.param(Way("zh", text_size=200), GRANTED, id="zh, at twice the text size"),
    pytest.param(Way("en", width=320), GRANTED, id="en, on a narrow telephone"),
]


@pytest.mark.parametrize(("way", "story"), WAYS)
def test_a_need_becomes_a_decision(
    visit: Visit, tmp_path: Path, photo: Path, way: Way, story: Story
) -> None:
    resident = visit(way=way)
    number = apply(resident, story, photo)
    officer = visit(way=way, username="civil-officer")
    handling.find_file(officer, number)
    handling.finish_review(officer)
    handling.give_opinion(officer, "for")
    resident.open(f"/applications/{number}/", name="status-under-way")
    resident.reads(agency_title(resident, "labour-social-security"))
    colleague = visit(way=way, username="labour-officer")
    handling.find_file(colleague, number)
    if story.approved:
        handling.give_opinion(colleague, "for")
    else:
        handling.give_opinion(colleague, "against", REASON[way.language])
    head = visit(way=way, username="civil-head")
    handling.find_file(head, number)
    if story.approved:
        handling.decide(head, "approve")
    else:
        handling.decide(head, "refuse", REASON[way.language], ground="income")
    pdf = see_decision(resident, number, story, tmp_path)
    believe(visit(), pdf)


def agency_title(visitor: Visitor, code: str) -> str:
    return read_city(visitor.house.city).agencies[code].title[visitor.way.language]


def apply(resident: Visitor, story: Story, photo: Path) -> str:
    """Search, read the guide, sign in, see whether one can apply, and apply."""
    title = applying.service(resident, SERVICE).title[resident.way.language]
    resident.open("/")
    resident.write(resident.page.get_by_role("searchbox"), NEED[resident.way.language])
    resident.press("Search", name="search")
    resident.follow(resident.page.get_by_role("main").get_by_role("link", name=title).first)
    resident.sees("Who can apply")
    resident.press("Apply online")
    resident.press("Sign in and come back here")
    applying.sign_in(resident, story.username)
    resident.press("Start: can I apply?")
    if story.approved:
        resident.heading_is("Yes, by what is known the conditions are met")
        resident.press("Go on to the form")
    else:
        resident.heading_is("One condition is not met, by what is known")
        resident.press("Apply all the same")
    expect(resident.page.locator("[name=full_name]")).to_have_value(story.name)
    applying.fill_in(resident, story.answers, dict.fromkeys(story.files, photo))
    resident.sees("Not needed: the city has it")
    number = applying.declare_and_send(resident)
    shown = resident.page.locator(".y-qr").screenshot()
    assert applying.drawn_codes(shown) == [f"{resident.house.url}{path_of(resident, number)}"]
    return number


def path_of(resident: Visitor, number: str) -> str:
    prefix = "/en" if resident.way.language == "en" else ""
    return f"{prefix}/applications/{number}/"


def see_decision(resident: Visitor, number: str, story: Story, place: Path) -> Path:
    """Find the decision on the status page, in the mailbox, by e-mail and as a paper."""
    resident.open(f"/applications/{number}/", name="status")
    if story.approved:
        resident.wait_until_it_says("Your application was approved")
    else:
        resident.wait_until_it_says("Your application was refused")
        resident.reads(REASON[resident.way.language])
        resident.sees("What decided")
        resident.sees("If you disagree")
    paper = resident.page.get_by_role("main").locator("a.govuk-button[href*='/papers/']")
    resident.wait_until(lambda: paper.count() > 0)
    pdf = resident.fetch(paper.first, place / "paper.pdf")
    words = words_of_paper(pdf)
    assert story.name in words
    assert number in words
    if not story.approved:
        assert "".join(REASON[resident.way.language].split()) in "".join(words.split())
    address = f"{story.username}@example.org"
    assert number in resident.house.email_to(address, number)
    resident.open("/mailbox/")
    resident.follow(resident.page.get_by_role("main").locator(".y-rows a").first, name="message")
    expect(resident.page.get_by_role("main")).to_contain_text(number)
    return pdf


def believe(stranger: Visitor, pdf: Path) -> None:
    """Somebody who is handed the paper looks whether it is genuine."""
    stranger.open(code_of_paper(pdf), name="verified")
    stranger.heading_is("This paper is real")
    stranger.attach(stranger.page.locator("input[type=file]"), pdf)
    stranger.press("Compare the file", name="verified-file")
    stranger.sees("Same file")
    stranger.open("/verify/seals/", name="seals")
    stranger.heading_is("The seals of this city")


def words_of_paper(pdf: Path) -> str:
    program = ["pdftotext", "-layout", str(pdf), "-"]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout


def code_of_paper(pdf: Path) -> str:
    """Return the address that a telephone reads from the paper."""
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", str(pdf), str(pdf.with_suffix(""))], check=True
    )
    pages = sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))
    [address] = {code for page in pages for code in applying.drawn_codes(page)}
    return address
