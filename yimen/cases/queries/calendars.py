"""Which calendar is applied now, by a short mark."""

from yimen.base.calendar import WorkingCalendar
from yimen.cases.rules.clocks import calendar_mark
from yimen.catalogue.queries import current_city

_last: tuple[WorkingCalendar, str] | None = None


def current_calendar_mark() -> str:
    """Return the mark of the calendar applied now; computed once for each applied release."""
    global _last  # one value for the process, replaced when a release is applied
    calendar = current_city().calendar
    if _last is None or _last[0] is not calendar:
        _last = (calendar, calendar_mark(calendar))
    return _last[1]
