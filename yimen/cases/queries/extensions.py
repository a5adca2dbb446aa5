"""The extensions that wait for an answer, for those who may approve them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from yimen.accounts.queries import city_today
from yimen.accounts.types import OfficerName
from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.cases.models import Case, Extension
from yimen.cases.queries.handling import service_of
from yimen.cases.rules.clocks import EXTEND, due_left, unit_of
from yimen.cases.types import DueLeft, ExtensionState
from yimen.catalogue.queries import current_city

PAGE = 50


@dataclass(frozen=True, slots=True)
class WaitingExtension:
    """An extension that waits for an answer. ``left`` is until the promised day."""

    receipt_number: str
    service: Text
    days: int
    unit: str  # of the limits
    reason: str
    asked_at: datetime
    officer: OfficerName
    is_mine: bool  # asked for by the actor, who cannot approve it
    left: DueLeft


def waiting_extensions(actor: Actor) -> tuple[WaitingExtension, ...]:
    """Return the extensions that wait for somebody who may approve them, the oldest first."""
    agencies = sorted(actor.agencies_with(EXTEND))
    if not agencies:
        return ()
    rows = Extension.objects.filter(state=ExtensionState.ASKED).order_by("asked_at", "id")
    of_case = Case.objects.filter(
        person_id=OuterRef("person_id"),
        id=OuterRef("case_id"),
        agency__in=agencies,
        closed_at__isnull=True,
    )
    shown = list(rows.filter(Exists(of_case))[:PAGE])
    ids = Q(person_id__in={r.person_id for r in shown}, id__in={r.case_id for r in shown})
    cases = {case.id: case for case in Case.objects.filter(ids).defer("process_state")}
    return tuple(_waiting(actor, row, cases[row.case_id]) for row in shown)


def _waiting(actor: Actor, row: Extension, case: Case) -> WaitingExtension:
    service = service_of(case)
    return WaitingExtension(
        receipt_number=case.receipt_number,
        service=service.title,
        days=row.days,
        unit=str(service.promised.unit),
        reason=row.reason,
        asked_at=row.asked_at,
        officer=OfficerName(case.agency, row.asked_number),
        is_mine=row.asked_by == actor.account_id,
        left=due_left(
            case.promised_due, city_today(), current_city().calendar, unit_of(service.promised)
        ),
    )
