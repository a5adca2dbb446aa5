"""Every page of one person: another person, a visitor and another session get nothing of it."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from city_life import a_person, officer, records, resident, started, task, work
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from filling_in import Applicant, a_file, text_of
from signing_in import a_resident, an_officer, sign_in

from yimen.cases import actions
from yimen.cases.models import CaseFile, DraftFile, IssuedDocument
from yimen.cases.types import CorrectionItem, CorrectionKind, Receipt, TaskOutcome
from yimen.mailbox.models import Message

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
SECRET = "天钥桥路1弄8号102室"


@dataclass
class Matters:
    """What one person has: a draft, a case that waits for them, a decided case, messages."""

    applicant: Applicant
    waiting: str
    decided: str

    def pages(self) -> list[str]:
        draft, draft_file = self.applicant.draft, DraftFile.objects.get().id
        sent_file = CaseFile.objects.filter(material_key="photo").first()
        assert sent_file is not None
        letter = Message.objects.exclude(document_sha256="").get().id
        paper = IssuedDocument.objects.get().id
        drafts = ("", "questions/ground/", "documents/", "documents/photo/", "check/", "send/")
        drafts += ("save/", "changes/", "discard/", f"files/{draft_file}/")
        cases = ("", "receipt/", "sent/", "answer/", "withdraw/", f"files/{sent_file.id}/")
        return [
            *(f"/drafts/{draft}/{page}" for page in drafts),
            *(f"/applications/{self.waiting}/{page}" for page in cases),
            f"/applications/{self.decided}/papers/{paper}/",
            f"/mailbox/{letter}/",
            f"/mailbox/{letter}/paper/",
        ]


@pytest.fixture
def matters() -> Matters:
    person = a_person()
    records("residence", person.pk, registration="elsewhere")
    account = a_resident(person_id=person.pk)
    actor = resident(person.pk, account.pk)
    waiting, decided = started(actor), started(actor)
    _ask(waiting)
    _approve(decided)
    work()
    applicant = Applicant(sign_in(Client(), account)).begin()
    applicant.answer("current_address", SECRET)
    applicant.attach("photo", a_file("photo"))
    return Matters(applicant, waiting.receipt_number, decided.receipt_number)


def _ask(receipt: Receipt) -> None:
    item = CorrectionItem(CorrectionKind.FIELD, "current_address", "门牌号没有写。")
    who = officer(username="wei")
    actions.ask_for_correction(who, receipt.receipt_number, task(receipt, "review").id, [item])


def _approve(receipt: Receipt) -> None:
    who, head = officer(username="jiang"), officer(role="head", username="gao")
    actions.complete_review(who, receipt.receipt_number, task(receipt, "review").id)
    decision = task(receipt, "decide").id
    actions.decide(head, receipt.receipt_number, decision, TaskOutcome.APPROVE)


def test_the_owner_sees_every_page_and_no_cache_keeps_it(matters: Matters) -> None:
    for page in [*matters.pages(), "/mine/", "/mailbox/"]:
        if page.endswith(f"/{matters.waiting}/files/{page.split('/')[-2]}/"):
            continue  # the file of this example was never stored
        response = matters.applicant.get(page)
        assert response.status_code in (200, 302), page
        if response.status_code == 302:
            assert response["Location"].startswith(f"/en/drafts/{matters.applicant.draft}/"), page
        assert "no-store" in response["Cache-Control"], page
        assert "private" in response["Cache-Control"], page
        assert response["X-Robots-Tag"] == "noindex", page


def test_another_person_finds_nothing(matters: Matters) -> None:
    other = Applicant(sign_in(Client(), a_resident("li", a_person(2, "李明").pk)))
    for page in matters.pages():
        for response in (other.get(page), other.post(page, {"declared": "yes"})):
            assert response.status_code in (404, 405), page
            assert SECRET not in text_of(response)


def test_a_visitor_and_another_session_are_led_to_the_ways_in(matters: Matters) -> None:
    with_a_draft = Applicant().begin()
    for stranger in (Applicant(), with_a_draft):
        for page in matters.pages():
            response = stranger.get(page)
            assert response.status_code == 302, page
            assert response["Location"].startswith("/en/ways-in/?next="), page
            assert "no-store" in response["Cache-Control"]


def test_what_does_not_exist_looks_the_same(matters: Matters) -> None:
    other = Applicant(sign_in(Client(), a_resident("li", a_person(2, "李明").pk)))
    missing = (
        f"/drafts/{uuid4()}/",
        f"/drafts/{uuid4()}/check/",
        "/applications/261123-7K2M-9QXA/",
        "/applications/nonsense/",
        f"/mailbox/{uuid4()}/",
    )
    for page in missing:
        assert other.get(page).status_code == 404, page
        assert Applicant().get(page)["Location"].startswith("/en/ways-in/?next="), page


def test_staff_look_at_the_desk_and_not_here(matters: Matters) -> None:
    staff = Applicant(sign_in(Client(), an_officer("xu", agency="police"), second_factor=True))
    for page in ("/mine/", "/mailbox/", f"/applications/{matters.waiting}/"):
        assert staff.get(page).status_code == 403, page
    for page in matters.pages():
        assert staff.get(page).status_code in (403, 404), page


def test_the_ways_in_lead_back_to_this_site_only(matters: Matters) -> None:
    for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        shown = BeautifulSoup(Client().get(f"/en/ways-in/?next={address}").content, "html.parser")
        link = shown.select_one("main a.govuk-button")
        assert link is not None and link["href"] == "/en/account/login/?next="
    signed_in = matters.applicant.client
    onward = signed_in.get("/en/ways-in/?next=/en/mine/")
    assert onward["Location"] == "/en/mine/"
    assert signed_in.get("/en/ways-in/")["Location"] == "/en/mine/"


def test_an_application_by_hand_of_a_visitor_opens_in_that_session_only() -> None:
    applicant = Applicant()
    number = applicant.apply()
    for page in ("", "receipt/", "sent/"):
        path = f"/applications/{number}/{page}"
        assert applicant.get(path).status_code == 200
        assert Applicant().get(path).status_code == 302


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/apply/residence-permit/", 11),
        ("/apply/residence-permit/criteria/result/", 4),
        ("/drafts/{draft}/questions/current_address/", 7),  # answered: no record is opened
        ("/drafts/{draft}/questions/phone/", 10),  # filled in from a record
        ("/drafts/{draft}/documents/", 11),
        ("/drafts/{draft}/check/", 16),
        ("/applications/{waiting}/", 16),
        ("/applications/{waiting}/receipt/", 19),
        ("/applications/{decided}/", 16),
        ("/mine/", 15),
        ("/mailbox/", 6),
    ],
)
def test_pages_ask_the_database_no_more_than_this(matters: Matters, path: str, most: int) -> None:
    applicant = matters.applicant
    path = path.format(draft=applicant.draft, waiting=matters.waiting, decided=matters.decided)
    applicant.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert applicant.get(path).status_code == 200
    assert len(asked) <= most, "\n".join(query["sql"][:150] for query in asked)
