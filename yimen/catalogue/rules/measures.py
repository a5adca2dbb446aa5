"""Comparisons: limits of different units, colours that can be read, the rows of a process."""

from fractions import Fraction

from yimen.catalogue.definition import Limit, Process, ProcessStep
from yimen.catalogue.types import DayUnit


def in_calendar_days(limit: Limit) -> Fraction:
    """Return a limit in calendar days, to compare limits: five working days are one week.

    Holidays are left out of the comparison, so that it does not depend on the day of asking.
    """
    return Fraction(limit.days * 7, 5) if limit.unit is DayUnit.WORKING else Fraction(limit.days)


def is_longer(limit: Limit, than: Limit) -> bool:
    """Say whether one limit is longer than another, whatever their units."""
    return in_calendar_days(limit) > in_calendar_days(than)


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
