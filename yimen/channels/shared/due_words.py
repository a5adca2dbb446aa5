"""Why a due date is what it is: each step of the clock as a sentence."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from yimen.cases.types import ClockStep, DueBand, DueLeft, RemedyNamed, StepKind
from yimen.catalogue.types import DayUnit
from yimen.channels.shared import wording


def clock_sentences(steps: Sequence[ClockStep], language: str) -> list[str]:
    """Return how a due date was computed, one sentence a step, in the order of counting.

    Holidays that follow each other under one name are one sentence.
    """
    sentences = []
    for run in _runs(steps):
        sentence = _WORDS[run[0].kind](run, language)
        source = run[0].source
        sentences.append(f"{sentence}{_sourced(source, language)}" if source else sentence)
    return sentences


def left_words(left: DueLeft) -> str:
    """Return ``2 working days left``, ``due today``, ``3 days late`` or that the clock is paused."""
    if left.band is DueBand.STANDING:
        return _("the clock is paused")
    if left.band is DueBand.TODAY:
        return _("due today")
    amount = wording.days(abs(left.days), DayUnit(left.unit))
    if left.days > 0:
        return _("%(amount)s left") % {"amount": amount}
    return _("%(amount)s late") % {"amount": amount}


def remedy_words(remedy: RemedyNamed, language: str) -> str:
    """Return by when a remedy can be used: a day, or how long after the outcome before it."""
    if remedy.last_day is not None:
        return _("Last day: %(day)s") % {"day": wording.day(remedy.last_day, language)}
    return _("%(amount)s from receiving the outcome of “%(before)s”") % {
        "amount": wording.days(remedy.days, DayUnit(remedy.unit)),
        "before": remedy.after[language],
    }


def _runs(steps: Sequence[ClockStep]) -> list[list[ClockStep]]:
    """Put days off that follow each other under one name together; everything else stays alone."""
    runs: list[list[ClockStep]] = []
    for step in steps:
        if runs and _continues(runs[-1][-1], step):
            runs[-1].append(step)
        else:
            runs.append([step])
    return runs


def _continues(before: ClockStep, step: ClockStep) -> bool:
    return (
        before.kind is step.kind is StepKind.DAY_OFF
        and before.title == step.title
        and before.works == step.works
        and before.day is not None
        and step.day == before.day + timedelta(days=1)
    )


def _sourced(source: str, language: str) -> str:
    return " " + _("(Source: %(source)s)") % {"source": wording.cited(source, language)}


def _day(day: date | None, language: str) -> str:
    return wording.day(day, language) if day is not None else ""


def _start(run: list[ClockStep], language: str) -> str:
    return _("Your application arrived on %(day)s. Counting begins on the day after.") % {
        "day": _day(run[0].day, language)
    }


def _amount(step: ClockStep) -> str:
    return wording.days(step.days, DayUnit(step.unit))


def _limit(run: list[ClockStep], language: str) -> str:
    step = run[0]
    if step.unit == DayUnit.WORKING:
        return _("The limit is %(amount)s. Weekends and public holidays do not count.") % {
            "amount": _amount(step)
        }
    if step.unit == DayUnit.MONTHS:
        return _("The limit is %(amount)s. It ends on the same day of its last month.") % {
            "amount": _amount(step)
        }
    return _("The limit is %(amount)s. Every day counts.") % {"amount": _amount(step)}


def _extension(run: list[ClockStep], language: str) -> str:
    return _("It was extended by %(amount)s.") % {"amount": _amount(run[0])}


def _stop(run: list[ClockStep], language: str) -> str:
    step = run[0]
    if step.until is None:
        return _(
            "The clock has been paused since %(since)s, until what was asked for has come."
        ) % {"since": _day(step.day, language)}
    return _(
        "The clock was paused from %(since)s to %(until)s, until what was asked for had come."
    ) % {
        "since": _day(step.day, language),
        "until": _day(step.until, language),
    }


def _stopped(run: list[ClockStep], language: str) -> str:
    return _("In that time %(amount)s did not count.") % {"amount": _amount(run[0])}


def _day_off(run: list[ClockStep], language: str) -> str:
    first, last = run[0], run[-1]
    words = {"day": _day(first.day, language), "name": first.title[language]}
    if first.works:
        return _("%(day)s is worked although it is a weekend (%(name)s): it counts.") % words
    if first is last:
        return _("%(day)s is a day off (%(name)s): it does not count.") % words
    words["last"] = _day(last.day, language)
    return _("%(day)s to %(last)s are days off (%(name)s): they do not count.") % words


def _moved(run: list[ClockStep], language: str) -> str:
    return _("The last day would be a day of rest. The next working day is %(day)s.") % {
        "day": _day(run[0].day, language)
    }


def _due(run: list[ClockStep], language: str) -> str:
    return _("So the last day is %(day)s.") % {"day": _day(run[0].day, language)}


def _standing(run: list[ClockStep], language: str) -> str:
    return _("When the clock runs again, %(amount)s are left.") % {"amount": _amount(run[0])}


_WORDS: dict[StepKind, Callable[[list[ClockStep], str], str]] = {
    StepKind.START: _start,
    StepKind.LIMIT: _limit,
    StepKind.EXTENSION: _extension,
    StepKind.STOP: _stop,
    StepKind.STOPPED: _stopped,
    StepKind.DAY_OFF: _day_off,
    StepKind.MOVED: _moved,
    StepKind.DUE: _due,
    StepKind.STANDING: _standing,
}
