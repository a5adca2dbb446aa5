"""What records are opened for when applications are filled in and handled."""

from typing import Protocol

from yimen.base.actor import Actor
from yimen.cases.rules.permissions import clerk_agency
from yimen.catalogue.definition import Service
from yimen.people.types import Purpose, PurposeKind


class CaseLike(Protocol):
    """What the rules need to know of a case."""

    receipt_number: str
    agency: str
    agencies: list[str]


def for_case(actor: Actor, case: CaseLike, service: Service, agency: str = "") -> Purpose:
    """Return the purpose of handling a case.

    The agency is the one named, else the first of the case's for which the actor may read it.
    """
    reads = actor.agencies_with("case.read")
    among = (code for code in (case.agency, *case.agencies) if code in reads)
    return Purpose(PurposeKind.CASE, case.receipt_number, service, agency or next(among, ""))


def for_draft(actor: Actor, service: Service) -> Purpose:
    """Return the purpose of filling in an application, by oneself or by a clerk."""
    return Purpose(PurposeKind.FILLING_IN, service.code, service, clerk_agency(actor))
