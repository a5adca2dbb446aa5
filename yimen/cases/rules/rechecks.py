"""When a decision is looked at again, by when, and by whom: one level up, never who decided."""

from datetime import date
from typing import Protocol

from yimen.base.actor import Actor
from yimen.base.calendar import WorkingCalendar
from yimen.base.deadline import compute
from yimen.cases.rules.clocks import unit_of
from yimen.cases.rules.errors import NoRecheck, OwnDecision, RecheckTooLate
from yimen.catalogue.definition import Limit, RecheckTerms


class DecidedLike(Protocol):
    """What the rules need to know of a decision."""

    @property
    def decided_on(self) -> date: ...

    @property
    def decided_by(self) -> int | None: ...


def last_day_to_ask(
    terms: RecheckTerms | None, decided_on: date, calendar: WorkingCalendar
) -> date | None:
    """Return until when somebody may say that nothing is solved; None where no city offers it."""
    return _after(calendar, decided_on, terms.within) if terms is not None else None


def answer_due(terms: RecheckTerms, asked_on: date, calendar: WorkingCalendar) -> date:
    """Return by when an answer is promised to who asks today."""
    return _after(calendar, asked_on, terms.answer)


def _after(calendar: WorkingCalendar, start: date, limit: Limit) -> date:
    due = compute(calendar, start, limit.days, unit_of(limit)).due
    assert due is not None  # nothing stops this clock
    return due


def check_may_ask(
    terms: RecheckTerms | None,
    decision: DecidedLike | None,
    asked_on: date,
    calendar: WorkingCalendar,
) -> RecheckTerms:
    """Return the terms on which a decision is looked at again, or refuse.

    Raises `NoRecheck` without decision or terms, `RecheckTooLate` after the last day.
    """
    if terms is None or decision is None:
        raise NoRecheck
    last_day = _after(calendar, decision.decided_on, terms.within)
    if asked_on > last_day:
        raise RecheckTooLate(last_day)
    return terms


def is_own_decision(actor: Actor, decision: DecidedLike | None) -> bool:
    """Say whether this very officer has decided. What a process decided is nobody's own."""
    decided_by = decision.decided_by if decision is not None else None
    return decided_by is not None and decided_by == actor.account_id


def check_other_officer(actor: Actor, decision: DecidedLike) -> None:
    """Refuse who decided with `OwnDecision`: somebody else looks again."""
    if is_own_decision(actor, decision):
        raise OwnDecision
