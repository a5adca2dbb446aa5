"""Whether a decision is being looked at again, and whether its applicant may ask for that."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yimen.accounts.queries import city_today
from yimen.accounts.types import OfficerName
from yimen.cases.models import Case, Decision, Recheck, Task
from yimen.cases.rules.rechecks import last_day_to_ask
from yimen.cases.types import TaskOutcome
from yimen.catalogue.queries import current_city


@dataclass(frozen=True, slots=True)
class RecheckView:
    """A decision that is, or was, looked at again. ``outcome`` None: not answered yet."""

    asked_at: datetime
    says: str  # the applicant's words
    due: date
    outcome: TaskOutcome | None
    reason: str  # why the decision stands
    answered_at: datetime | None
    officer: OfficerName


def recheck_of(case: Case) -> RecheckView | None:
    """Return when somebody last asked to look at a decision of a case again, and what came of it."""
    rows = Recheck.objects.filter(person_id=case.person_id, case_id=case.id)
    row = rows.order_by("id").last()
    if row is None:
        return None
    task = Task.objects.get(person_id=case.person_id, id=row.id)
    return RecheckView(
        row.asked_at,
        row.reason,
        row.due,
        TaskOutcome(task.outcome) if task.outcome else None,
        task.reason,
        row.answered_at,
        OfficerName(task.agency, task.assignee_number),
    )


def recheck_until(case: Case, decision: Decision | None) -> date | None:
    """Return until when the applicant may ask to look again; None: not, or not any more."""
    if decision is None or recheck_exists(case, decision.id):
        return None
    city = current_city()
    last_day = last_day_to_ask(city.recheck, decision.decided_on, city.calendar)
    return last_day if last_day is not None and city_today() <= last_day else None


def recheck_exists(case: Case, decision_id: UUID) -> bool:
    """Say whether a decision was asked to be looked at again."""
    rows = Recheck.objects.filter(person_id=case.person_id, decision_id=decision_id)
    return rows.exists()
