"""Accounts: made by oneself, tied by a letter; and staff, who need a second factor."""

import re

import pytest

from journeys.browsing import Way
from journeys.conftest import LANGUAGES, WAYS, Visit
from journeys.house import House
from journeys.one_time import one_time_code

PASSWORD = "hudi-mabo-tesi-ragu"
_REGISTER = """
from datetime import date
from yimen.base.actor import SYSTEM
from yimen.people.actions import register_person
from yimen.people.types import Category, DocumentKind, PersonFacts, Sex
register_person(SYSTEM, PersonFacts(name={name!r}, document=DocumentKind.ID_CARD, number={number!r},
    birth_date=date(1981, 2, 3), sex=Sex.FEMALE, category=Category.REGISTERED,
    division="310104014", address="上海市徐汇区示例路99号", phone="13900000999"))
"""
_EMPLOY = """
from yimen.base.actor import SYSTEM
from yimen.accounts.actions import give_post, make_staff_account
account = make_staff_account(SYSTEM, username={username!r}, name="新来的",
    email={username!r} + "@example.org", password={password!r})
give_post(SYSTEM, account.pk, agency="civil-affairs", role="officer", office_number="219")
"""
# Nobody's: numbers that begin with 310100.
PERSONS = {
    "en100": ("何新", "310100198102030046"),
    "zh100-keys": ("何旧", "310100198102030062"),
    "zh200": ("何大", "310100198102030089"),
}


def manage(house: House, code: str) -> None:
    answer = house.command("manage", "shell", "--verbosity", "0", "--command", code)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("way", WAYS)
def test_an_account_is_made_and_tied_to_its_person_by_a_letter(
    visit: Visit, shanghai: House, way: Way
) -> None:
    name, number = PERSONS[way.word]
    manage(shanghai, _REGISTER.format(name=name, number=number))
    address = f"new-{way.word}@example.org"
    visitor = visit(way=way)
    visitor.open("/account/signup/")
    for field in visitor.page.locator("main input:not([type=hidden])").all():
        kind, key = field.get_attribute("type"), field.get_attribute("name")
        words = {"email": address, "password": PASSWORD}.get(str(kind), name)
        visitor.write(visitor.page.locator(f"main [name='{key}']"), words)
    visitor.press("Make the account")
    mail = shanghai.email_to(address, "\n")
    code = re.search(r"\b[0-9A-Z]{3,4}-?[0-9A-Z]{3,4}\b", mail.split("\n", 1)[1])
    assert code, mail
    visitor.write(visitor.page.locator("[name=code]"), code[0])
    visitor.press("Confirm")
    visitor.open("/account/")
    visitor.press("Tie the account to me")
    for key, words in (
        ("name", name),
        ("birth_date-year", "1981"),
        ("birth_date-month", "2"),
        ("birth_date-day", "3"),
        ("number", number[:-1] + "X"),
    ):
        visitor.write(visitor.page.locator(f"[name='{key}']"), words)
    visitor.press("Send me the letter", status=422, name="account-tie-wrong-number")
    visitor.write(visitor.page.locator("[name='number']"), number)
    visitor.press("Send me the letter")
    visitor.write(visitor.page.locator("#code"), "AAAA-AAAA-AA")
    visitor.press("Tie the account to me", status=422, name="account-code-wrong")
    visitor.write(visitor.page.locator("#code"), shanghai.letter_to(name))
    visitor.press("Tie the account to me", name="account")
    visitor.sees("This account is tied to you. What the city knows about you is filled into forms.")
    visitor.reads(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_residents_see_their_account_and_who_read_their_data(visit: Visit, language: str) -> None:
    visitor = visit(language, username="wang-jianguo")
    for path in (
        "/mine/",
        "/mailbox/",
        "/account/",
        "/account/readings/",
        "/account/email/",
        "/account/logout/",
        "/account/second-factor/",
    ):
        visitor.open(path)


@pytest.mark.parametrize("way", WAYS)
def test_staff_without_a_second_factor_are_led_to_set_it_up(
    visit: Visit, shanghai: House, way: Way
) -> None:
    username = f"newcomer-{way.word}"
    manage(shanghai, _EMPLOY.format(username=username, password=PASSWORD))
    officer = visit(way=way)
    officer.open("/desk/", name="account-login")
    officer.write(officer.page.locator("[name=login]"), username)
    officer.write(officer.page.locator("[name=password]"), PASSWORD)
    officer.press("Sign in")
    officer.open("/desk/", name="account-reauthenticate")
    officer.heading_is("Show that it is still you")
    officer.write(officer.page.locator("[name=password]"), PASSWORD)
    officer.follow(
        officer.page.locator("main button[type=submit]").first, name="account-second-factor-set-up"
    )
    officer.heading_is("Set up an app for one-time codes")
    key = officer.page.locator("code.y-code").inner_text()
    officer.write(officer.page.locator("[name=code]"), one_time_code(key))
    officer.press("Save", name="account-second-factor-saved")
    officer.open("/desk/", name="account-second-factor")
    officer.write(officer.page.locator("[name=code]"), one_time_code(key))
    officer.follow(officer.page.locator("main button[type=submit]").first, name="desk")
    officer.heading_is("Your desk today")


def test_wrong_passwords_close_the_sign_in_for_a_while(visit: Visit) -> None:
    visitor = visit("en")
    visitor.open("/account/login/")
    for attempt in range(7):
        visitor.write(visitor.page.locator("[name=login]"), "gu-amei")
        visitor.write(visitor.page.locator("[name=password]"), f"not-the-password-{attempt}")
        with visitor.page.expect_navigation():
            visitor.page.locator("main button[type=submit]").first.click()
        visitor.look("account-login-wrong")
    visitor.reads(re.compile("Sign-in is closed for 15 minutes after five wrong attempts"))


def test_a_resident_finds_no_desk(visit: Visit) -> None:
    visitor = visit("zh", username="li-xiulan")
    visitor.open("/desk/", status=403, name="desk-for-residents")
    visitor.heading_is("This page is not open to you")
