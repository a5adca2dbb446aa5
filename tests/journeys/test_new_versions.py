"""A service changes while people are half-way through it: a new version, a new fee, a closed door."""

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journeys import applying
from journeys.conftest import Visit
from journeys.house import House
from yimen.base import clock

Change = Callable[..., None]
_NEW_QUESTION = """
[[fields]]
key = "landline"
kind = "yes_no"
required = false
label.zh = "家里有固定电话吗？"
label.en = "Is there a telephone line at home?"

[[materials]]
"""


@pytest.fixture
def change(shanghai: House, place: Path) -> Change:
    """Apply the city's folder anew, with one service changed, while everything runs."""

    def apply(code: str, *edits: tuple[str, str]) -> None:
        folder = place / "changed"
        if not folder.exists():
            shutil.copytree(shanghai.city, folder)
        path = folder / "services" / code / "service.toml"
        text = path.read_text(encoding="utf-8")
        version = re.search(r"^version = (\d+)$", text, re.MULTILINE)
        assert version
        for old, new in ((version[0], f"version = {int(version[1]) + 1}"), *edits):
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        answer = shanghai.command("city", "apply", str(folder))
        assert answer.returncode == 0, answer.stdout + answer.stderr

    return apply


def test_a_draft_survives_a_new_version_of_its_service(visit: Visit, change: Change) -> None:
    resident, reader = visit("zh"), visit("en")
    for visitor in (resident, reader):
        applying.begin(visitor, "residence-permit")
        applying.answer_question(visitor, "full_name", {"full_name": "张伟"})
    change("residence-permit", ("\n[[materials]]\n", _NEW_QUESTION))
    for visitor in (resident, reader):
        visitor.wait_until(lambda visitor=visitor: "/changes/" in visitor.page.url)
        visitor.look("draft-changes")
        visitor.heading_is("The service has changed since you began")
        visitor.reads(
            {"zh": "家里有固定电话吗？", "en": "Is there a telephone line at home?"}[
                visitor.way.language
            ]
        )
        visitor.press("Go on with the new form")
        assert "/questions/id_number/" in visitor.page.url
        visitor.press("Back")
        expect(visitor.page.locator("[name=full_name]")).to_have_value("张伟")


def test_who_applied_before_keeps_the_old_fee_and_reads_why(
    visit: Visit, photo: Path, change: Change
) -> None:
    resident = visit("en")
    answers, documents = applying.example(resident, "passport-application", "good-first-holiday")
    number = applying.apply(
        resident, "passport-application", answers, dict.fromkeys(documents, photo)
    )
    change("passport-application", ('amount = "120.00"', 'amount = "160.00"'))
    resident.open(f"/applications/{number}/", name="status-fee-changed")
    resident.wait_until(lambda: "160" in resident.page.inner_text("main"))
    resident.reads(re.compile("keeps the fee of the day on which you sent it"))
    resident.open("/services/passport-application/")
    resident.reads(re.compile("160"))


def test_a_closed_service_takes_no_application_and_says_where_to_go(
    visit: Visit, change: Change
) -> None:
    code = "reproductive-service-card"
    begun = visit("en")
    applying.begin(begun, code)
    applying.answer_question(begun, "full_name", {"full_name": "Liu Fang"})
    yesterday = clock.now().date() - timedelta(days=2)
    change(code, ("\nvisits = ", f"\nclosed_since = {yesterday}\nvisits = "))
    resident = visit("zh")
    resident.open(f"/services/{code}/", name="service-closed")
    resident.wait_until(lambda: resident.control("Apply online").count() == 0)
    resident.sees("This service is closed")
    resident.open(f"/apply/{code}/", status=410, name="apply-closed")
    begun.page.goto(begun.page.url)
    begun.reads(re.compile("This service takes no new applications since"))
    begun.look("draft-closed")
