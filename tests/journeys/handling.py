"""What officers do at the desk: find a file, review it, give an opinion, decide."""

from playwright.sync_api import Locator, expect

from journeys.browsing import Visitor
from journeys.words import sentence

REFUSAL = "The records show an income above the standard. 家庭人均收入高于本市标准。"


def find_file(officer: Visitor, number: str) -> None:
    """Find a case on the list by its receipt number, as soon as it is there, and open it."""
    officer.open("/desk/")
    officer.write(officer.page.locator("#words"), number)
    officer.press("Search the list")
    link = officer.page.locator("a.y-queue__link").first
    officer.wait_until(lambda: link.is_visible())
    open_file(officer, link, number)


def open_file(officer: Visitor, link: Locator, number: str) -> None:
    """Open the file behind a line of the list."""
    officer.activate(link)
    officer.page.wait_for_url(f"**/desk/cases/{number}/**")
    expect(officer.page.locator("main")).to_contain_text(number)
    officer.look("desk-file")


def unfold(officer: Visitor, english: str) -> Locator:
    """Open one of the forms of the task in hand, and return it."""
    pattern = sentence(english, officer.way.language, whole=False)
    summary = officer.page.locator("summary").filter(has_text=pattern).first
    form = officer.page.locator("details").filter(has=summary).first
    if form.get_attribute("open") is None:
        officer.activate(summary)
    officer.look("desk-form")
    return form


def finish_review(officer: Visitor) -> None:
    """Say that the file is complete."""
    unfold(officer, "Finish the review")
    officer.press("The review is complete", name="desk-file")


def give_opinion(officer: Visitor, outcome: str, reason: str = "") -> None:
    """Say whether one's agency is for or against it."""
    form = unfold(officer, "Give the opinion")
    officer.choose(form.locator(f'input[name=outcome][value="{outcome}"]'))
    if reason:
        officer.write(form.locator("textarea[name=reason]"), reason)
    officer.press("Send the opinion", name="desk-file")


def decide(officer: Visitor, outcome: str, reason: str = "", ground: str = "") -> None:
    """Decide the case."""
    form = unfold(officer, "Decide")
    officer.choose(form.locator(f'input[name=outcome][value="{outcome}"]'))
    if ground:
        officer.choose(form.locator(f'input[name=ground][value="{ground}"]'))
    if reason:
        officer.write(form.locator("textarea[name=reason]"), reason)
    officer.press("Record the decision", name="desk-decided")


def ask_for_correction(officer: Visitor, key: str, says: str) -> None:
    """Ask the applicant for one thing."""
    form = unfold(officer, "Ask for a correction")
    tick = form.locator(f"input[name=ask][value$='{key}']")
    officer.choose(tick)
    officer.write(form.locator(f"textarea[name='says-{tick.get_attribute('value')}']"), says)
    officer.press("Ask the applicant", name="desk-waiting")
