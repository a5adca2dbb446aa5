"""A passkey is a second factor, and alone a whole sign-in, for staff too."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from signing_in import a_resident, an_officer
from soft_key import SoftKey

from yimen.accounts import actions, queries
from yimen.accounts.models import Account
from yimen.base.actor import SYSTEM

pytestmark = pytest.mark.usefixtures("city")

PASSWORD = "rilo-tabe-mufo-kedi"
ADD = "/account/second-factor/webauthn/add/"


def signed_in(account: Account) -> Client:
    client = Client()
    actions.set_password(SYSTEM, account.pk, PASSWORD)
    client.post("/account/login/", {"login": account.username, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def options_of(page) -> dict:
    found = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page)
    data = json.loads(found[1])
    return data.get("creation_options") or data.get("request_options") or data


def add(client: Client, key: SoftKey, *, alone: bool) -> None:
    options = options_of(client.get(ADD).content.decode())
    wanted = options["passwordless_creation_options"] if "publicKey" not in options else options
    answer = {"name": "my phone", "credential": key.register(wanted)}
    client.post(ADD, answer | ({"passwordless": "on"} if alone else {}))


def sign_in_with(key: SoftKey) -> Client:
    client = Client()
    options = client.get(
        reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"}
    ).json()["request_options"]
    client.post(reverse("mfa_login_webauthn"), {"credential": key.sign(options)})
    return client


def test_staff_sign_in_with_a_passkey_alone_and_the_desk_opens() -> None:
    officer, key = an_officer(), SoftKey()
    add(signed_in(officer), key, alone=True)
    assert queries.has_second_factor(officer.pk)
    client = sign_in_with(key)
    assert client.session["_auth_user_id"] == str(officer.pk)
    assert client.get("/desk/not-a-page/").status_code == 404


def test_a_passkey_is_asked_for_after_the_password() -> None:
    officer, key = an_officer(), SoftKey()
    add(signed_in(officer), key, alone=False)
    client = Client()
    answer = client.post("/account/login/", {"login": "officer", "password": PASSWORD})
    assert answer.url == "/account/second-factor/authenticate/"
    assert "_auth_user_id" not in client.session
    options = options_of(client.get(answer.url).content.decode())
    client.post(answer.url, {"credential": key.sign(options)})
    assert client.get("/desk/not-a-page/").status_code == 404


def test_the_passkey_of_another_opens_nothing() -> None:
    officer, key = an_officer(), SoftKey()
    add(signed_in(officer), key, alone=True)
    thief = SoftKey(credential_id=key.credential_id, user_handle=key.user_handle)
    assert "_auth_user_id" not in sign_in_with(thief).session


def test_a_passkey_for_another_site_opens_nothing() -> None:
    officer, key = an_officer(), SoftKey()
    add(signed_in(officer), key, alone=True)
    key.site = "testserver.evil.example.org"
    assert "_auth_user_id" not in sign_in_with(key).session


def test_a_key_that_does_not_ask_for_its_holder_is_not_enough() -> None:
    officer, key = an_officer(), SoftKey()
    add(signed_in(officer), key, alone=True)
    key.verifies_its_holder = False
    assert "_auth_user_id" not in sign_in_with(key).session
    weak = SoftKey(verifies_its_holder=False)
    add(signed_in(a_resident()), weak, alone=False)
    assert "_auth_user_id" not in sign_in_with(weak).session


BROKEN = ["", "{}", "[]", '"x"', '{"id": 1}', "not json", '{"id": "AA", "rawId": "AA"}']


@pytest.mark.parametrize("credential", BROKEN)
def test_a_broken_answer_is_refused_and_breaks_nothing(client, credential: str) -> None:
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer.status_code < 500
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("credential", BROKEN)
def test_a_broken_passkey_is_not_added(credential: str) -> None:
    officer = an_officer()
    client = signed_in(officer)
    client.get(ADD)
    answer = client.post(ADD, {"name": "x", "credential": credential})
    assert answer.status_code == 200
    assert not queries.has_second_factor(officer.pk)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("clientDataJSON", "AA"),
        ("clientDataJSON", "e30"),
        ("authenticatorData", "AA"),
        ("signature", "AA"),
        ("userHandle", "!!"),
        ("userHandle", "_____w"),
    ],
)
def test_an_answer_with_a_broken_part_opens_nothing(part: str, value: str) -> None:
    key, client = SoftKey(), Client()
    add(signed_in(an_officer()), key, alone=True)
    options = client.get(
        reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"}
    ).json()["request_options"]
    answer = json.loads(key.sign(options))
    answer["response"][part] = value
    sent = client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps(answer)})
    assert sent.status_code < 500
    assert "_auth_user_id" not in client.session


def test_a_passkey_shows_that_it_is_still_the_same_person() -> None:
    officer, key = an_officer(), SoftKey()
    add(signed_in(officer), key, alone=True)
    client = sign_in_with(key)
    way = reverse("mfa_reauthenticate_webauthn")
    options = options_of(client.get(way).content.decode())
    client.post(way, {"credential": key.sign(options)})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_where_browsers_allow_no_passkey_none_is_offered(client, settings) -> None:
    assert "passkey_login" in client.get("/account/login/").content.decode()
    settings.ALLOWED_HOSTS = ["127.0.0.1", "[::1]"]
    for host in ("127.0.0.1:8000", "[::1]:8000"):
        page = client.get("/account/login/", headers={"host": host}).content.decode()
        assert "passkey_login" not in page
