"""Due dates that can explain themselves.

A limit counts from the day after the start, in working or in calendar days. While a clock is
stopped (a correction is asked for, a hearing is held: Administrative Licensing Law art. 45) no
day counts. A calendar limit that ends on a day of rest ends on the next working day (Civil Code
art. 203). The unit is kept with every limit, because laws differ in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from yimen.base.calendar import DayOff, WorkingCalendar

_DAY = timedelta(days=1)


class Unit(StrEnum):
    """In which days a limit counts."""

    WORKING = "working_days"
    CALENDAR = "calendar_days"


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
    days: int  # the limit with its extensions
    extension_days: int
    unit: Unit
    due: date | None  # None while the clock stands
    stops: tuple[Stop, ...]
    stopped_days: int  # days of the unit that did not count
    moved_to_working_day: bool
    days_off: tuple[DayOff, ...]  # named exceptions of the calendar between start and due
    days_left_at_stop: int | None  # when it stands: how many days of the limit remain

    @property
    def is_standing(self) -> bool:
        return self.due is None


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
    count = _Count(calendar, unit, ordered, start, days + extension_days)
    count.run_until(open_since)
    standing = count.resumes() >= open_since
    moved = False
    if not standing:
        count.resume()
        if unit is Unit.CALENDAR and count.day != start:
            moved = count.move_to_working_day()
    return Deadline(
        start=start,
        days=days + extension_days,
        extension_days=extension_days,
        unit=unit,
        due=None if standing else count.day,
        stops=ordered,
        stopped_days=count.stopped,
        moved_to_working_day=moved,
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

    def move_to_working_day(self) -> bool:
        counted, self.day = self.day, self.calendar.next_working(self.day)
        return counted != self.day


def days_until(calendar: WorkingCalendar, today: date, due: date, unit: Unit) -> int:
    """Count the days of the unit that are left; negative when the due date has passed."""
    if unit is Unit.WORKING:
        return calendar.working_days_after(today, due)
    return (due - today).days
