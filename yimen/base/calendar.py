"""The working calendar of a city: the week, and the days that differ from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from yimen.base.text import Text

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day that differs from the week: a holiday on a weekday, or work on a day of rest."""

    day: date
    works: bool
    name: Text


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked. ``rest_days`` are weekdays, Monday is 0."""

    exceptions: Mapping[date, DayOff] = field(default_factory=dict)
    rest_days: frozenset[int] = frozenset({5, 6})

    def is_working(self, day: date) -> bool:
        """Say whether the offices work on this day."""
        exception = self.exceptions.get(day)
        return exception.works if exception else day.weekday() not in self.rest_days

    def next_working(self, day: date) -> date:
        """Return this day if it is worked, else the first worked day after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``. The day itself is not counted.

        Zero gives the day itself, worked or not: a period begins on the day after the event
        (Civil Code art. 201; Administrative Procedure Law, period rules).
        """
        if count < 0:
            raise ValueError("a period cannot be negative")
        while count:
            day += _DAY
            count -= self.is_working(day)
        return day

    def working_days_after(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and with ``end``; negative when reversed."""
        if end < start:
            return -self.working_days_after(end, start)
        days = (end - start).days
        return sum(self.is_working(start + _DAY * n) for n in range(1, days + 1))

    def rest_between(self, start: date, end: date) -> tuple[DayOff, ...]:
        """Return the named exceptions after ``start`` up to and with ``end``, in order."""
        named = (day for day in self.exceptions.values() if start < day.day <= end)
        return tuple(sorted(named, key=lambda day: day.day))
