"""Which promises are watched on whose desk, how far each is, and when the day's list is sent."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from yimen.base.calendar import WorkingCalendar
from yimen.cases.types import WatchBand
from yimen.catalogue.definition import WatchStep
from yimen.catalogue.types import WatchedDay, Watcher

WATCH = "case.watch"
CLAIM = "case.claim"
_MAIL_HOURS = range(7, 12)  # of the city's day; so many hours for a worker that was away
_DAY = timedelta(days=1)


def last_day(step: WatchStep, today: date, calendar: WorkingCalendar) -> date:
    """Return the latest day that a case may be due on and stand there today by this step."""
    if step.days <= 0:
        return calendar.add_working_days(today, -step.days)
    day, left = today, step.days
    while left:
        left -= calendar.is_working(day)
        day -= _DAY
    return day


def last_days(
    steps: Iterable[WatchStep], who: Watcher, today: date, calendar: WorkingCalendar
) -> dict[WatchedDay, date]:
    """Return, for each day that somebody watches, the latest that stands on their desk today."""
    return {step.of: last_day(step, today, calendar) for step in steps if step.who is who}


def band_of(promised_due: date, statutory_due: date | None, today: date) -> WatchBand:
    """Return how far a promise is."""
    if statutory_due is not None and statutory_due < today:
        return WatchBand.PAST_LAW
    if promised_due < today:
        return WatchBand.LATE
    if today in (promised_due, statutory_due):
        return WatchBand.TODAY
    return WatchBand.SOON


def is_mail_time(moment: datetime, calendar: WorkingCalendar) -> bool:
    """Say whether the day's list is sent at a moment of the city's day: working mornings."""
    return calendar.is_working(moment.date()) and moment.hour in _MAIL_HOURS
