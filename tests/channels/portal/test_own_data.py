"""People see what is kept about them, and take all of it along: theirs, whole, and nothing else."""

import json
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pikepdf
import pytest
from applied_city import _applied, city
from city_life import a_household, a_person, officer, records, resident, started, task, work
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from filling_in import Applicant, a_file, text_of
from signing_in import PASSWORD, a_resident, an_officer, sign_in

from yimen.base.actor import SYSTEM
from yimen.base.clock import now
from yimen.base.identifiers import credit_code_check
from yimen.cases import actions
from yimen.cases.models import CaseFile, DraftFile, IssuedDocument
from yimen.cases.types import CorrectionItem, CorrectionKind, TaskOutcome
from yimen.channels.portal.account.data.gathering import gather, safe_name
from yimen.ledger.actions import store_document
from yimen.ledger.models import Event
from yimen.ledger.queries import open_document
from yimen.mailbox.models import Delivery, Message
from yimen.people import actions as people
from yimen.people.models import Person
from yimen.people.types import OrganisationFacts

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
DOCUMENTED = (Path(__file__).parents[3] / "docs" / "own-data.md").read_text("utf-8")
SECRET = "天钥桥路1弄9号909室"
HOSTILE = '<script>alert(1)</script> #eval("1") */ = 标题 \u202e\U00020bb7 😀'


@dataclass
class Download:
    """What somebody got: the document, the names of the files, and the archive."""

    document: dict[str, object]
    names: list[str]
    archive: ZipFile
    text: str

    def __getitem__(self, key: str):
        return self.document[key]

    def pdf(self) -> pikepdf.Pdf:
        return pikepdf.open(BytesIO(self.archive.read("data.pdf")))


def ask_again(client: Client) -> Client:
    """Enter the password once more, as the page before the download demands."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


def read(answer: HttpResponse) -> Download:
    assert answer.status_code == 200, answer
    archive = ZipFile(BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    text = archive.read("data.json").decode()
    return Download(json.loads(text), archive.namelist(), archive, text)


def take(client: Client, prefix: str = "") -> Download:
    return read(client.post(f"{prefix}/account/data/download/"))


@dataclass
class Wang:
    """A woman with a household, an organisation, a decided case, a draft and messages."""

    client: Client
    person: Person
    account_id: int
    receipt: str


@pytest.fixture
def wang() -> Wang:
    person = a_person()
    a_household(person.pk)
    records("residence", person.pk, registration="elsewhere")
    body = "91310100DEM000001"
    facts = OrganisationFacts("晨光小吃店", body + credit_code_check(body), "王芳", person.pk)
    people.register_organisation(SYSTEM, facts)
    account = a_resident(person_id=person.pk)
    actor = resident(person.pk, account.pk)
    receipt = started(actor)
    item = CorrectionItem(CorrectionKind.FIELD, "current_address", "门牌号没有写。")
    who, head = officer(username="wei"), officer(role="head", username="gao")
    number = receipt.receipt_number
    actions.ask_for_correction(who, number, task(receipt, "review").id, [item])
    actions.answer_correction(actor, number, {"current_address": SECRET}, [])
    actions.complete_review(who, number, task(receipt, "review").id)
    actions.decide(head, number, task(receipt, "decide").id, TaskOutcome.APPROVE)
    work()
    sent = CaseFile.objects.first()
    assert sent is not None
    content = store_document(b"a photo", "image/png")
    CaseFile.objects.filter(id=sent.id).update(sha256=content, name=f"../../{HOSTILE}.png")
    applicant = Applicant(sign_in(Client(), account)).begin()
    applicant.answer("current_address", HOSTILE)
    applicant.attach("photo", a_file("photo"))
    return Wang(ask_again(applicant.client), person, account.pk, number)


@pytest.fixture
def taken(wang: Wang) -> Download:
    return take(wang.client)


def test_the_page_says_what_is_kept_by_whom_and_why_in_both_languages(wang: Wang) -> None:
    chinese = text_of(wang.client.get("/account/data/"))
    assert "上海市民政局" in chinese
    english = text_of(wang.client.get("/en/account/data/"))
    assert "Kept by: Shanghai Municipal Civil Affairs Bureau" in english
    assert "So that you need not bring it for:" in english
    assert "/account/data/" in wang.client.get("/account/").content.decode()


def test_the_password_is_asked_for_again_before_anything_is_handed_out(wang: Wang) -> None:
    fresh = sign_in(Client(), a_resident("li", a_person(2, "李明").pk))
    for answer in (fresh.get("/account/data/download/"), fresh.post("/account/data/download/")):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/reauthenticate/?next=")
    assert not Event.objects.filter(kind="people.data_downloaded").exists()
    ask_again(fresh)
    assert "ZIP" in text_of(fresh.get("/account/data/download/"))
    assert read(fresh.post("/account/data/download/"))["account"]


def test_a_visitor_is_led_to_sign_in() -> None:
    for address in ("/account/data/", "/account/data/download/"):
        for answer in (Client().get(address), Client().post(address)):
            assert answer.status_code == 302
            assert "/account/login/" in answer["Location"]


def test_the_document_holds_everything_about_the_person(wang: Wang, taken: Download) -> None:
    (entry,) = taken["person"]["register"]
    assert (entry["name"], entry["number"], entry["birth_date"]) == (
        "王芳",
        wang.person.number,
        wang.person.birth_date and wang.person.birth_date.isoformat(),
    )
    assert taken["person"]["household_ties"][0]["household_number"] == "HH-1"
    (record,) = taken["person"]["records"]
    assert (record["data_set"], record["as_of"], record["source_id"]) == (
        "residence",
        "2026-10-01",
        "test",
    )
    assert [one["register"][0]["name"] for one in taken["organisations"]] == ["晨光小吃店"]
    (case,) = taken["applications"]
    assert (case["receipt_number"], case["outcome"]) == (wang.receipt, "approved")
    assert case["answers"]["current_address"] == SECRET
    assert case["corrections"][0]["answers"]["current_address"]["now"] == SECRET
    assert case["history"][0]["kind"] == "submitted"
    (decision,) = case["decisions"]
    assert (decision["outcome"], decision["decided_by"]["office_number"]) == ("approved", "211")
    assert taken["drafts"][0]["answers"]["current_address"]
    assert {one["case_receipt"] for one in taken["messages"]} == {wang.receipt}
    assert all(one["deliveries"] for one in taken["messages"])
    assert any(one["purpose"] == wang.receipt for one in taken["readings"])
    assert taken["account"]["email_addresses"][0]["address"] == "wang@example.org"
    assert taken["telling"] == {"email": True, "sms": False, "letter": False, "phone": ""}


def test_the_files_lie_where_the_document_says_and_stay_in_their_folder(
    wang: Wang, taken: Download
) -> None:
    (case,) = taken["applications"]
    sent, paper = case["files"][0], case["papers"][0]
    assert taken.archive.read(sent["file"]["path"]) == b"a photo"
    assert taken.archive.read(paper["path"]).startswith(b"%PDF")
    kept = DraftFile.objects.get()
    with open_document(kept.sha256) as stored:
        assert taken.archive.read(taken["drafts"][0]["files"][0]["path"]) == stored.read()
    assert IssuedDocument.objects.get().sha256 == paper["sha256"]
    for name in taken.names:
        assert re.fullmatch(r"data\.(json|pdf)|files/[\w-]+/[^/\\:]+", name), name
        assert ".." not in name.split("/")
    others = [one["file"]["path"] for one in case["files"][1:]]
    assert others == [None] * len(others)  # examples whose files were never stored stop nothing


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_readable_document_is_tagged_whole_and_in_the_language_of_the_page(
    wang: Wang, prefix: str
) -> None:
    taken = take(wang.client, prefix)
    with taken.pdf() as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("en" if prefix else "zh")
        title = str(pdf.docinfo["/Title"])
        assert title == ("What the city keeps about you" if prefix else "本市保存的关于你的信息")
        assert len(pdf.pages) > 2


def test_no_officer_is_named_but_by_office(taken: Download) -> None:
    assert "何丽" not in taken.text
    for key in ("account_id", "decided_by_id", "reader_account_id", "password"):
        assert f'"{key}"' not in taken.text


def test_every_key_is_documented(taken: Download) -> None:
    free = {"values", "answers", "title", "subject", "body", "says", "data"}

    def keys(value: object) -> set[str]:
        if isinstance(value, list):
            return {key for one in value for key in keys(one)}
        if not isinstance(value, dict):
            return set()
        below = {key for name, one in value.items() if name not in free for key in keys(one)}
        return {*value, *below}

    missing = sorted(key for key in keys(taken.document) if f"`{key}`" not in DOCUMENTED)
    assert missing == []


def test_the_ledger_says_that_it_was_downloaded_and_nothing_of_it(wang: Wang) -> None:
    take(wang.client)
    event = Event.objects.get(kind="people.data_downloaded")
    assert (event.person_id, event.payload) == (wang.person.pk, {"account_id": wang.account_id})


def test_another_person_gets_their_own_and_nothing_of_hers(wang: Wang) -> None:
    other = ask_again(sign_in(Client(), a_resident("li", a_person(2, "李明").pk)))
    taken = take(other)
    assert (taken["applications"], taken["drafts"], taken["messages"]) == ([], [], [])
    assert taken.names == ["data.json", "data.pdf"]
    for words in (SECRET, "王芳", wang.receipt, "晨光小吃店", wang.person.number):
        assert words not in taken.text


def test_an_account_that_is_not_tied_and_staff_get_what_the_account_holds(wang: Wang) -> None:
    untied = take(ask_again(sign_in(Client(), a_resident("new"))))
    assert (untied["person"], untied["readings"], untied["applications"]) == (None, [], [])
    assert untied["account"]["user_name"] == "new"
    clerk = an_officer()
    clerk.set_password(PASSWORD)
    clerk.save()
    client = ask_again(sign_in(Client(), clerk, second_factor=True))
    assert "何丽" not in text_of(client.get("/account/data/"))
    staff = take(client)
    assert (staff["person"], staff["telling"], staff["applications"]) == (None, None, [])
    assert staff["account"]["posts"][0]["office_number"] == "211"
    assert SECRET not in staff.text + untied.text


def test_a_person_who_was_merged_gets_what_stands_under_the_old_id(wang: Wang) -> None:
    survivor = a_person(5, "王芳")
    people.merge(SYSTEM, wang.person.pk, survivor.pk, "same card")
    taken = take(ask_again(sign_in(Client(), a_resident("wang2", survivor.pk))))
    assert len(taken["person"]["register"]) == 2
    assert [case["receipt_number"] for case in taken["applications"]] == [wang.receipt]
    assert [one["register"][0]["name"] for one in taken["organisations"]] == ["晨光小吃店"]
    assert len(taken["merges"]) == 1


def test_what_an_organisation_applied_for_is_told_by_its_name(wang: Wang) -> None:
    actor = resident(wang.person.pk, wang.account_id)
    found = gather(actor)
    (company,) = found.people.organisations
    assert found.name_of(company.ids[0]) == "晨光小吃店"
    assert found.name_of(wang.person.pk) == ""


def test_a_thousand_messages_take_as_few_queries_as_ten(wang: Wang) -> None:
    actor = resident(wang.person.pk, wang.account_id)

    def add(numbers: range) -> None:
        words = [{"zh": f"第{number}条", "en": f"Number {number}"} for number in numbers]
        rows = [
            Message(person_id=wang.person.pk, key=w["en"], subject=w, body=w, posted_at=now())
            for w in words
        ]
        Message.objects.bulk_create(rows)
        Delivery.objects.bulk_create(
            Delivery(
                person_id=row.person_id, message_id=row.id, state="sent", address="wang@example.org",
                queued_at=row.posted_at, next_try_at=row.posted_at,
            )
            for row in rows
        )  # fmt: skip

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            gather(actor)
        return len(counted)

    add(range(10))
    few = queries()
    add(range(10, 1000))
    assert queries() == few < 60
    taken = take(wang.client)
    assert len(taken["messages"]) >= 1000


def test_ten_downloads_an_hour_are_enough(wang: Wang, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "own_data": "1/h/user"}
    take(wang.client)
    refused = wang.client.post("/en/account/data/download/")
    assert refused.status_code == 429
    assert "several times in this hour" in text_of(refused)


def test_the_pages_and_the_file_stay_out_of_every_cache(wang: Wang) -> None:
    file = wang.client.post("/account/data/download/")
    read(file)
    pages = (wang.client.get("/account/data/"), wang.client.get("/account/data/download/"))
    for answer in (file, *pages):
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("照片.png", "照片.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("a\u202egpj.exe", "a_gpj.exe"),
        ("..", "_"),
        ("", "_"),
        ("x" * 300 + ".pdf", "x" * 70 + ".pdf"),
    ],
)
def test_names_of_files_are_made_harmless(name: str, safe: str) -> None:
    assert safe_name(name) == safe
