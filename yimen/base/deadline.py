"""Due dates that can explain themselves.

A limit counts from the day after the start, in working days, calendar days or months. A limit in
months ends on the same day of its last month, or on that month's last day where there is no such
day (Civil Code art. 202). While a clock is stopped (a correction is asked for, a hearing is held:
Administrative Licensing Law art. 45) no day counts. A limit in calendar days or months that ends
on a day of rest ends on the next working day (Civil Code art. 203). The unit is kept with every
limit, because laws differ in it.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from yimen.base.calendar import DayOff, WorkingCalendar

_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a limit counts."""

    WORKING = "working_days"
    CALENDAR = "calendar_days"
    MONTHS = "months"

    @property
    def of_days(self) -> "Unit":
        """Return the unit of single days within such a limit: those stopped, or left."""
        return Unit.CALENDAR if self is Unit.MONTHS else self


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which the clock stood: from the day ``since`` until the day ``until`` (None: still).

    Days after ``since`` up to and with ``until`` do not count.
    """

    since: date
    until: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date and how it was computed."""

    start: date
    days: int  # the limit with its extensions, in the unit
    extension_days: int
    unit: Unit
    due: date | None  # None while the clock stands
    stops: tuple[Stop, ...]
    stopped_days: int  # days that did not count, working ones where the unit is working days
    moved_days: int  # from the day counted to the working day after it
    days_off: tuple[DayOff, ...]  # named exceptions of the calendar between start and due
    days_left_at_stop: int | None  # when it stands: how many days of the limit remain


def months_after(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _is_stopped(day: date, stops: Sequence[Stop]) -> bool:
    return any(s.since < day and (s.until is None or day <= s.until) for s in stops)


def _after_stops_on(day: date, stops: Sequence[Stop]) -> date:
    """Return the day on which the clock runs again, when it was stopped on its very last day.

    Without this an officer who asks for a correction on the due day would be late before the
    answer can arrive.
    """
    for stop in stops:
        if stop.until is not None and stop.since <= day < stop.until:
            day = stop.until
    return day


def compute(
    calendar: WorkingCalendar,
    start: date,
    days: int,
    unit: Unit,
    *,
    extension_days: int = 0,
    stops: Sequence[Stop] = (),
) -> Deadline:
    """Return the due date of a limit that starts on ``start``.

    Overlapping stops count once. Raises ValueError for a negative limit, or a stop that ends
    before it begins.
    """
    if days < 0 or extension_days < 0:
        raise ValueError("a limit cannot be negative")
    if any(s.until is not None and s.until < s.since for s in stops):
        raise ValueError("a stop cannot end before it begins")
    ordered = tuple(sorted(stops, key=lambda s: (s.since, s.until or date.max)))
    open_since = min((s.since for s in ordered if s.until is None), default=date.max)
    left = days + extension_days
    if unit is Unit.MONTHS:
        left = (months_after(start, left) - start).days
    count = _Count(calendar, unit, ordered, start, left)
    count.run_until(open_since)
    standing = count.resumes() >= open_since
    moved = 0
    if not standing:
        count.resume()
        if unit is not Unit.WORKING and count.day != start:
            moved = count.move_to_working_day()
    return Deadline(
        start=start,
        days=days + extension_days,
        extension_days=extension_days,
        unit=unit,
        due=None if standing else count.day,
        stops=ordered,
        stopped_days=count.stopped,
        moved_days=moved,
        days_off=calendar.rest_between(start, count.day),
        days_left_at_stop=count.left if standing else None,
    )


@dataclass(slots=True)
class _Count:
    """A clerk with a calendar, counting from day to day."""

    calendar: WorkingCalendar
    unit: Unit
    stops: tuple[Stop, ...]
    day: date
    left: int
    stopped: int = 0

    def run_until(self, standstill: date) -> None:
        while self.left and self.day < standstill:
            self.day += _DAY
            if self.unit is Unit.WORKING and not self.calendar.is_working(self.day):
                continue
            if _is_stopped(self.day, self.stops):
                self.stopped += 1
            else:
                self.left -= 1

    def resumes(self) -> date:
        return _after_stops_on(self.day, self.stops)

    def resume(self) -> None:
        day = self.resumes()
        if day == self.day:
            return
        if self.unit is Unit.WORKING:
            day = self.calendar.next_working(day)
        self.stopped += days_until(self.calendar, self.day, day, self.unit)
        self.day = day

    def move_to_working_day(self) -> int:
        counted, self.day = self.day, self.calendar.next_working(self.day)
        return (self.day - counted).days


def days_until(calendar: WorkingCalendar, today: date, due: date, unit: Unit) -> int:
    """Count the days that are left, of the unit `of_days`; negative when the due date has passed."""
    if unit is Unit.WORKING:
        return calendar.working_days_after(today, due)
    return (due - today).days
