"""How somebody wants to be told, and the telephone that is shown to be theirs."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from signing_in import a_resident, an_officer, sign_in

from yimen.accounts.models import Account
from yimen.base.actor import ANONYMOUS, SYSTEM, Actor, ActorKind, Channel
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.base.text import Text
from yimen.ledger.models import Event
from yimen.mailbox import tasks
from yimen.mailbox.actions import ask_phone_code, choose_ways, confirm_phone, post
from yimen.mailbox.models import Delivery, Message, PhoneCode, Telling
from yimen.mailbox.queries import address_of, telling_of
from yimen.mailbox.rules import (
    CODE_TRIES,
    MOST_CODES,
    NotAllowed,
    PhoneNotVerified,
    TooManyCodes,
    WrongPhoneCode,
    masked_phone,
)
from yimen.mailbox.types import Way
from yimen.people.actions.registering import register_person
from yimen.people.types import PersonFacts

pytestmark = pytest.mark.usefixtures("city")

PHONE = "13800000001"
SUBJECT = Text.of({"zh": "已决定", "en": "It is decided"})


@pytest.fixture
def account() -> Account:
    account = a_resident("wang")
    account.person_id = register_person(SYSTEM, PersonFacts("王芳")).pk
    account.save()
    return account


@pytest.fixture
def wang(account: Account) -> Actor:
    return Actor(
        ActorKind.RESIDENT,
        Channel.PORTAL,
        account.pk,
        person_id=account.person_id,
        identified=True,
        language="en",
    )


def code_sent() -> str:
    row = Delivery.objects.filter(way="sms", message_id=None).latest("queued_at")
    found = re.match(r"(\d{6}) is your code", row.body)
    assert found is not None, row.body
    return found[1]


def told(wang: Actor) -> dict[str, str]:
    """Post a message and return by which ways word of it goes, with the addresses."""
    assert wang.person_id is not None
    number = post(wang.person_id, SUBJECT, SUBJECT, key=str(uuid7()), actor=SYSTEM, language="en")
    rows = Delivery.objects.filter(message_id=number)
    return {row.way: row.address for row in rows}


def test_without_a_choice_word_goes_by_e_mail(wang: Actor, account: Account) -> None:
    assert told(wang) == {"email": account.email}
    assert telling_of(wang).email and not telling_of(wang).sms


def test_a_telephone_counts_once_its_code_was_entered(wang: Actor) -> None:
    with pytest.raises(PhoneNotVerified):
        choose_ways(wang, {Way.SMS})
    ask_phone_code(wang, PHONE)
    assert not Telling.objects.filter(sms=True).exists()
    confirm_phone(wang, f" {code_sent()[:3]} {code_sent()[3:]} ")
    assert told(wang)["sms"] == PHONE
    choose_ways(wang, {Way.SMS})
    assert told(wang) == {"sms": PHONE}
    assert address_of(wang.person_id or uuid7()) != ""  # codes still find their way
    choose_ways(wang, ())
    assert told(wang) == {}
    assert Message.objects.count() == 3
    event = Event.objects.filter(kind="mailbox.ways_chosen").earliest("at")
    assert event.payload == {"account_id": wang.account_id, "ways": ["sms"]}
    assert PHONE not in str(list(Event.objects.values_list("payload", flat=True)))


def test_a_short_message_says_only_where_to_read(wang: Actor) -> None:
    ask_phone_code(wang, PHONE)
    confirm_phone(wang, code_sent())
    told(wang)
    row = Delivery.objects.get(way="sms", message_id__isnull=False)
    assert row.body.startswith("Shanghai: there is a message for you.")
    assert SUBJECT["en"] not in row.body


def test_a_wrong_code_is_counted_and_the_last_ends_the_code(wang: Actor) -> None:
    ask_phone_code(wang, PHONE)
    right = code_sent()
    wrong = "000000" if right != "000000" else "000001"
    for left in range(CODE_TRIES - 1, -1, -1):
        with pytest.raises(WrongPhoneCode) as refused:
            confirm_phone(wang, wrong)
        assert refused.value.tries_left == left
    with pytest.raises(WrongPhoneCode):
        confirm_phone(wang, right)
    assert Event.objects.filter(kind="mailbox.phone_code_refused").count() == CODE_TRIES


def test_a_code_counts_for_a_quarter_of_an_hour_and_once(wang: Actor) -> None:
    ask_phone_code(wang, PHONE)
    right = code_sent()
    with (
        time_machine.travel(now() + timedelta(minutes=16), tick=False),
        pytest.raises(WrongPhoneCode),
    ):
        confirm_phone(wang, right)
    confirm_phone(wang, right)
    with pytest.raises(WrongPhoneCode):
        confirm_phone(wang, right)


def test_five_codes_a_day_are_enough_and_old_ones_are_forgotten(wang: Actor) -> None:
    for _ in range(MOST_CODES):
        ask_phone_code(wang, PHONE)
    with pytest.raises(TooManyCodes):
        ask_phone_code(wang, PHONE)
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        tasks.give_up_old(0)
        assert not PhoneCode.objects.exists()
        ask_phone_code(wang, PHONE)


def test_who_is_not_known_yet_may_choose_too() -> None:
    nobody = Actor(ActorKind.RESIDENT, Channel.PORTAL, a_resident("fang").pk, language="en")
    ask_phone_code(nobody, PHONE)
    confirm_phone(nobody, code_sent())
    assert telling_of(nobody).phone == PHONE


def test_visitors_and_staff_have_no_choice() -> None:
    staff = Actor(ActorKind.STAFF, Channel.DESK, 9)
    for actor in (ANONYMOUS, staff, SYSTEM):
        with pytest.raises(NotAllowed):
            choose_ways(actor, ())
        with pytest.raises(NotAllowed):
            telling_of(actor)


def test_a_number_is_shown_masked() -> None:
    assert masked_phone(PHONE) == "*******0001"
    assert masked_phone("") == ""


# The pages


def test_a_resident_chooses_on_the_page(client: Client) -> None:
    sign_in(client, a_resident())
    page = client.get("/en/account/telling/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert 'name="email" type="checkbox" value="yes" checked' in page.content.decode()
    assert client.post("/en/account/telling/", {"sms": "yes"})["Location"].endswith("/number/")
    wrong = client.post("/en/account/telling/number/", {"phone": "12"})
    assert wrong.status_code == 422 and 'value="12"' in wrong.content.decode()
    sent = client.post("/en/account/telling/number/", {"phone": "138-0000-0001"})
    assert sent["Location"].endswith("/telling/code/")
    assert client.get(sent["Location"]).status_code == 200
    assert client.post(sent["Location"], {"code": "wrong"}).status_code == 422
    assert client.post(sent["Location"], {"code": code_sent()}).status_code == 302
    saved = client.post("/en/account/telling/", {"sms": "yes"}, follow=True).content.decode()
    assert "Saved." in saved and "0001" in saved and "138-0000" not in saved
    for _ in range(MOST_CODES - 1):
        client.post("/en/account/telling/number/", {"phone": PHONE})
    refused = client.post("/en/account/telling/number/", {"phone": PHONE})
    assert refused.status_code == 422 and "five codes today" in refused.content.decode()
    late = client.post("/en/account/telling/code/", {"code": ""}).content.decode()
    assert "Tries left: 4" in late


@pytest.mark.parametrize("page", ["", "number/", "code/"])
def test_visitors_are_asked_to_sign_in_and_staff_have_no_such_page(
    client: Client, page: str
) -> None:
    address = f"/en/account/telling/{page}"
    assert "/account/login/" in client.get(address)["Location"]
    sign_in(client, an_officer())
    assert client.get(address)["Location"].endswith("/account/")
