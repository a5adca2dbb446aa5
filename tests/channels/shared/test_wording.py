"""Days, money and numbers read as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from yimen.catalogue.definition import Limit
from yimen.catalogue.types import DayUnit
from yimen.channels.shared import wording

DAY = date(2026, 11, 23)


def test_a_day_is_written_with_its_weekday() -> None:
    assert wording.day(DAY, "zh-hans") == "2026年11月23日（星期一）"
    assert wording.day(DAY, "en") == "Monday 23 November 2026"


def test_an_instant_is_a_day_of_the_city() -> None:
    late = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)  # five past midnight in Shanghai
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


def test_a_source_is_cited_for_its_readers():
    source = "《行政许可法》第四十二条 (Administrative Licensing Law, art. 42)"
    assert wording.cited(source, "zh-hans") == "《行政许可法》第四十二条"
    assert wording.cited(source, "en") == (
        "Administrative Licensing Law, art. 42 (《行政许可法》第四十二条)"
    )
    for plain in ("Dog Ordinance (2020), s. 5", "国发〔1998〕44号", ""):
        assert wording.cited(plain, "zh-hans") == wording.cited(plain, "en") == plain
