"""Due dates: by which day, how long is left, and why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.base.actor import Actor, ActorKind, Channel, Post
from yimen.base.calendar import DayOff, WorkingCalendar
from yimen.base.deadline import Stop, Unit, compute, months_after
from yimen.base.text import Text
from yimen.cases.rules.clocks import (
    FAR_AWAY,
    calendar_mark,
    check_approve_extension,
    check_extension,
    clocks,
    due_left,
    explain,
    remedies_named,
    task_due,
    unit_of,
)
from yimen.cases.rules.errors import (
    ExtensionTooLong,
    NoExtension,
    NotAllowed,
    OnlyOneExtension,
    SameOfficer,
)
from yimen.cases.types import NO_TEXT, DueBand, RemedyNamed, StepKind
from yimen.catalogue.definition import City, Limit, Remedy, Service
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import CountsFrom, DayUnit

MONDAY = date(2026, 11, 2)
NEW_YEAR = DayOff(
    date(2027, 1, 1), works=False, name=Text.of({"zh": "元旦", "en": "New Year's Day"})
)
NAME = Text.of({"zh": "假日", "en": "Holiday"})
CALENDAR = WorkingCalendar({NEW_YEAR.day: NEW_YEAR})
PLAIN = WorkingCalendar()

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
units = st.sampled_from(Unit)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    off = draw(st.lists(days, max_size=20))
    worked = draw(st.lists(st.booleans(), min_size=len(off), max_size=len(off)))
    return WorkingCalendar(
        {day: DayOff(day, works, NAME) for day, works in zip(off, worked, strict=True)}
    )


@st.composite
def closed_stops(draw: st.DrawFn, start: date) -> list[Stop]:
    """Stops that end, one after the other, as corrections come."""
    stops, since = [], start
    for _ in range(draw(st.integers(0, 3))):
        since += timedelta(days=draw(st.integers(0, 20)))
        until = since + timedelta(days=draw(st.integers(0, 30)))
        stops.append(Stop(since, until, "correction"))
        since = until
    return stops


@given(calendars(), days, st.integers(0, 60), units, st.data())
@settings(max_examples=150, deadline=None)
def test_a_stop_moves_the_due_date_by_exactly_the_stopped_days(
    calendar: WorkingCalendar, start: date, limit: int, unit: Unit, data: st.DataObject
) -> None:
    stops = data.draw(closed_stops(start))
    stopped = compute(calendar, start, limit, unit, stops=stops)
    days = limit if unit is not Unit.MONTHS else (months_after(start, limit) - start).days
    longer = compute(calendar, start, days + stopped.stopped_days, unit.of_days)
    assert stopped.due == longer.due


@given(calendars(), days, st.integers(0, 60), st.integers(0, 30), units, st.data())
@settings(max_examples=150, deadline=None)
def test_more_time_never_makes_a_due_date_earlier(
    calendar: WorkingCalendar, start: date, limit: int, more: int, unit: Unit, data: st.DataObject
) -> None:
    stops = data.draw(closed_stops(start))
    before = compute(calendar, start, limit, unit, stops=stops)
    after = compute(calendar, start, limit, unit, stops=stops, extension_days=more)
    assert before.due is not None and after.due is not None
    assert start <= before.due <= after.due


@given(calendars(), days, st.integers(0, 60), units, st.data())
@settings(max_examples=150, deadline=None)
def test_a_stop_that_is_answered_later_never_makes_a_due_date_earlier(
    calendar: WorkingCalendar, start: date, limit: int, unit: Unit, data: st.DataObject
) -> None:
    since = start + timedelta(days=data.draw(st.integers(0, 20)))
    until = since + timedelta(days=data.draw(st.integers(0, 20)))
    one = compute(calendar, start, limit, unit, stops=[Stop(since, until)])
    two = compute(calendar, start, limit, unit, stops=[Stop(since, until + timedelta(days=1))])
    assert one.due is not None and two.due is not None and one.due <= two.due


@given(calendars(), days, st.integers(0, 60), st.integers(0, 20), units, st.data())
@settings(max_examples=200, deadline=None)
def test_every_explanation_adds_up(
    calendar: WorkingCalendar, start: date, limit: int, more: int, unit: Unit, data: st.DataObject
) -> None:
    stops = data.draw(closed_stops(start))
    deadline = compute(calendar, start, limit, unit, stops=stops, extension_days=more)
    steps = explain(deadline, "art. 42")
    allowed = sum(s.days for s in steps if s.kind in (StepKind.LIMIT, StepKind.EXTENSION))
    stopped = sum(step.days for step in steps if step.kind is StepKind.STOPPED)
    moved = sum(step.days for step in steps if step.kind is StepKind.MOVED)
    (first, *_, last) = steps
    assert (first.kind, first.day) == (StepKind.START, start)
    assert last.kind is StepKind.DUE and last.day is not None
    if unit is Unit.WORKING:
        assert calendar.working_days_after(start, last.day) == allowed + stopped
    elif unit is Unit.MONTHS:
        assert last.day == months_after(start, allowed) + timedelta(days=stopped + moved)
    else:
        assert last.day == start + timedelta(days=allowed + stopped + moved)


def test_a_standing_clock_says_how_many_days_are_left() -> None:
    deadline = compute(PLAIN, MONDAY, 10, Unit.WORKING, stops=[Stop(MONDAY, None, "correction")])
    steps = explain(deadline)
    assert [step.kind for step in steps] == [
        StepKind.START,
        StepKind.LIMIT,
        StepKind.STOP,
        StepKind.STANDING,
    ]
    assert steps[-1].days == 10
    assert (steps[2].day, steps[2].until, steps[2].name) == (MONDAY, None, "correction")


def test_holidays_on_the_way_are_named() -> None:
    deadline = compute(CALENDAR, date(2026, 12, 30), 3, Unit.WORKING)
    (off,) = [step for step in explain(deadline) if step.kind is StepKind.DAY_OFF]
    assert (off.day, off.title["en"], off.works) == (NEW_YEAR.day, "New Year's Day", False)


def test_a_limit_in_calendar_days_that_ends_on_a_holiday_says_so() -> None:
    deadline = compute(CALENDAR, date(2026, 12, 30), 2, Unit.CALENDAR)
    moved, due = explain(deadline)[-2:]
    assert (moved.kind, moved.days) == (StepKind.MOVED, 3)
    assert due.day == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("today", "band", "left"),
    [
        (date(2026, 11, 2), DueBand.CALM, 5),
        (date(2026, 11, 4), DueBand.SOON, 3),
        (date(2026, 11, 9), DueBand.TODAY, 0),
        (date(2026, 11, 10), DueBand.LATE, -1),
        (date(2026, 11, 12), DueBand.LATE, -3),
    ],
)
def test_what_is_left_is_told_in_working_days(today: date, band: DueBand, left: int) -> None:
    told = due_left(date(2026, 11, 9), today, PLAIN)
    assert (told.band, told.days, told.unit) == (band, left, "working_days")


def test_what_is_left_of_months_is_told_in_days() -> None:
    told = due_left(date(2026, 11, 9), MONDAY, PLAIN, Unit.MONTHS)
    assert (told.days, told.unit) == (7, "calendar_days")


def test_a_weekend_after_the_due_date_is_late_too() -> None:
    friday, saturday = date(2026, 11, 6), date(2026, 11, 7)
    assert due_left(friday, saturday, PLAIN).days == -1


def test_nothing_is_left_to_count_while_the_clock_stands() -> None:
    told = due_left(None, MONDAY, PLAIN)
    assert (told.band, told.due) == (DueBand.STANDING, None)


def test_a_task_sorts_by_its_promise_and_last_while_it_is_the_residents_turn() -> None:
    assert task_due(MONDAY, "handling") == MONDAY
    assert task_due(None, "waiting") == task_due(MONDAY, "waiting") == FAR_AWAY


def test_two_calendars_with_the_same_working_days_have_one_mark() -> None:
    again = WorkingCalendar({NEW_YEAR.day: replace(NEW_YEAR, name=NAME)})
    assert calendar_mark(CALENDAR) == calendar_mark(again)
    assert calendar_mark(CALENDAR) != calendar_mark(PLAIN)
    assert calendar_mark(PLAIN) != calendar_mark(WorkingCalendar(rest_days=frozenset({6})))


@pytest.fixture
def service(city: object) -> Service:
    return current_city().services["medical-expense-reimbursement"]


def test_both_limits_run_in_their_own_unit(service: Service) -> None:
    both = replace(
        service,
        statutory=Limit(30, DayUnit.CALENDAR),
        promised=Limit(15, DayUnit.WORKING),
    )
    due = clocks(both, MONDAY, PLAIN)
    assert (due.statutory.unit, due.promised.unit) == (Unit.CALENDAR, Unit.WORKING)
    assert due.statutory.due == date(2026, 12, 2)
    assert due.promised.due == date(2026, 11, 23)
    assert unit_of(both.promised) is Unit.WORKING


def test_remedies_name_their_last_day(service: Service) -> None:
    text = Text.of({"zh": "复议", "en": "Reconsideration"})
    remedy = Remedy(text, text, Limit(60, DayUnit.CALENDAR, "art. 20"), "art. 20")
    (named,) = remedies_named(replace(service, remedies=(remedy,)), MONDAY, PLAIN)
    assert named.last_day == date(2027, 1, 1)
    assert (named.days, named.unit) == (60, "calendar_days")


def test_a_remedy_after_another_has_no_day_before_its_outcome(service: Service) -> None:
    first, then = (Text.of({"zh": name, "en": name}) for name in ("Reconsider", "Court"))
    limit = Limit(15, DayUnit.CALENDAR)
    remedies = (
        Remedy(first, first, Limit(60, DayUnit.CALENDAR)),
        Remedy(then, then, limit, counts_from=CountsFrom.EARLIER_REMEDY),
    )
    plain, waiting = remedies_named(replace(service, remedies=remedies), MONDAY, PLAIN)
    assert (plain.last_day, plain.after) == (date(2027, 1, 1), NO_TEXT)
    assert (waiting.last_day, waiting.days, waiting.after) == (None, 15, first)
    assert [RemedyNamed.of(named.as_data()) for named in (plain, waiting)] == [plain, waiting]


def test_no_service_asks_for_a_later_remedy_before_an_earlier_one_ends(city: City) -> None:
    for declared in city.services.values():
        named = [r.last_day for r in remedies_named(declared, MONDAY, city.calendar) if r.last_day]
        assert named and named == sorted(named), declared.code


def test_an_extension_is_at_most_as_long_as_declared_and_comes_once() -> None:
    limit = Limit(10, DayUnit.WORKING)
    check_extension(10, limit, 0)
    for days_wanted in (0, 11):
        with pytest.raises(ExtensionTooLong) as refused:
            check_extension(days_wanted, limit, 0)
        assert refused.value.limit == 10
    with pytest.raises(OnlyOneExtension):
        check_extension(5, limit, 1)


def test_without_a_declared_extension_there_is_none() -> None:
    with pytest.raises(NoExtension):
        check_extension(1, None, 0)


def test_who_asked_for_more_time_cannot_approve_it() -> None:
    post = Post("police", "head", frozenset({"case.extend"}))
    head = Actor(ActorKind.STAFF, Channel.DESK, account_id=7, posts=(post,))
    check_approve_extension(head, "police", 8)
    with pytest.raises(SameOfficer):
        check_approve_extension(head, "police", 7)
    with pytest.raises(NotAllowed):
        check_approve_extension(head, "civil-affairs", 8)
