"""Promises that are not kept: which day is owed, and which one may be promised in its place."""

from collections.abc import Mapping
from datetime import date, timedelta

from yimen.base.calendar import WorkingCalendar
from yimen.cases.rules.errors import BadNewDay, DelayMissing
from yimen.cases.types import CaseState
from yimen.catalogue.definition import Delay

_MOST_CHOICES = 60
_DAY = timedelta(days=1)


def owed_day(promised_due: date | None, new_due: date | None) -> date | None:
    """Return the day by which a case is owed now: the promised one, or the later that was told.

    None while the clock stands.
    """
    if promised_due is None or new_due is None:
        return promised_due
    return max(promised_due, new_due)


def missed_day(state: str, owed: date | None, today: date) -> date | None:
    """Return the owed day that has passed, or None: never one while it is the applicant's turn."""
    if owed is None or owed >= today or state not in (CaseState.RECEIVED, CaseState.HANDLING):
        return None
    return owed


def past_by_law(statutory_due: date | None, today: date) -> date | None:
    """Return the limit of the law where it has passed, else None."""
    return statutory_due if statutory_due is not None and statutory_due < today else None


def new_day(
    today: date, statutory_due: date | None, calendar: WorkingCalendar, more_days: int
) -> date:
    """Return the day that is promised by itself: some working days on, within the law's limit.

    Where that limit has passed as well, nothing holds the day back but the declared number.
    """
    usual = calendar.add_working_days(today, more_days)
    if statutory_due is None or past_by_law(statutory_due, today):
        return usual
    return min(usual, statutory_due)


def days_to_choose(
    owed: date | None,
    today: date,
    statutory_due: date | None,
    calendar: WorkingCalendar,
    more_days: int,
) -> tuple[date, ...]:
    """Return the working days that an officer may promise in the place of the one that is owed.

    After it and after today, within the limit of the law; where that has passed, within the
    declared number of days. None while the clock stands.
    """
    if owed is None:
        return ()
    if statutory_due is None or past_by_law(statutory_due, today):
        last = calendar.add_working_days(today, more_days)
    else:
        last = statutory_due
    day = max(owed, today) + _DAY
    days: list[date] = []
    while day <= last and len(days) < _MOST_CHOICES:
        if calendar.is_working(day):
            days.append(day)
        day += _DAY
    return tuple(days)


def check_promise(
    delay: str, delays: Mapping[str, Delay], day: date | None, days: tuple[date, ...]
) -> tuple[Delay, date]:
    """Return the declared reason and the new day, or refuse what is not among those offered."""
    if delay not in delays:
        raise DelayMissing
    if day is None or day not in days:
        raise BadNewDay
    return delays[delay], day


def after_stop(day: date, since: date, until: date, calendar: WorkingCalendar) -> date:
    """Return a promised day moved on by the working days in which the clock stood.

    A day that had passed when the clock stopped was missed before, and stays.
    """
    if day < since:
        return day
    return calendar.add_working_days(day, calendar.working_days_after(since, until))
