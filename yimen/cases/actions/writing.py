"""What the actions on cases write alike: history rows and the names of officers."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from yimen.accounts.queries import office_numbers
from yimen.accounts.types import OfficerName
from yimen.base import clock
from yimen.base.actor import Actor
from yimen.cases.models import Case, History
from yimen.cases.rules.permissions import stands_in_for
from yimen.cases.types import HistoryKind
from yimen.catalogue.definition import City

NOBODY = OfficerName("", "")


def city_day(city: City, at: datetime) -> date:
    """Return the day of the city's calendar on which an instant falls."""
    return at.astimezone(ZoneInfo(city.time_zone)).date()


def today(city: City) -> date:
    """Return the day it is in the city."""
    return clock.today(ZoneInfo(city.time_zone))


def officer(actor: Actor, agency: str) -> OfficerName:
    """Return how the officer who acts is named: the agency they act for and their office number."""
    if not actor.is_staff or actor.account_id is None:
        return NOBODY
    return OfficerName(agency, office_number(actor.account_id, agency))


def office_number(account_id: int, agency: str) -> str:
    """Return the number of an officer's own office in an agency."""
    holder = (account_id, agency)
    return office_numbers([holder]).get(holder, "")


def write_history(
    case: Case,
    kind: HistoryKind,
    at: datetime,
    *,
    actor: Actor,
    who: OfficerName = NOBODY,
    data: dict[str, object] | None = None,
) -> None:
    """Add one row to what people see of a case."""
    History.objects.create(
        person_id=case.person_id,
        case_id=case.id,
        at=at,
        kind=kind,
        agency=who.agency,
        office_number=who.office_number,
        account_id=actor.account_id,
        data=data or {},
    )


def acting_for(actor: Actor, agency: str, role: str) -> dict[str, object]:
    """Return whom a delegate stands in for, to be kept in the history; empty for one's own post."""
    absent = stands_in_for(actor, agency, role)
    return {} if absent is None else {"acting_for": office_number(absent, agency)}


def ids_of(case: Case) -> dict[str, UUID]:
    """Return the columns by which every row of a case refers to it."""
    return {"person_id": case.person_id, "case_id": case.id}
