"""The calendar applied now: its mark, and the due dates of what is submitted today."""

from dataclasses import dataclass, field
from datetime import date

from yimen.base.calendar import WorkingCalendar
from yimen.cases.rules.clocks import Clocks, calendar_mark, clocks
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city

_MOST_KEPT = 10_000  # 3,600 services, today and yesterday


@dataclass(slots=True)
class _Kept:
    """What was computed from one calendar; replaced when a release is applied."""

    calendar: WorkingCalendar
    mark: str
    due: dict[tuple[str, int, date], Clocks] = field(default_factory=dict)


_kept: _Kept | None = None


def _of_now() -> _Kept:
    global _kept  # one value for the process, replaced as a whole
    calendar = current_city().calendar
    kept = _kept
    if kept is None or kept.calendar is not calendar:
        kept = _kept = _Kept(calendar, calendar_mark(calendar))
    return kept


def current_calendar_mark() -> str:
    """Return the mark of the calendar applied now."""
    return _of_now().mark


def due_when_submitted(service: Service, day: date) -> tuple[Clocks, str]:
    """Return both clocks of an application that comes in on a day, and their calendar's mark.

    They are the same for all of that day.
    """
    kept = _of_now()
    key = (service.code, service.version, day)
    due = kept.due.get(key)
    if due is None:
        if len(kept.due) >= _MOST_KEPT:
            kept.due.clear()
        due = kept.due[key] = clocks(service, day, kept.calendar)
    return due, kept.mark
