"""What residents do: sign in, apply, and see what becomes of it."""

import io
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from journeys.browsing import Visitor
from journeys.words import read_city
from yimen.catalogue.definition import Service

RECEIPT = re.compile(r"\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_QUESTION = re.compile(r"/questions/([a-z_0-9]+)/")
_DOCUMENT = re.compile(r"/documents/([a-z-]+)/")

Answers = Mapping[str, str]

# What the demonstration's laid-off father answers where no record does.
ALLOWANCE: Answers = {
    "reason": "unemployed",
    "unemployed_member": "yes",
    "registered_for_work": "yes",
    "lives_at_registration": "yes",
    "check_authority": "agree",
}


def sign_in(visitor: Visitor, username: str) -> None:
    """Fill in the form for signing in, wherever the visitor has met it."""
    known = visitor.house.sign_in(username)
    visitor.write(visitor.page.locator("[name=login]"), username)
    visitor.write(visitor.page.locator("[name=password]"), known["password"])
    visitor.follow(visitor.page.get_by_role("main").locator("button[type=submit]").first)
    if "code" in known:
        code = visitor.house.sign_in(username)["code"]
        visitor.write(visitor.page.locator("[name=code]"), code)
        visitor.press("Sign in")


def service(visitor: Visitor, code: str) -> Service:
    """Return a service as the city declares it."""
    return read_city(visitor.house.city).services[code]


def fill_in(visitor: Visitor, answers: Answers, files: Mapping[str, Path]) -> None:
    """Answer one question after the other, confirm what is known, and add the documents."""
    for _ in range(80):
        address = visitor.page.url
        if question := _QUESTION.search(address):
            answer_question(visitor, question[1], answers)
        elif document := _DOCUMENT.search(address):
            if document[1] in files:
                add_file(visitor, document[1], files[document[1]])
            else:
                visitor.press("Continue")
        elif "/documents/" in address:
            visitor.press("Continue")
        else:
            break
    visitor.heading_is("Check your answers")
    for file in files.values():
        expect(visitor.page.get_by_text(file.name).first).to_be_visible()


def answer_question(visitor: Visitor, key: str, answers: Answers) -> None:
    """Answer one question, or confirm what the page proposes."""
    if key in answers:
        put(visitor, key, answers[key])
    go = visitor.control("This is right, continue")
    visitor.follow(go if go.count() else visitor.control("Continue"))


def put(visitor: Visitor, key: str, value: str) -> None:
    """Put an answer into the question with this key, whatever kind it is."""
    page = visitor.page
    if page.locator(f'input[type=radio][name="{key}"]').count():
        visitor.choose(page.locator(f'input[type=radio][name="{key}"][value="{value}"]'))
        return
    field = page.locator(f'[name="{key}"]')
    if not field.count():
        for part, text in zip(("year", "month", "day"), value.split("-"), strict=True):
            visitor.write(page.locator(f'[name="{key}-{part}"]'), text)
    elif field.evaluate("e => e.tagName") == "SELECT":
        visitor.pick(field, value)
    else:
        visitor.write(field, value)


def add_file(visitor: Visitor, key: str, file: Path, status: int = 200) -> None:
    """Add a file to a document, on its page."""
    visitor.attach(visitor.page.locator(f'input[type=file][name="{key}"]'), file)
    visitor.press("Continue", status=status)


def declare_and_send(visitor: Visitor) -> str:
    """Declare that all is true, send the application, and return the receipt number."""
    visitor.press("All of this is right, continue")
    visitor.choose(visitor.page.locator("#declared"))
    visitor.press("Send the application")
    visitor.heading_is("Your application is sent")
    return receipt_number(visitor)


def receipt_number(visitor: Visitor) -> str:
    """Return the receipt number that the page shows."""
    found = RECEIPT.search(visitor.page.inner_text("main"))
    assert found, visitor.page.inner_text("main")
    return found[0]


def drawn_codes(picture: bytes | Path) -> list[str]:
    """Return what a telephone reads from a picture."""
    source = io.BytesIO(picture) if isinstance(picture, bytes) else picture
    return [found.text for found in zxingcpp.read_barcodes(Image.open(source))]


def example(visitor: Visitor, code: str, name: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the answers of an example of the city's folder as a form takes them, and documents."""
    path = visitor.house.city / "services" / code / "examples" / f"{name}.toml"
    declared = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: _posted(value) for key, value in declared["answers"].items()}, tuple(
        declared.get("materials", ())
    )


def _posted(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def begin(visitor: Visitor, code: str) -> None:
    """Go straight to the form of a service."""
    visitor.open(f"/apply/{code}/")
    straight = visitor.control("Straight to the form")
    visitor.follow(straight if straight.count() else visitor.control("Start"))


def apply(visitor: Visitor, code: str, answers: Answers, files: Mapping[str, Path]) -> str:
    """Go straight to the form, fill it in and send it; return the receipt number."""
    begin(visitor, code)
    fill_in(visitor, answers, files)
    return declare_and_send(visitor)


def change_answer(visitor: Visitor, key: str, value: str) -> None:
    """Change one answer from the page on which all are checked."""
    link = visitor.page.locator(f"a[href*='/questions/{key}/']").first
    visitor.follow(link)
    answer_question(visitor, key, {key: value})
