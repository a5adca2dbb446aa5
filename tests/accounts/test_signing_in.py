"""Signing up, signing in, and what neither gives away."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import reverse
from signing_in import PASSWORD, a_resident, an_officer, sign_in

from yimen.accounts import actions
from yimen.accounts.models import Account
from yimen.base.actor import SYSTEM
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event
from yimen.mailbox.actions import deliver
from yimen.mailbox.models import Delivery

pytestmark = pytest.mark.usefixtures("city")

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _mail_in_memory(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def enter(client: Client, login: str, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": login, "password": password, **extra})


def sent() -> list[EmailMessage]:
    """Do what the worker does with every e-mail that waits, and return all that went out."""
    for row in Delivery.objects.filter(state="waiting"):
        deliver(SYSTEM, row.person_id, row.id)
    return list(mail.outbox)


def code_from_mail() -> str:
    last = sent()[-1]
    found = re.search(r"^([A-Z0-9]{3,6}-?[A-Z0-9]{2,6})$", last.body, re.MULTILINE)
    assert found is not None, last.body
    return found[1]


def sign_up(client: Client, email: str, name: str = "王小明"):
    return client.post(
        "/account/signup/", {"name": name, "email": email, "password1": PASSWORD}, follow=True
    )


def test_a_resident_signs_up_with_a_code_from_the_mail_and_nothing_personal_opens(client) -> None:
    page = sign_up(client, "wang@example.org")
    assert page.redirect_chain[-1][0] == "/account/confirm-email/"
    assert "_auth_user_id" not in client.session
    client.post("/account/confirm-email/", {"code": code_from_mail()})
    account = Account.objects.get()
    assert (account.first_name, account.person_id, account.is_staff) == ("王小明", None, False)
    assert account.username != account.email
    assert client.session["_auth_user_id"] == str(account.pk)
    assert Event.objects.get(kind="accounts.signed_up").payload == {"account_id": account.pk}
    home = client.get("/account/")
    assert home.status_code == 200
    assert reverse("account_tie") in home.content.decode()
    assert "/account/readings/" not in home.content.decode()


def test_a_mail_server_that_is_away_stops_no_page_and_the_code_comes_later(
    client, settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # discard: nobody listens
    page = sign_up(client, "wang@example.org")
    assert (page.status_code, page.redirect_chain[-1][0]) == (200, "/account/confirm-email/")
    assert client.post("/account/password/reset/", {"email": "no@example.org"}).status_code == 302
    assert sent() == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Delivery.objects.exclude(address="wang@example.org").delete()
    with time_machine.travel(now() + timedelta(seconds=61), tick=False):
        client.post("/account/confirm-email/", {"code": code_from_mail()})
    assert client.session["_auth_user_id"] == str(Account.objects.get().pk)
    assert Event.objects.filter(kind="mailbox.delivery_sent").count() == 1


def test_signing_up_twice_looks_the_same_and_tells_the_owner_only(client) -> None:
    a_resident("wang")
    first = sign_up(client, "new@example.org")
    other = Client()
    second = sign_up(other, "wang@example.org")
    assert first.redirect_chain == second.redirect_chain
    hide = re.compile(r'csrfmiddlewaretoken" value="[^"]+"|new@|wang@')
    assert hide.sub("", first.content.decode()) == hide.sub("", second.content.decode())
    last = sent()[-1]
    assert last.to == ["wang@example.org"]
    assert reverse("account_reset_password") in last.body
    refused = other.post("/account/confirm-email/", {"code": "ABC123"})
    assert "_auth_user_id" not in other.session
    assert refused.status_code == 200
    assert Account.objects.filter(email="wang@example.org").count() == 1


def test_nobody_signs_up_as_staff_or_as_a_person(client) -> None:
    client.post(
        "/account/signup/",
        {
            "name": "x",
            "email": "x@example.org",
            "password1": PASSWORD,
            "is_staff": "1",
            "is_superuser": "1",
            "person_id": str(uuid7()),
            "username": "admin",
        },
    )
    account = Account.objects.get()
    assert not (account.is_staff or account.is_superuser or account.person_id)
    assert account.username != "admin"


@pytest.mark.parametrize("password", ["short-one", "1234567890", "password123", "wang@example"])
def test_a_weak_password_is_refused(client, password: str) -> None:
    client.post(
        "/account/signup/", {"name": "王", "email": "wang@example.org", "password1": password}
    )
    assert not Account.objects.exists()


@pytest.mark.parametrize("login", ["wang", "WANG", "wang@example.org", "Wang@Example.org"])
def test_a_resident_signs_in_by_name_or_address(client, login: str) -> None:
    account = a_resident("wang")
    answer = enter(client, login)
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(account.pk)


def test_a_wrong_password_and_an_unknown_name_read_the_same(client) -> None:
    a_resident("wang")
    hide = re.compile(r'csrfmiddlewaretoken" value="[^"]+"|value="(wang|nobody)@example.org"')
    pages = [
        hide.sub("", enter(client, f"{name}@example.org", "wrong-password").content.decode())
        for name in ("wang", "nobody")
    ]
    assert pages[0] == pages[1]


def test_five_wrong_passwords_close_the_sign_in_for_the_right_one_too(client) -> None:
    a_resident("wang")
    a_resident("li")
    for _ in range(5):
        enter(client, "wang", "wrong-password")
    locked = enter(Client(REMOTE_ADDR="10.9.9.9"), "wang")
    assert locked.status_code == 200
    assert "15" in locked.content.decode()
    assert enter(Client(), "li").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] >= 1
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert enter(Client(), "wang").status_code == 302


def test_an_unknown_name_is_locked_out_like_a_known_one(client) -> None:
    for _ in range(5):
        enter(client, "nobody", "wrong-password")
    assert "15" in enter(client, "nobody").content.decode()


def test_a_forgotten_password_is_set_anew_by_a_code(client) -> None:
    account = a_resident("wang")
    client.post("/account/password/reset/", {"email": "wang@example.org"})
    client.post("/account/password/reset/confirm/", {"code": code_from_mail()})
    new = {"password1": "another-good-one-9", "password2": "another-good-one-9"}
    client.post("/account/password/reset/complete/", new)
    account.refresh_from_db()
    assert account.check_password("another-good-one-9")
    assert "_auth_user_id" not in client.session


def test_asking_for_a_new_password_says_nothing_about_who_has_an_account() -> None:
    a_resident("wang")
    hide = re.compile(r'csrfmiddlewaretoken" value="[^"]+"|wang@|nobody@')
    pages = []
    for name in ("wang", "nobody"):
        answer = Client().post(
            "/account/password/reset/", {"email": f"{name}@example.org"}, follow=True
        )
        pages.append((answer.redirect_chain, hide.sub("", answer.content.decode())))
    assert pages[0] == pages[1]


def test_another_account_cannot_be_looked_at(client) -> None:
    other = a_resident("other", uuid7())
    sign_in(client, a_resident("wang"))
    for address in ("/account/", "/account/readings/", "/account/person/"):
        assert str(other.person_id) not in client.get(address).content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "account_home",
        "account_tie",
        "account_tie_code",
        "account_readings",
        "account_email",
        "account_change_password",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
    ],
)
def test_a_visitor_is_led_to_sign_in_and_back(client, name: str) -> None:
    address = reverse(name)
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 302
        assert answer.url.startswith(LOGIN)
        assert "next=" in answer.url


def test_a_sign_in_that_ended_in_the_middle_of_a_form_leads_back_to_it(client) -> None:
    sign_in(client, a_resident("wang"))
    assert client.get("/account/person/").status_code == 200
    with time_machine.travel(now() + timedelta(hours=3)):
        answer = client.post("/account/person/", {"name": "王芳"})
        assert answer.url == f"{LOGIN}?next=/account/person/"
        assert "_auth_user_id" not in client.session
        again = enter(client, "wang", next="/account/person/")
        assert again.url == "/account/person/"


def test_a_resident_who_is_reading_stays_signed_in(client) -> None:
    sign_in(client, a_resident("wang"))
    start = now()
    for minutes in (90, 180, 270):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert client.get("/account/").status_code == 200


def test_leading_back_never_leads_to_another_site(client) -> None:
    a_resident("wang")
    answer = enter(client, "wang", next="https://evil.example.org/")
    assert "evil" not in answer.url


def test_a_closed_account_signs_in_no_more(client) -> None:
    account = a_resident("wang")
    sign_in(client, account)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302
    stranger = Client()
    enter(stranger, "wang")
    assert "_auth_user_id" not in stranger.session


def test_changing_address_or_second_factor_asks_for_the_password_again(client) -> None:
    account = a_resident("wang")
    actions.set_one_time_key(SYSTEM, account.pk, actions.new_one_time_key())
    sign_in(client, account)
    for name in ("mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert "reauthenticate" in answer.url
    answer = client.post(reverse("account_email"), {"email": "n@example.org", "action_add": "1"})
    assert "reauthenticate" in answer.url


def test_staff_have_no_way_to_tie_themselves_to_a_person(client) -> None:
    sign_in(client, an_officer(), second_factor=True)
    for address in ("/account/person/", "/account/person/code/"):
        answer = client.post(address, {"code": "X"})
        assert answer.url == "/account/"


def test_a_script_in_a_name_is_a_name(client) -> None:
    hostile = "<script>alert(1)</script>"
    sign_up(client, "x@example.org", name=hostile)
    client.post("/account/confirm-email/", {"code": code_from_mail()})
    assert "<script>alert" not in client.get("/account/").content.decode()
    assert "<script>alert" not in "".join(m.body for m in sent())
