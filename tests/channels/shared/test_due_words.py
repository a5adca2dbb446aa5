"""Every step of a due date is a sentence, in both languages."""

from datetime import date

import pytest
from django.utils.translation import override

from yimen.base.calendar import DayOff, WorkingCalendar
from yimen.base.deadline import Stop, Unit, compute
from yimen.base.text import Text
from yimen.cases.rules.clocks import due_left, explain
from yimen.cases.types import ClockStep, RemedyNamed, StepKind
from yimen.channels.shared.due_words import clock_sentences, left_words, remedy_words

NATIONAL = Text.of({"zh": "国庆节", "en": "National Day"})
NEW_YEAR = Text.of({"zh": "元旦", "en": "New Year"})
CALENDAR = WorkingCalendar(
    {
        **{
            date(2026, 10, day): DayOff(date(2026, 10, day), False, NATIONAL)
            for day in (1, 2, 5, 6, 7)
        },
        date(2026, 10, 10): DayOff(date(2026, 10, 10), True, NATIONAL),
        date(2027, 1, 1): DayOff(date(2027, 1, 1), False, NEW_YEAR),
    }
)


def said(language: str, *arguments: object, source: str = "", **more: object) -> list[str]:
    with override("zh-hans" if language == "zh" else language):
        return clock_sentences(explain(compute(CALENDAR, *arguments, **more), source), language)


def test_working_days_name_every_day_off_between() -> None:
    assert said(
        "en", date(2026, 9, 30), 5, Unit.WORKING, source="《某法》第三条 (Some Law, art. 3)"
    ) == [
        "Your application arrived on Wednesday 30 September 2026."
        " Counting begins on the day after.",
        "The limit is 5 working days. Weekends and public holidays do not count."
        " (Source: Some Law, art. 3 (《某法》第三条))",
        "Thursday 1 October 2026 to Friday 2 October 2026 are days off (National Day):"
        " they do not count.",
        "Monday 5 October 2026 to Wednesday 7 October 2026 are days off (National Day):"
        " they do not count.",
        "Saturday 10 October 2026 is worked although it is a weekend (National Day): it counts.",
        "So the last day is Tuesday 13 October 2026.",
    ]


def test_the_same_stands_in_chinese() -> None:
    assert said(
        "zh", date(2026, 9, 30), 5, Unit.WORKING, source="《某法》第三条 (Some Law, art. 3)"
    ) == [
        "2026年9月30日（星期三）收到申请，从第二天起算。",
        "时限是5个工作日，周末和节假日不算。 （依据：《某法》第三条）",
        "2026年10月1日（星期四）至2026年10月2日（星期五）放假（国庆节），不算。",
        "2026年10月5日（星期一）至2026年10月7日（星期三）放假（国庆节），不算。",
        "2026年10月10日（星期六）是周末，因国庆节调休上班，计算在内。",
        "所以最后一天是2026年10月13日（星期二）。",
    ]


def test_stops_extensions_and_a_moved_last_day() -> None:
    stop = Stop(date(2026, 11, 3), date(2026, 11, 5), "correction")
    words = said("en", date(2026, 11, 2), 10, Unit.CALENDAR, extension_days=1, stops=[stop])
    assert words[1:] == [
        "The limit is 10 days. Every day counts.",
        "It was extended by 1 day.",
        "The clock was paused from Tuesday 3 November 2026 to Thursday 5 November 2026,"
        " until what was asked for had come.",
        "In that time 2 days did not count.",
        "The last day would be a day of rest. The next working day is Monday 16 November 2026.",
        "So the last day is Monday 16 November 2026.",
    ]


def test_months_end_on_the_same_day() -> None:
    assert said("en", date(2026, 8, 31), 6, Unit.MONTHS)[1:] == [
        "The limit is 6 months. It ends on the same day of its last month.",
        "The last day would be a day of rest. The next working day is Monday 1 March 2027.",
        "So the last day is Monday 1 March 2027.",
    ]
    assert said("zh", date(2026, 8, 31), 6, Unit.MONTHS)[1].startswith("时限是6个月")


def test_a_clock_that_stands_says_what_is_left() -> None:
    stop = Stop(date(2026, 11, 3), None, "correction")
    words = said("en", date(2026, 11, 2), 10, Unit.WORKING, stops=[stop])
    assert words[-2:] == [
        "The clock has been paused since Tuesday 3 November 2026, until what was asked for has come.",
        "When the clock runs again, 9 working days are left.",
    ]


def test_one_day_off_alone_is_a_sentence_of_its_own() -> None:
    words = said("en", date(2026, 12, 31), 1, Unit.WORKING)
    assert "Friday 1 January 2027 is a day off (New Year): it does not count." in words


def test_a_step_without_a_day_does_not_break_the_page() -> None:
    assert clock_sentences([ClockStep(StepKind.DUE)], "en")


@pytest.mark.parametrize(
    ("last_day", "english", "chinese"),
    [
        (
            date(2027, 1, 22),
            "Last day: Friday 22 January 2027",
            "最后一天：2027年1月22日（星期五）",
        ),
        (
            None,
            "15 days from receiving the outcome of “Ask first”",
            "收到“先申请复议”的结果之日起15天内",
        ),
    ],
)
def test_a_remedy_names_its_last_day_or_what_it_waits_for(
    last_day: date | None, english: str, chinese: str
) -> None:
    after = Text.of({"zh": "先申请复议", "en": "Ask first"})
    remedy = RemedyNamed(NATIONAL, NATIONAL, last_day, 15, "calendar_days", after=after)
    with override("en"):
        assert remedy_words(remedy, "en") == english
    with override("zh-hans"):
        assert remedy_words(remedy, "zh") == chinese


@pytest.mark.parametrize(
    ("due", "english", "chinese"),
    [
        (None, "the clock is paused", "时限暂停计算"),
        (date(2026, 11, 24), "due today", "今天到期"),
        (date(2026, 11, 26), "2 working days left", "还剩2个工作日"),
        (date(2026, 11, 20), "2 working days late", "已逾期2个工作日"),
    ],
)
def test_how_long_is_left(due: date | None, english: str, chinese: str) -> None:
    left = due_left(due, date(2026, 11, 24), CALENDAR)
    with override("en"):
        assert left_words(left) == english
    with override("zh-hans"):
        assert left_words(left) == chinese
