"""Promises that were not kept: what the applicant was told last, and what may be promised anew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from yimen.accounts.queries import city_today
from yimen.base.text import Text
from yimen.cases.models import Case, MissedPromise
from yimen.cases.rules.promises import days_to_choose, owed_day
from yimen.catalogue.queries import current_city


@dataclass(frozen=True, slots=True)
class Lateness:
    """What the applicant was told when a promised day was not kept."""

    promised: date  # the day that is not kept
    new_due: date
    says: Text  # the reason
    delay: str  # key of the declared reason; "" where the system gave it
    statutory: date | None  # the limit of the law, where it had passed as well
    told_by: int | None  # account


def latest_told(cases: Collection[Case]) -> dict[UUID, MissedPromise]:
    """Return what the applicants of cases were told last, by the case's id."""
    of_cases = Q(person_id__in={c.person_id for c in cases}, case_id__in={c.id for c in cases})
    rows = MissedPromise.objects.filter(of_cases).order_by("promised")
    return {row.case_id: row for row in rows}


def lateness_of(case: Case) -> Lateness:
    """Return what the applicant of a case was told last; that there is such is in its history."""
    row = latest_told([case])[case.id]
    says = Text.of(row.says)
    return Lateness(row.promised, row.new_due, says, row.delay, row.statutory, row.noted_by)


def choices_for(case: Case) -> tuple[date | None, tuple[date, ...]]:
    """Return the day by which a case is owed, and the days that may be promised in its place."""
    told, city = latest_told([case]).get(case.id), current_city()
    owed = owed_day(case.promised_due, told.new_due if told is not None else None)
    more = city.promises.more_days
    return owed, days_to_choose(owed, city_today(), case.statutory_due, city.calendar, more)
