"""The pages on which an account is tied, and on which a person sees who read their data."""

import re
from dataclasses import dataclass
from typing import ClassVar

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from signing_in import a_resident, an_officer, sign_in
from standing import a_case, a_person, an_id_number, officer, pension, said

from yimen.accounts.models import Account
from yimen.base.actor import SYSTEM
from yimen.base.identifiers import uuid7
from yimen.ledger.actions import append
from yimen.ledger.events import Event
from yimen.people import queries
from yimen.people.events import RecordRead
from yimen.people.models import Letter, TieRequest
from yimen.people.types import Purpose, PurposeKind, RegisterField

pytestmark = pytest.mark.usefixtures("city")

WISH = {
    "name": "王芳",
    "birth_date-year": "1970",
    "birth_date-month": "1",
    "birth_date-day": "1",
    "number": an_id_number(),
}
TOKEN = re.compile(r'csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def resident(client) -> Client:
    """Somebody who has an account that is not tied."""
    return sign_in(client, a_resident())


def an_old_reading(purpose: str) -> Event:
    """Return an entry as it was before purposes had a kind."""

    @dataclass(frozen=True)
    class OldReading(Event):
        kind: ClassVar[str] = RecordRead.kind
        data_set: str
        fields: list[str]
        purpose: str
        agency: str

    return OldReading("person", ["age"], purpose, "")


def text(answer) -> str:
    return TOKEN.sub("", answer.content.decode())


def test_a_resident_asks_for_the_letter_enters_the_code_and_is_known(resident) -> None:
    person = a_person()
    asked = resident.post("/account/person/", WISH)
    assert asked.url == "/account/person/code/"
    assert "王芳" not in text(resident.get(asked.url))
    home = text(resident.get("/account/"))
    assert "/account/person/code/" in home
    wrong = resident.post(asked.url, {"code": "WRONG"})
    assert wrong.status_code == 422
    assert "4" in text(wrong)
    assert "有1处要改正" in text(wrong)
    assert 'value="WRONG"' in text(wrong)
    right = resident.post(asked.url, {"code": Letter.objects.get().code})
    assert right.url == "/account/"
    home = text(resident.get("/account/"))
    assert "王芳" in home
    assert "310100********" in home
    assert person.number not in home
    assert resident.get("/account/person/").url == "/account/"


def test_the_pages_are_the_same_whether_the_register_knows_the_person_or_not() -> None:
    a_person()
    pages = []
    for username, name in (("one", "王芳"), ("two", "李四")):
        client = sign_in(Client(), a_resident(username))
        client.post("/account/person/", {**WISH, "name": name})
        pages.append(
            (
                text(client.get("/account/person/code/")),
                text(client.post("/account/person/code/", {"code": "WRONG"})),
                text(client.get("/account/")).replace(f"{username}@", ""),
            )
        )
    assert pages[0] == pages[1]
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"number": "310100197001010013"}, "number"),
        ({"number": ""}, "number"),
        ({"birth_date-month": "13"}, "birth_date"),
        ({"birth_date-year": "", "birth_date-month": "", "birth_date-day": ""}, "birth_date"),
    ],
)
def test_a_mistake_is_named_and_what_was_written_is_kept(resident, change, field) -> None:
    answer = resident.post("/account/person/", {**WISH, **change})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert not TieRequest.objects.exists()
    if field != "name":
        assert "王芳" in text(answer)


def test_a_passport_is_as_good_as_an_identity_card(resident) -> None:
    asked = resident.post("/account/person/", {**WISH, "number": "G12345678"})
    assert asked.url == "/account/person/code/"


def test_a_fourth_letter_on_one_day_is_refused_with_a_sentence(resident) -> None:
    for _ in range(3):
        resident.post("/account/person/", WISH)
    answer = resident.post("/account/person/", WISH)
    assert answer.status_code == 422
    assert "三次" in text(answer)


def test_a_person_who_has_another_account_is_told_so(resident) -> None:
    a_resident("first", a_person().pk)
    resident.post("/account/person/", WISH)
    answer = resident.post("/account/person/code/", {"code": Letter.objects.get().code})
    assert answer.status_code == 422
    assert "另" in text(answer) or "已经有一个" in text(answer)


def test_the_code_page_says_when_there_is_nothing_to_enter(resident) -> None:
    assert "/account/person/" in text(resident.get("/account/person/code/"))
    refused = resident.post("/account/person/code/", {"code": "X" * 10_000})
    assert refused.status_code == 422
    assert "#code" not in text(refused)  # there is no field to lead to
    assert "y-note--error" in text(refused)


def test_a_person_sees_who_read_what_and_nobody_else_does(client) -> None:
    person = a_person().pk
    pension(person, 12)
    reader = an_officer()
    reads = officer(account_id=reader.pk)
    queries.open_record(reads, person, "pension", ["months_paid"], a_case())
    queries.facts(SYSTEM, person, ["person.age"], said("<b>自动检查</b>"))
    mine = text(sign_in(client, a_resident(person_id=person)).get("/account/readings/"))
    for words in ("上海市民政局", "211", "累计缴费月数", "年龄", "261123-ABCD-EFGH"):
        assert words in mine
    assert "<b>自动检查" not in mine and "自动检查" in mine
    for stranger in (a_resident("stranger", a_person(2).pk), a_resident("new"), reader):
        theirs = text(sign_in(Client(), stranger, second_factor=True).get("/account/readings/"))
        assert "累计缴费月数" not in theirs


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "",
            [
                "办理你的申请 261123-ABCD-EFGH：最低生活保障",
                "填写申请：普通护照",
                "用途：case 7",
            ],
        ),
        (
            "/en",
            [
                "Your application 261123-ABCD-EFGH: Minimum living allowance",
                "Filling in: Passport",
                "For: case 7",
            ],
        ),
    ],
)
def test_what_a_record_was_opened_for_is_a_sentence_also_for_old_entries(
    client, city, language: str, sentences: list[str]
) -> None:
    person = a_person().pk
    passport = city.services["passport-application"]
    filling_in = Purpose(PurposeKind.FILLING_IN, passport.code, passport)
    for purpose in (a_case(), filling_in):
        queries.facts(officer(), person, ["person.age"], purpose)
    append(an_old_reading("case 7"), actor=SYSTEM, person_id=person)
    page = text(sign_in(client, a_resident(person_id=person)).get(f"{language}/account/readings/"))
    for sentence in sentences:
        assert sentence in page
    assert "passport-application" not in page


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_field_of_the_register_that_was_read_has_a_word_of_its_own(client, language) -> None:
    person = a_person().pk
    names = [f"person.{field}" for field in RegisterField]
    queries.facts(SYSTEM, person, names, said("自动检查"))
    page = text(sign_in(client, a_resident(person_id=person)).get(f"{language}/account/readings/"))
    shown = BeautifulSoup(page, "html.parser").select_one(".y-readings li").get_text()
    words = re.split("[、，,] ?", re.split("(?:人口登记|Register of residents)(?:：|: )", shown)[1])
    assert len(set(words)) == len(RegisterField)
    assert not set(words) & set(RegisterField)


def test_a_field_that_the_city_has_dropped_is_not_hidden(client) -> None:
    person = a_person().pk
    event = RecordRead(person, "pension", ["shoe_size"], "x", "civil-affairs", None, None, "", "")
    append(event, actor=SYSTEM, person_id=person)
    page = text(sign_in(client, a_resident(person_id=person)).get("/account/readings/"))
    assert "shoe_size" in page


def test_an_account_whose_tie_was_undone_sees_nothing_any_more(client) -> None:
    person = a_person().pk
    account = a_resident(person_id=person)
    sign_in(client, account)
    assert "王芳" in text(client.get("/account/"))
    Account.objects.filter(pk=account.pk).update(person_id=None)
    assert "310100" not in text(client.get("/account/"))


def test_personal_pages_stay_out_of_every_cache(resident) -> None:
    for address in ("/account/", "/account/person/", "/account/readings/"):
        assert "no-store" in resident.get(address).headers["Cache-Control"]


def test_the_list_of_readings_takes_few_queries(client, django_assert_num_queries) -> None:
    person = a_person().pk
    for number in range(30):
        for _ in range(2):  # one office that looks twice for one purpose is one line of the list
            case = a_case(number=f"261123-ABCD-{number:04}")
            queries.open_record(officer(), person, "pension", ["months_paid"], case)
    sign_in(client, a_resident(person_id=person))
    client.get("/account/readings/")
    with django_assert_num_queries(6):  # session, account, ids, companies, entries, officers
        page = text(client.get("/account/readings/"))
    assert "page=2" in page
    assert page.count("查看了2次记录") == 20
    assert client.get(f"/account/readings/?page={uuid7()}").status_code == 200


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "王'; DROP TABLE people_person; --"])
def test_hostile_text_is_text(resident, name: str) -> None:
    answer = resident.post("/account/person/", {**WISH, "name": name, "number": ""})
    assert "<script>alert" not in text(answer)
    resident.post("/account/person/", {**WISH, "name": name})
    assert TieRequest.objects.count() == 1
