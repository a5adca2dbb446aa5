"""Due dates on the working calendar, with stops, extensions and an explanation that adds up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.base.calendar import DayOff, WorkingCalendar
from yimen.base.deadline import Stop, Unit, compute, days_until
from yimen.base.text import Text

# The Spring Festival of 2026 as announced: rest 15-23 February, work on 14 and 28 February.
FESTIVAL_NAME = Text.of({"zh": "春节", "en": "Spring Festival"})
FESTIVAL = {
    **{
        date(2026, 2, day): DayOff(date(2026, 2, day), False, FESTIVAL_NAME)
        for day in (16, 17, 18, 19, 20, 23)
    },
    **{date(2026, 2, day): DayOff(date(2026, 2, day), True, FESTIVAL_NAME) for day in (14, 28)},
}
CALENDAR = WorkingCalendar(FESTIVAL)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def due(start, days, unit=Unit.WORKING, **more):
    return compute(CALENDAR, start, days, unit, **more).due


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 27), 1, date(2026, 2, 28)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_working_days_count_from_the_day_after(start, days, expected):
    assert due(start, days) == expected


def test_a_calendar_limit_that_ends_on_a_day_of_rest_ends_on_the_next_working_day():
    found = compute(CALENDAR, date(2026, 2, 6), 10, Unit.CALENDAR)
    assert found.due == date(2026, 2, 24)
    assert found.moved_days == 8
    assert {day.name for day in found.days_off} == {FESTIVAL_NAME}


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 11, 23), 6, date(2027, 5, 24)),  # 23 May is a Sunday
        (date(2026, 8, 31), 6, date(2027, 3, 1)),  # the last of February is a Sunday
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 6, date(2024, 8, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 16), 1, date(2026, 2, 24)),  # into the festival
        (date(2026, 11, 1), 0, date(2026, 11, 1)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(start, months, expected):
    assert due(start, months, Unit.MONTHS) == expected


def test_a_stop_in_a_limit_of_months_adds_its_days():
    stop = Stop(date(2026, 11, 10), date(2026, 11, 14))
    found = compute(CALENDAR, date(2026, 11, 2), 1, Unit.MONTHS, stops=[stop])
    assert (found.stopped_days, found.moved_days) == (4, 1)
    assert found.due == date(2026, 12, 7)  # 2 December and 4 days, a Sunday
    standing = compute(CALENDAR, date(2026, 11, 2), 1, Unit.MONTHS, stops=[Stop(stop.since, None)])
    assert standing.days_left_at_stop == 22


def test_a_stop_moves_the_due_day_by_the_days_it_lasted():
    plain = due(date(2026, 11, 2), 10)
    stopped = compute(
        CALENDAR,
        date(2026, 11, 2),
        10,
        Unit.WORKING,
        stops=[Stop(date(2026, 11, 4), date(2026, 11, 9))],
    )
    assert stopped.stopped_days == 3
    assert stopped.due == CALENDAR.add_working_days(plain, 3)


def test_overlapping_stops_count_once():
    stops = [Stop(date(2026, 11, 4), date(2026, 11, 9)), Stop(date(2026, 11, 5), date(2026, 11, 6))]
    assert compute(CALENDAR, date(2026, 11, 2), 10, Unit.WORKING, stops=stops).stopped_days == 3


def test_a_standing_clock_has_no_due_day_and_keeps_what_is_left():
    found = compute(
        CALENDAR, date(2026, 11, 2), 10, Unit.WORKING, stops=[Stop(date(2026, 11, 4), None)]
    )
    assert found.due is None
    assert found.days_left_at_stop == 8


def test_a_clock_stopped_before_it_began_stands_at_once():
    found = compute(
        CALENDAR, date(2026, 11, 2), 10, Unit.WORKING, stops=[Stop(date(2026, 11, 1), None)]
    )
    assert (found.due, found.days_left_at_stop) == (None, 10)


def test_asking_on_the_last_day_leaves_that_day_for_the_answer():
    last = due(date(2026, 11, 2), 3)
    found = compute(
        CALENDAR, date(2026, 11, 2), 3, Unit.WORKING, stops=[Stop(last, date(2026, 11, 14))]
    )
    assert found.due == date(2026, 11, 16)  # the answer came on a Saturday
    open_stop = [Stop(last, None)]
    assert compute(CALENDAR, date(2026, 11, 2), 3, Unit.WORKING, stops=open_stop).due is None
    by_calendar = compute(
        CALENDAR, date(2026, 11, 2), 3, Unit.CALENDAR, stops=[Stop(last, date(2026, 11, 11))]
    )
    assert by_calendar.due == date(2026, 11, 11)


def test_an_extension_adds_to_the_limit():
    found = compute(CALENDAR, date(2026, 11, 2), 20, Unit.WORKING, extension_days=20)
    assert (found.days, found.extension_days) == (40, 20)
    assert found.due == CALENDAR.add_working_days(date(2026, 11, 2), 40)


@pytest.mark.parametrize(
    "arguments",
    [
        {"days": -1},
        {"days": 1, "extension_days": -1},
        {"days": 1, "stops": [Stop(date(2026, 1, 2), date(2026, 1, 1))]},
    ],
)
def test_impossible_limits_are_refused(arguments):
    with pytest.raises(ValueError, match="cannot"):
        compute(CALENDAR, date(2026, 1, 1), unit=Unit.WORKING, **arguments)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 1, 1), -1)


def test_days_left_are_counted_in_the_unit_of_the_limit():
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert days_until(CALENDAR, friday, monday, Unit.WORKING) == 1
    assert days_until(CALENDAR, friday, monday, Unit.CALENDAR) == 3
    assert days_until(CALENDAR, monday, friday, Unit.WORKING) == -1


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_more_days_never_end_earlier(start, few, more):
    for unit in Unit:
        assert start <= due(start, few, unit)
        assert due(start, few, unit) <= due(start, few + more, unit)


@given(DAYS, st.integers(1, 40), st.integers(0, 60), st.integers(0, 30))
def test_a_stop_moves_the_due_day_by_exactly_the_stopped_days(start, days, offset, length):
    since = start + timedelta(days=offset)
    stop = Stop(since, since + timedelta(days=length))
    plain = compute(CALENDAR, start, days, Unit.WORKING)
    stopped = compute(CALENDAR, start, days, Unit.WORKING, stops=[stop])
    assert stopped.due == CALENDAR.add_working_days(plain.due, stopped.stopped_days)


@given(DAYS, st.integers(0, 60))
def test_working_days_after_undoes_adding_them(start, days):
    assert CALENDAR.working_days_after(start, CALENDAR.add_working_days(start, days)) == days
