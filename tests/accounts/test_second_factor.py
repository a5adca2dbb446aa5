"""No page of staff opens without a second factor, whatever its address."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from signing_in import a_resident, an_officer, sign_in

from yimen.accounts import actions, queries
from yimen.accounts.models import Account
from yimen.accounts.queries import LOST_POST
from yimen.base.actor import SYSTEM
from yimen.base.clock import now

pytestmark = pytest.mark.usefixtures("city")

PASSWORD = "rilo-tabe-mufo-kedi"
STAFF = ("desk/", "backoffice/", "office/")


def _addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address of the site, with 1 for what its patterns leave open."""
    for entry in resolver.url_patterns:
        route = before + _filled(entry)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _addresses(entry, route)


def _filled(entry: URLPattern | URLResolver) -> str:
    route = str(entry.pattern)
    for kind in ("<int:", "<slug:", "<str:", "<uuid:", "<path:"):
        while kind in route:
            start = route.index(kind)
            route = route[:start] + "1" + route[route.index(">", start) + 1 :]
    return "".join(c for c in route if c not in "^$\\()?+[]*")


def staff_addresses() -> list[str]:
    found = {address for address in _addresses(get_resolver()) if address.startswith(STAFF)}
    assert len(found) > 50  # the editors' office alone has more
    return sorted(f"/{address}" for address in found)


def with_key(account: Account) -> str:
    key = actions.new_one_time_key()
    actions.set_one_time_key(SYSTEM, account.pk, key)
    return key


def password_and_code(client: Client, account: Account, key: str):
    actions.set_password(SYSTEM, account.pk, PASSWORD)
    client.post("/account/login/", {"login": account.username, "password": PASSWORD})
    code = queries.one_time_code(key)
    return client.post("/account/second-factor/authenticate/", {"code": code})


def test_no_staff_address_opens_to_a_visitor_a_resident_or_staff_without_second_factor() -> None:
    visitor = Client()
    resident = sign_in(Client(), a_resident())
    half = sign_in(Client(), an_officer("half"))
    known = an_officer("known")
    with_key(known)
    waiting = sign_in(Client(), known)
    for address in [
        *staff_addresses(),
        "/desk/",
        "/en/desk/",
        "/office/x/",
        "/en/office/",
        "/desk",
    ]:
        answers = {
            "visitor": visitor.get(address),
            "resident": resident.get(address),
            "half": half.get(address),
            "waiting": waiting.post(address),
        }
        where = {name: (a.status_code, a.headers.get("Location")) for name, a in answers.items()}
        english = "/en" if address.startswith("/en/") else ""
        assert where["visitor"][0] == 302, address
        assert where["visitor"][1].startswith(f"{english}/account/login/"), address
        assert where["resident"] == (403, None), address
        assert where["half"][1].startswith(f"{english}/account/second-factor/totp/activate/")
        assert where["waiting"][1].startswith(f"{english}/account/second-factor/reauthenticate/")


def test_an_officer_with_password_and_code_gets_in(client) -> None:
    officer = an_officer()
    key = with_key(officer)
    answer = password_and_code(client, officer, key)
    assert answer.url == "/desk/"
    passed = client.get("/desk/not-a-page/")
    assert passed.status_code == 404  # through the door; there is no such page


def test_a_code_is_good_once(client) -> None:
    officer = an_officer()
    key = with_key(officer)
    with time_machine.travel(now(), tick=False):
        password_and_code(client, officer, key)
        second = Client()
        password_and_code(second, officer, key)
    assert "_auth_user_id" in client.session
    assert "_auth_user_id" not in second.session


def test_the_password_alone_signs_no_officer_with_a_second_factor_in(client) -> None:
    officer = an_officer()
    with_key(officer)
    actions.set_password(SYSTEM, officer.pk, PASSWORD)
    answer = client.post("/account/login/", {"login": "officer", "password": PASSWORD})
    assert answer.url == "/account/second-factor/authenticate/"
    assert "_auth_user_id" not in client.session


def test_five_wrong_codes_close_the_way(client) -> None:
    officer = an_officer()
    key = with_key(officer)
    actions.set_password(SYSTEM, officer.pk, PASSWORD)
    client.post("/account/login/", {"login": "officer", "password": PASSWORD})
    for _ in range(5):
        client.post("/account/second-factor/authenticate/", {"code": "000000"})
    code = queries.one_time_code(key)
    client.post("/account/second-factor/authenticate/", {"code": code})
    assert "_auth_user_id" not in client.session


def test_an_officer_sets_the_second_factor_up_and_then_gets_in(client) -> None:
    officer = an_officer()
    actions.set_password(SYSTEM, officer.pk, PASSWORD)
    client.post("/account/login/", {"login": "officer", "password": PASSWORD})
    led = client.get("/desk/").url
    again = client.get(led)  # a sensitive act: the password once more
    assert again.url.startswith("/account/reauthenticate/")
    back = client.post(again.url, {"password": PASSWORD, "next": led})
    page = client.get(back.url)
    assert page.status_code == 200
    assert "<svg" in page.content.decode()
    key = client.session["mfa.totp.secret"]
    client.post(reverse("mfa_activate_totp"), {"code": queries.one_time_code(key)})
    assert queries.has_second_factor(officer.pk)
    prove = client.get("/desk/").url
    assert prove.startswith("/account/second-factor/reauthenticate/")
    client.post(prove, {"code": queries.one_time_code(key), "next": "/desk/"})
    assert client.get("/desk/not-a-page/").status_code == 404


def test_a_recovery_code_stands_in_for_a_lost_phone(client) -> None:
    officer = an_officer()
    key = with_key(officer)
    password_and_code(client, officer, key)
    prove = client.get(reverse("mfa_generate_recovery_codes")).url
    client.post(prove, {"password": PASSWORD, "next": reverse("mfa_generate_recovery_codes")})
    client.post(reverse("mfa_generate_recovery_codes"))
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    code = page.split("<code>")[1].split("</code>")[0]
    other = Client()
    other.post("/account/login/", {"login": "officer", "password": PASSWORD})
    other.post("/account/second-factor/authenticate/", {"code": code})
    assert "_auth_user_id" in other.session
    third = Client()
    third.post("/account/login/", {"login": "officer", "password": PASSWORD})
    third.post("/account/second-factor/authenticate/", {"code": code})
    assert "_auth_user_id" not in third.session


@pytest.mark.parametrize("address", ["/_util/login/", "/en/_util/login/"])
def test_sign_in_pages_of_libraries_lead_to_ours(client, address: str) -> None:
    for answer in (client.get(address), client.post(address, {"username": "a", "password": "b"})):
        assert answer.status_code == 302
        assert "/account/login/" in answer.url


def test_an_officer_is_signed_out_after_half_an_hour_without_a_word(client) -> None:
    officer = an_officer()
    sign_in(client, officer, second_factor=True)
    start = now()
    for minutes, signed_in in ((25, True), (50, True), (85, False)):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            answer = client.get("/desk/not-a-page/")
            assert (answer.status_code == 404) is signed_in


def test_an_officers_day_ends_after_twelve_hours(client) -> None:
    sign_in(client, an_officer(), second_factor=True)
    start = now()
    for quarter in range(1, 4 * 12):
        with time_machine.travel(start + timedelta(minutes=15 * quarter)):
            assert client.get("/desk/not-a-page/").status_code == 404
    with time_machine.travel(start + timedelta(hours=12, minutes=5)):
        assert client.get("/desk/not-a-page/").status_code == 302


def test_a_visitor_without_a_cookie_costs_the_door_no_query(
    client, django_assert_num_queries
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/desk/").status_code == 302


def test_the_secret_of_the_codes_is_not_in_the_database_in_clear() -> None:
    officer = an_officer()
    key = with_key(officer)
    stored = str(officer.authenticator_set.get().data)
    assert key not in stored
    assert officer.authenticator_set.get().wrap().validate_code(queries.one_time_code(key))


def _wagtails_own_groups() -> None:
    """Put back what Wagtail's migrations made, where an earlier test has emptied all tables."""
    kind, _ = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    enter, _ = Permission.objects.get_or_create(codename="access_admin", content_type=kind)
    for name in ("Editors", "Moderators"):
        Group.objects.get_or_create(name=name)[0].permissions.add(enter)


def test_an_editor_with_a_second_factor_edits_pages_and_an_officer_does_not() -> None:
    _wagtails_own_groups()
    editor = an_officer("editor", agency="general-office", role="editor")
    office = sign_in(Client(), editor, second_factor=True)
    assert office.get("/backoffice/").status_code == 200
    assert Account.objects.get(pk=editor.pk).has_perm("wagtailadmin.access_admin")
    officer = sign_in(Client(), an_officer(), second_factor=True)
    assert officer.get("/backoffice/").status_code == 403
    assert not Account.objects.get(username="officer").has_perm("wagtailadmin.access_admin")


@pytest.mark.parametrize(
    ("role", "prefix", "address"),
    [
        ("officer", "", "/desk/"),
        ("officer", "/en", "/en/desk/"),
        ("editor", "", "/backoffice/"),
        ("editor", "/en", "/backoffice/"),
    ],
)
def test_everybody_arrives_where_their_work_is(client, role, prefix, address) -> None:
    account = an_officer("somebody", agency="general-office", role=role)
    key = with_key(account)
    actions.set_password(SYSTEM, account.pk, PASSWORD)
    client.post(f"{prefix}/account/login/", {"login": "somebody", "password": PASSWORD})
    code = queries.one_time_code(key)
    answer = client.post(f"{prefix}/account/second-factor/authenticate/", {"code": code})
    assert answer.url == address


def test_what_was_sent_after_a_sign_in_had_ended_is_kept_and_cut_to_a_measure() -> None:
    officer, client = an_officer(), Client()
    with time_machine.travel(now() - timedelta(hours=1), tick=False):
        sign_in(client, officer, second_factor=True)
        assert client.get("/en/desk/").status_code == 200
    client.post("/en/desk/claim/", {"reason": "x" * 50_000})
    kept = client.session[LOST_POST]
    assert (kept["account"], kept["path"]) == (officer.pk, "/en/desk/claim/")
    assert 1_000 < len(kept["posted"]["reason"][0]) < 50_000


def test_nothing_is_kept_of_who_was_never_signed_in() -> None:
    client = Client()
    client.post("/en/desk/claim/", {"reason": "x"})
    assert LOST_POST not in client.session


def test_the_door_stands_before_the_desk_in_every_language(settings) -> None:
    officer = sign_in(Client(), an_officer())
    for tag, _name in settings.LANGUAGES:
        prefix = "" if tag == settings.LANGUAGE_CODE else f"/{tag}"
        answer = officer.post(f"{prefix}/desk/absences/")
        assert answer.status_code == 302, tag
        assert "/account/second-factor/" in answer["Location"], tag
