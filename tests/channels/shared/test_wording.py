"""Days, money and numbers read as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from applied_city import _applied, city
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import override

from yimen.base.text import Text
from yimen.catalogue.definition import City, Limit, Place, Standard
from yimen.catalogue.types import DayUnit
from yimen.channels.shared import wording

__all__ = ["_applied", "city"]

DAY = date(2026, 11, 23)


def test_a_day_is_written_with_its_weekday() -> None:
    assert wording.day(DAY, "zh-hans") == "2026年11月23日（星期一）"
    assert wording.day(DAY, "en") == "Monday 23 November 2026"


def test_an_instant_is_a_day_of_the_city() -> None:
    late = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)  # five past midnight in Shanghai
    with timezone.override(ZoneInfo("Asia/Shanghai")):  # as the door of the pages does
        assert wording.short_day(late, "en") == "23 November 2026"
        assert wording.moment(late, "en") == "23 November 2026, 00:05"
        assert wording.moment(late, "zh-hans") == "2026年11月23日 00:05"


def test_another_language_is_written_by_its_own_custom() -> None:
    assert wording.short_day(DAY, "de") == "23. November 2026"


@pytest.mark.parametrize(
    ("amount", "currency", "language", "expected"),
    [
        ("290.00", "CNY", "zh-hans", "290 元"),
        ("290.50", "CNY", "en", "290.50 yuan"),
        ("12345.00", "CNY", "en", "12,345 yuan"),
        ("12.5", "EUR", "en", "€12.50"),
    ],
)
def test_money_has_its_unit(amount: str, currency: str, language: str, expected: str) -> None:
    assert wording.money(Decimal(amount), currency, language) == expected


def test_numbers_of_five_digits_are_grouped_and_shorter_ones_are_not() -> None:
    assert [wording.count(n) for n in (2004, 9999, 10000, 1234567)] == [
        "2004", "9999", "10,000", "1,234,567",
    ]  # fmt: skip


def test_a_limit_says_in_which_days_it_counts() -> None:
    with override("en"):
        assert wording.limit(Limit(1, DayUnit.WORKING)) == "1 working day"
        assert wording.limit(Limit(60, DayUnit.CALENDAR)) == "60 days"
        assert wording.limit(Limit(0, DayUnit.WORKING)) == "At once"
    with override("zh-hans"):
        assert wording.limit(Limit(15, DayUnit.WORKING)) == "15个工作日"


def test_what_is_due_is_said_in_words() -> None:
    with override("en"):
        said = [wording.due_in(days) for days in (2, 1, 0, -1, -3)]
    assert said == [
        "2 working days left",
        "1 working day left",
        "due today",
        "1 working day late",
        "3 working days late",
    ]


def test_sizes_of_files_are_round() -> None:
    assert [wording.file_size(n) for n in (10_000_000, 640_000, 1_500_000)] == [
        "10 MB", "640 kB", "1.5 MB",
    ]  # fmt: skip


def test_words_are_joined_as_a_sentence_joins_them() -> None:
    with override("en"):
        assert wording.one_of([]) == ""
        assert wording.one_of(["a"]) == "a"
        assert wording.one_of(["a", "b", "c"]) == "a, b or c"


HERE = Place("standards.toml", 1)
NAME = Text.of({"zh": "低保标准", "en": "Living allowance"})


@pytest.mark.parametrize(
    ("amount", "unit", "english", "chinese"),
    [
        ("1330.00", "CNY/month", "1330 yuan a month", "每月1330 元"),
        ("690.50", "CNY/year", "690.50 yuan a year", "每年690.50 元"),
        ("9.00", "m2", "9 m²", "9 m²"),
        ("3.00", "kg/person", "3 kg/person", "3 kg/person"),
    ],
)
def test_a_standard_says_how_much_and_since_when(
    amount: str, unit: str, english: str, chinese: str
) -> None:
    declared = Standard("x", NAME, Decimal(amount), unit, date(2021, 7, 1), HERE)
    with override("en"):
        said = wording.standard(declared, "CNY", "en")
    assert said == f"Living allowance: {english}, since 1 July 2021"
    with override("zh-hans"):
        said = wording.standard(declared, "CNY", "zh")
    assert said == f"低保标准：{chinese}，自2021年7月1日起"


def test_a_figure_without_a_source_is_called_an_example() -> None:
    with override("en"):
        assert wording.sourced("《某法》 (Some Law)", "en") == "Source: Some Law (《某法》)"
        assert wording.sourced("", "en") == "example figure"
    with override("zh-hans"):
        assert wording.sourced("", "zh") == "示例数字"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Shine", "Living allowance: 300 yuan, since 1 July 2021 · Source: Shine"),
        ("", "Living allowance: 300 yuan, since 1 July 2021 · example figure"),
    ],
)
def test_a_page_names_the_source_of_a_standard_or_says_there_is_none(
    city: City, source: str, expected: str
) -> None:
    declared = Standard("x", NAME, Decimal(300), city.currency, date(2021, 7, 1), HERE, source)
    with override("en"):
        drawn = render_to_string("shared/standards.html", {"standards": [declared]})
    assert " ".join(strip_tags(drawn).split()) == expected


def test_a_source_is_cited_for_its_readers():
    source = "《行政许可法》第四十二条 (Administrative Licensing Law, art. 42)"
    assert wording.cited(source, "zh-hans") == "《行政许可法》第四十二条"
    assert wording.cited(source, "en") == (
        "Administrative Licensing Law, art. 42 (《行政许可法》第四十二条)"
    )
    for plain in ("Dog Ordinance (2020), s. 5", "国发〔1998〕44号", ""):
        assert wording.cited(plain, "zh-hans") == wording.cited(plain, "en") == plain
