"""Every kind of field can be asked, answered, asked again with an error, and read back."""

import pytest
from bs4 import BeautifulSoup
from declared import ANSWERS, MATERIAL, a_choice, any_field, field, tiny_city
from django.http import QueryDict
from django.template import Context, Template
from django.utils.translation import override

from yimen.catalogue.types import AnswerCode, FieldKind
from yimen.channels.shared.components import KeptFile
from yimen.channels.shared.questions import (
    Asked,
    posted_answer,
    posted_text,
    question,
    shown_answer,
    upload,
)

LANGUAGES = ("zh-hans", "en")


def drawn(asked: Asked, language: str = "en") -> BeautifulSoup:
    with override(language):
        shown = question(asked, tiny_city(), language)
        html = Template("{% load yimen %}{% question q %}").render(Context({"q": shown}))
    return BeautifulSoup(html, "html.parser")


def drawn_upload(language: str = "en", **more: object) -> BeautifulSoup:
    with override(language):
        shown = upload(MATERIAL, language, **more)
        html = Template("{% load yimen %}{% upload q %}").render(Context({"q": shown}))
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FieldKind)
def test_every_control_of_every_kind_has_a_label(kind: FieldKind, language: str) -> None:
    page = drawn(Asked(any_field(kind)), language)
    controls = page.select("input, select, textarea")
    assert controls
    for control in controls:
        assert page.select_one(f'label[for="{control["id"]}"]').get_text(strip=True)
    assert len({c["id"] for c in controls}) == len(controls)


@pytest.mark.parametrize("kind", FieldKind)
def test_an_error_stands_at_the_field_and_is_tied_to_it(kind: FieldKind) -> None:
    page = drawn(Asked(any_field(kind), error=AnswerCode.REQUIRED))
    message = page.select_one(".govuk-error-message")
    assert "What is your income?" in message.get_text()
    described = page.select_one("[aria-describedby]")["aria-describedby"]
    assert message["id"] in described.split()


@pytest.mark.parametrize("kind", FieldKind)
def test_an_answer_is_kept_and_posts_back_as_itself(kind: FieldKind) -> None:
    asked = any_field(kind)
    page = drawn(Asked(asked, ANSWERS[kind]))
    posted = QueryDict(mutable=True)
    for control in page.select("input, textarea"):
        if control.get("type") != "radio":
            posted[control["name"]] = control.get("value") or control.get_text()
        elif control.has_attr("checked"):
            posted[control["name"]] = control["value"]
    for option in page.select("option[selected]"):
        posted[option.find_parent("select")["name"]] = option["value"]
    assert posted_answer(asked, posted) == posted_text(asked, ANSWERS[kind])


@pytest.mark.parametrize("kind", FieldKind)
def test_a_script_in_an_answer_is_only_text(kind: FieldKind) -> None:
    hostile = '"><script>alert(1)</script>'
    page = drawn(Asked(any_field(kind), hostile))
    assert not page.select("script")
    assert "<script>" not in shown_answer(any_field(FieldKind.TEXT), "", tiny_city(), "en")


@pytest.mark.parametrize("kind", FieldKind)
def test_the_question_can_be_the_heading_of_the_page(kind: FieldKind) -> None:
    page = drawn(Asked(any_field(kind), heading=True))
    assert page.h1.get_text(strip=True) == "What is your income?"


def test_a_date_is_asked_in_the_order_of_the_language() -> None:
    chinese = drawn(Asked(field(FieldKind.DATE)), "zh-hans").select("input")
    english = drawn(Asked(field(FieldKind.DATE)), "en").select("input")
    assert [c["id"] for c in chinese] == ["asked-year", "asked-month", "asked-day"]
    assert [c["id"] for c in english] == ["asked-day", "asked-month", "asked-year"]


def test_a_date_that_does_not_exist_comes_back_as_it_was_typed() -> None:
    asked = field(FieldKind.DATE)
    posted = QueryDict("asked-year=2004&asked-month=13&asked-day=x")
    answer = posted_answer(asked, posted)
    assert answer == "2004-13-x"
    values = [c["value"] for c in drawn(Asked(asked, answer), "zh-hans").select("input")]
    assert values == ["2004", "13", "x"]


def test_a_date_may_be_posted_whole_by_another_channel() -> None:
    assert posted_answer(field(FieldKind.DATE), QueryDict("asked=2004-07-15")) == "2004-07-15"
    assert posted_answer(field(FieldKind.DATE), QueryDict("")) == ""


def test_a_birth_date_is_offered_by_the_browser() -> None:
    page = drawn(Asked(field(FieldKind.DATE, key="birth_date")))
    assert page.select_one("#birth_date-year")["autocomplete"] == "bday-year"


def test_known_fields_are_offered_by_the_browser_and_codes_are_not() -> None:
    assert drawn(Asked(field(FieldKind.TEXT, key="name"))).input["autocomplete"] == "name"
    assert drawn(Asked(field(FieldKind.EMAIL))).input["autocomplete"] == "email"
    assert drawn(Asked(field(FieldKind.ID_NUMBER))).input["autocomplete"] == "off"


def test_money_shows_its_unit_beside_the_field() -> None:
    assert "yuan" in drawn(Asked(field(FieldKind.MONEY))).get_text()
    assert "元" in drawn(Asked(field(FieldKind.MONEY)), "zh-hans").get_text()


def test_a_question_that_may_stay_empty_says_so() -> None:
    assert "(optional)" in drawn(Asked(field(FieldKind.TEXT, required=False))).get_text()
    alone = drawn(Asked(field(FieldKind.TEXT, required=False), heading=True))
    assert "You may leave this empty." in alone.get_text()


def test_a_prefilled_answer_says_where_it_is_from() -> None:
    page = drawn(Asked(field(FieldKind.TEXT), "x", kept_note="From the register, 1 July 2004"))
    assert "From the register, 1 July 2004" in page.select_one(".y-kept").get_text()


def test_places_stand_under_their_districts_and_a_bare_district_for_itself() -> None:
    page = drawn(Asked(field(FieldKind.DIVISION), "310101002001"), "en")
    groups = {g["label"]: [o["value"] for o in g.select("option")] for g in page.select("optgroup")}
    assert groups == {"Huangpu": ["310101002", "310101013"], "Chongming": ["310230"]}
    assert page.select_one("option[selected]")["value"] == "310101002"


@pytest.mark.parametrize(
    ("kind", "language", "expected"),
    [
        (FieldKind.YES_NO, "zh-hans", "是"),
        (FieldKind.CHOICE, "en", "Old age"),
        (FieldKind.DATE, "zh-hans", "2004年7月15日"),
        (FieldKind.MONEY, "en", "12,345.60 yuan"),
        (FieldKind.DIVISION, "en", "Huangpu / Nanjing East Road"),
        (FieldKind.ID_NUMBER, "en", "310100********1239"),
        (FieldKind.INTEGER, "en", "3"),
    ],
)
def test_an_answer_reads_as_people_write_it(kind: FieldKind, language: str, expected: str) -> None:
    with override(language):
        assert shown_answer(any_field(kind), ANSWERS[kind], tiny_city(), language) == expected


def test_what_cannot_be_read_is_shown_as_it_is() -> None:
    city = tiny_city()
    with override("en"):
        assert shown_answer(field(FieldKind.DATE), "2004-13-x", city, "en") == "2004-13-x"
        assert shown_answer(field(FieldKind.MONEY), "much", city, "en") == "much"
        assert shown_answer(a_choice(), "gone", city, "en") == "gone"
        assert shown_answer(field(FieldKind.TEXT), None, city, "en") == "No answer"
        assert shown_answer(field(FieldKind.DIVISION), "999", city, "en") == "999"


def test_yes_and_no_are_understood_in_the_words_of_forms() -> None:
    asked = field(FieldKind.YES_NO)
    assert [posted_text(asked, word) for word in ("True", "0", False, "")] == [
        "yes",
        "no",
        "no",
        "",
    ]


def test_an_upload_names_its_limits_and_keeps_what_was_added() -> None:
    files = (KeptFile("pay.pdf", "640 kB", "f1"),)
    page = drawn_upload(files=files, error="“pay.pdf” is empty. Choose the file again.")
    control = page.select_one("input[type=file]")
    for part in control["aria-describedby"].split():
        assert page.select_one(f"#{part}") is not None
    assert "PDF, JPEG or PNG, up to 10 MB each, at most 3 files" in page.get_text()
    assert page.select_one("button[name=remove]")["value"] == "f1"
    assert "is empty" in page.select_one(".govuk-error-message").get_text()


def test_an_upload_is_asked_in_chinese_too() -> None:
    assert "PDF、JPEG或PNG，每个不超过10 MB，最多3个文件" in drawn_upload("zh-hans").get_text()
