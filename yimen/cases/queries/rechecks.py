"""Whether a decision is being looked at again, and which case an application contests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yimen.accounts.queries import city_today
from yimen.accounts.types import OfficerName
from yimen.cases.models import Case, Decision, ReceiptLookup, Recheck, Task
from yimen.cases.rules.rechecks import last_day_to_ask
from yimen.cases.types import Outcome, TaskOutcome
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city
from yimen.people.queries import all_ids


@dataclass(frozen=True, slots=True)
class RecheckView:
    """A decision that is, or was, looked at again. ``outcome`` None: not answered yet.

    ``ordered_by`` is the receipt number of the case that contested it with success, "" when the
    applicant asked: what was ordered is changed, and never stands.
    """

    asked_at: datetime
    says: str  # the applicant's words, or the reason of the order
    due: date
    outcome: TaskOutcome | None
    reason: str  # why the decision stands
    answered_at: datetime | None
    officer: OfficerName
    ordered_by: str


def rechecks_of(case: Case) -> list[Recheck]:
    """Return how often, and by whom, decisions of a case were to be looked at again, oldest first."""
    rows = Recheck.objects.filter(person_id=case.person_id, case_id=case.id)
    return list(rows.order_by("id"))


def shown(case: Case, rows: Sequence[Recheck]) -> RecheckView | None:
    """Return when a decision of a case was last to be looked at again, and what came of it."""
    if not rows:
        return None
    row = rows[-1]
    task = Task.objects.get(person_id=case.person_id, id=row.id)
    return RecheckView(
        row.asked_at,
        row.reason,
        row.due,
        TaskOutcome(task.outcome) if task.outcome else None,
        task.reason,
        row.answered_at,
        OfficerName(task.agency, task.assignee_number),
        row.ordered_by,
    )


def recheck_until(decision: Decision | None, rows: Sequence[Recheck]) -> date | None:
    """Return until when the applicant may ask to look again; None: not, or not any more."""
    if decision is None or any(row.decision_id == decision.id for row in rows):
        return None
    city = current_city()
    last_day = last_day_to_ask(city.recheck, decision.decided_on, city.calendar)
    return last_day if last_day is not None and city_today() <= last_day else None


def contested_case(service: Service, answers: dict[str, object], person_id: UUID) -> Case | None:
    """Return the decided case that an application contests, when it is the applicant's own.

    None also for what was decided elsewhere, or before this system: anything may be contested.
    """
    number = answers.get(service.contests.key) if service.contests is not None else None
    found = ReceiptLookup.objects.filter(receipt_number=number or "").first()
    if found is None or found.person_id not in all_ids(person_id, claims=True):
        return None
    decided = [Outcome.APPROVED, Outcome.REFUSED, Outcome.REVOKED]
    rows = Case.objects.filter(person_id=found.person_id, id=found.case_id, outcome__in=decided)
    return rows.defer("process_state").first()
