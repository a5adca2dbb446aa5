"""Comparisons: limits of different units, colours that can be read, the rows of a process."""

from datetime import date, timedelta
from fractions import Fraction

from yimen.base.deadline import months_after
from yimen.catalogue.definition import Limit, Process, ProcessStep
from yimen.catalogue.types import DayUnit

_FOUR_YEARS = tuple(date(2023, 1, 1) + timedelta(days=day) for day in range(4 * 365 + 1))


def in_calendar_days(limit: Limit) -> tuple[Fraction, Fraction]:
    """Return the least and the most calendar days of a limit: five working days are one week.

    A limit in months is shorter or longer by the day on which it starts. Holidays are left out of
    the comparison, so that it does not depend on the day of asking.
    """
    if limit.unit is DayUnit.MONTHS:
        spans = {(months_after(day, limit.days) - day).days for day in _FOUR_YEARS}
        return Fraction(min(spans)), Fraction(max(spans))
    working = limit.unit is DayUnit.WORKING
    days = Fraction(limit.days * 7, 5) if working else Fraction(limit.days)
    return days, days


def is_longer(limit: Limit, than: Limit) -> bool:
    """Say whether one limit can be longer than another, whatever their units."""
    if limit.unit is than.unit:
        return limit.days > than.days
    return in_calendar_days(limit)[1] > in_calendar_days(than)[0]


def contrast(colour: str, background: str) -> float:
    """Return the contrast ratio of two colours ``#RRGGBB`` (WCAG 2.2, 1.4.3), from 1 to 21."""
    lighter, darker = sorted((_luminance(colour), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def stages(process: Process) -> tuple[tuple[ProcessStep, ...], ...]:
    """Return the steps of a process row by row; the steps of a row stand side by side."""
    rows: dict[int, list[ProcessStep]] = {}
    for step in process.steps:
        rows.setdefault(step.stage, []).append(step)
    return tuple(tuple(sorted(rows[stage], key=lambda step: step.branch)) for stage in sorted(rows))
