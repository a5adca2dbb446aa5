"""`yimen staff` employs and dismisses officers, with sentences for people and JSON for machines."""

import json

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from signing_in import a_resident, an_officer, sign_in

from yimen.accounts.commands import command
from yimen.accounts.models import Account
from yimen.accounts.queries import all_staff
from yimen.accounts.rules import NotAllowed
from yimen.base.actor import ANONYMOUS
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event
from yimen.mailbox.models import Delivery

pytestmark = pytest.mark.usefixtures("city")

POST = ("--agency", "civil-affairs", "--role", "officer", "--office", "211")
LU = ("add", "lu", "--name", "陆军", "--email", "lu@example.org", *POST)


def staff(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def done(*arguments: str) -> str:
    result = staff(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str) -> str:
    result = staff(*arguments)
    assert result.exit_code == 1, result.output
    return result.stderr


def signs_in(username: str, password: str) -> bool:
    client = Client()
    client.post("/account/login/", {"login": username, "password": password})
    return "_auth_user_id" in client.session


def test_a_new_officer_gets_an_account_a_post_and_a_password_that_is_shown_once() -> None:
    said = done(*LU)
    assert "lu now holds a post: officer at civil-affairs, office 211." in said
    password = said.split("Password, shown only now: ")[1].split()[0]
    assert signs_in("lu", password)
    assert Account.objects.get(username="lu").is_staff
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["accounts.staff_account_made", "accounts.post_given"]
    assert password not in str(list(Event.objects.values_list("payload", flat=True)))


def test_without_a_password_the_officer_asks_for_one_by_e_mail() -> None:
    said = done(*LU, "--by-email")
    assert "/account/password/reset/" in said
    assert "Password" not in said
    Client().post("/account/password/reset/", {"email": "lu@example.org"})
    assert Delivery.objects.get().address == "lu@example.org"


def test_machines_get_json() -> None:
    made = json.loads(done(*LU, "--json"))
    assert signs_in("lu", made["password"])
    listed = json.loads(done("list", "--json"))
    assert [(row["username"], row["agency"], row["office_number"]) for row in listed["posts"]] == [
        ("lu", "civil-affairs", "211")
    ]
    given = json.loads(
        done("post", "LU", "--agency", "police", "--role", "clerk", "--office", "3", "--json")
    )
    assert (given["username"], given["role"]) == ("lu", "clerk")
    ended = json.loads(done("end", "lu", "--agency", "police", "--json"))
    assert [row["agency"] for row in ended["ended"]] == ["police"]


def test_who_holds_which_post_is_listed() -> None:
    assert "Nobody holds a post." in done("list")
    an_officer("chen")
    an_officer("gu", agency="police", office_number="5")
    assert done("list").splitlines() == [
        "chen  何丽  officer at civil-affairs, office 211",
        "gu  何丽  officer at police, office 5",
    ]
    assert "chen" not in done("list", "--agency", "police")
    with pytest.raises(NotAllowed):
        all_staff(ANONYMOUS)


def test_a_dismissed_officer_is_signed_out_at_once(client) -> None:
    officer = an_officer("chen")
    sign_in(client, officer, second_factor=True)
    assert client.get("/desk/").status_code == 200
    assert "Ended: chen, officer at civil-affairs, office 211." in done("end", "chen")
    assert "/account/login/" in client.get("/desk/").url
    assert "_auth_user_id" not in client.session
    officer.refresh_from_db()
    assert not officer.is_staff
    sign_in(client, officer, second_factor=True)
    assert client.get("/desk/").status_code == 403


def test_who_keeps_a_post_signs_in_again(client) -> None:
    officer = an_officer("chen")
    done("post", "chen", "--agency", "police", "--role", "officer", "--office", "3")
    sign_in(client, officer, second_factor=True)
    done("end", "chen", "--agency", "police", "--role", "officer")
    assert "/account/login/" in client.get("/desk/").url
    sign_in(client, officer, second_factor=True)
    assert client.get("/desk/").status_code == 200


def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_half_done() -> None:
    an_officer("chen")
    before = Event.objects.count()
    new = ("add", "lu", "--name", "陆军", "--email")
    assert "no agency 'fire-brigade'" in refused(*LU, "--agency", "fire-brigade")
    assert "only: clerk, officer, head" in refused(*LU, "--role", "chief")
    assert "another account" in refused(*new, "Chen@example.org", *POST).lower()
    taken = ("add", "CHEN", "--name", "陈", "--email", "c@example.org", *POST)
    assert "account 'CHEN' already" in refused(*taken)
    assert "holds this post already" in refused("post", "chen", *POST)
    assert "no account 'nobody'" in refused("post", "nobody", *POST)
    assert "no account 'nobody'" in refused("end", "nobody")
    assert "holds no such post" in refused("end", "chen", "--agency", "police")
    assert not Account.objects.filter(username="lu").exists()
    assert Event.objects.count() == before


def test_the_account_of_a_resident_gets_no_post() -> None:
    a_resident("wang", uuid7())
    assert "account of a resident" in refused("post", "wang", *POST)


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "lu lu", *LU[2:]),
        (*LU, "--email", "nowhere"),
        (*LU, "--office", "1" * 41),
        (*LU, "--name", " "),
        LU[:6],
        ("dismiss", "lu"),
    ],
)
def test_a_wrong_use_has_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert staff(*arguments).exit_code == 2
    assert not Account.objects.exists()
