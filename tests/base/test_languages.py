"""How languages are named; which of them pages can be written in."""

import pytest
from babel.localedata import locale_identifiers
from django.conf.global_settings import LANGUAGES

from yimen.base import languages


def test_the_languages_of_pages_are_those_that_django_and_babel_have_words_for() -> None:
    of_django = {tag for tag, _name in LANGUAGES if tag.isalpha()}
    of_babel = {name for name in locale_identifiers() if name.isalpha()}
    assert {*languages.OTHERS, "en"} == of_django & of_babel


def test_every_language_is_known_by_its_own_name() -> None:
    assert [languages.own_name(tag) for tag in ("zh", "en", "fr", "ug", "x1")] == [
        "中文", "English", "Français", "ئۇيغۇرچە", "X1",
    ]  # fmt: skip
    assert all(languages.own_name(tag) != tag for tag in languages.OTHERS)


def test_a_language_that_nobody_can_write_dates_in_is_not_known() -> None:
    assert not languages.is_known("qq")
    assert not languages.is_known("q")


@pytest.mark.parametrize(
    ("tag", "expected"), [("ar", True), ("ug", True), ("fr", False), ("qq", False)]
)
def test_the_direction_of_writing(tag: str, expected: bool) -> None:
    assert languages.is_right_to_left(tag) is expected


def test_tags_of_the_folder_and_of_pages() -> None:
    assert (languages.plain_tag("zh-hans"), languages.page_tag("zh"), languages.html_tag("zh")) == (
        "zh", "zh-hans", "zh-Hans",
    )  # fmt: skip
    assert (languages.plain_tag("FR"), languages.page_tag("fr"), languages.html_tag("fr")) == (
        "fr", "fr", "fr",
    )  # fmt: skip
